import { spawnSync } from 'node:child_process';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { HelperRequest } from '#shared/domain/helper/verbs.ts';
import { ENVIRONMENT, type Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { findProgram, needProgram, runProgram } from '../run/run-program.ts';
import { unusedNumber } from '../run/unused-number.ts';
import { lookUp } from '../verbs/account-files.ts';
import type { Relaunch } from './revert-timer.ts';

type Probe = Extract<HelperRequest, { ask: 'probe' }>['probe'];
type Probed = Extract<HelperAnswer, { answer: 'probed' }>;

/** What the connecting process prints: `open`, or the errno name of what the kernel said. */
const OUTCOMES: Record<string, Probed['outcome']> = {
  open: 'open',
  // Something answered with a reset. A rule that rejects looks the same; counting it as open errs on the safe side.
  ECONNREFUSED: 'open',
  EPERM: 'stopped',
  EACCES: 'stopped',
  ETIMEDOUT: 'stopped',
};

/** For a probe that wants an answer: whatever else was seen of the port, nobody spoke there. */
const ANSWERS: Record<string, Probed['outcome']> = {
  answers: 'answers',
  garbled: 'silent',
  ended: 'silent',
  open: 'silent',
  ECONNREFUSED: 'silent',
  ECONNRESET: 'silent',
  EPERM: 'silent',
  EACCES: 'silent',
  ETIMEDOUT: 'silent',
};

/** A slow machine needs seconds to start the connecting process; only then its own limit counts. */
const START_MS = 30_000;

/** Looks as another account, never as root itself: a connection, an answer, or whether its code can be isolated. */
export function probe(machine: Machine, uid: number, wanted: Probe, relaunch: Relaunch): HelperAnswer {
  if (uid === 0) throw new Refused('bad-request', 'A probe is made as an account, not as root.');
  const gid = Number(lookUp(machine, 'passwd', uid)?.split(':')[3] ?? uid);
  if (!Number.isInteger(gid) || gid === 0)
    throw new Refused('bad-request', 'That account is in the group of root.');
  return wanted.kind === 'isolation' ? isolation(machine) : connect(machine, uid, gid, wanted, relaunch);
}

/**
 * A connection from a process of its own that takes the account's rights for its socket only (connect-mode.ts). It connects, says
 * one word, and ends. What it says counts when it ended by itself, and "no answer" only when the time was really up.
 */
function connect(
  machine: Machine,
  uid: number,
  gid: number,
  { kind, address, port, timeoutMs }: Extract<Probe, { kind: 'connect' | 'answer' }>,
  relaunch: Relaunch,
): Probed {
  const [program, ...before] = relaunch;
  const numbers = [port, timeoutMs, uid, gid].map(String);
  const begun = performance.now();
  const end = spawnSync(
    program,
    [...before, '--connect', address, ...numbers, ...(kind === 'answer' ? ['ask'] : [])],
    {
      cwd: '/',
      env: { ...ENVIRONMENT, HOME: '/' },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: timeoutMs + START_MS,
      killSignal: 'SIGKILL',
      maxBuffer: 4_096,
    },
  );
  const tookMs = performance.now() - begun;
  const said = /^([A-Za-z]{1,32})\n?$/.exec(end.stdout?.toString('latin1') ?? '')?.[1];
  const isMeasured = end.status === 0 && (said !== 'ETIMEDOUT' || tookMs >= timeoutMs);
  const word = (isMeasured ? said : undefined) ?? 'nothing';
  if (kind === 'answer')
    return {
      answer: 'probed',
      outcome: ANSWERS[word] ?? 'unknown',
      detail: word === 'answers' ? `${address} port ${port} answered.` : `${address} port ${port}: ${word}.`,
    };
  if (word === 'ENETUNREACH' && hasNoRoute(machine, uid, address))
    return {
      answer: 'probed',
      outcome: 'stopped',
      detail: `From this machine there is no way to ${address} at all.`,
    };
  return {
    answer: 'probed',
    outcome: OUTCOMES[word] ?? 'unknown',
    detail: word === 'open' ? `${address} port ${port} answered.` : `${address} port ${port}: ${word}.`,
  };
}

/**
 * Whether the kernel itself has no route there, as a home without IPv6. A router that answers "unreachable" gives the same
 * error, and then the packet had left. ip-route(8): exit status 2 is the kernel's refusal.
 */
function hasNoRoute(machine: Machine, uid: number, address: string): boolean {
  if (findProgram(machine, 'ip') === null) return false;
  const end = runProgram(machine, {
    program: 'ip',
    arguments: ['-o', 'route', 'get', address, 'uid', String(uid)],
    timeoutMs: 5_000,
  });
  return end.status === 2 && /unreachable/i.test(end.errors);
}

/**
 * mycoSwarm isolates code by `unshare -rn` and runs it unsandboxed where that fails. It is tried as a number that no account has: what
 * the kernel allows to one account without rights it allows to all, and a process of the agent's own out here, outside the
 * limits of its unit, would be one that the agent can take over (ptrace(2)).
 */
function isolation(machine: Machine): Probed {
  const stranger = unusedNumber(machine);
  if (stranger === null)
    return {
      answer: 'probed',
      outcome: 'unknown',
      detail: 'No number is free under which it could be tried.',
    };
  const end = runProgram(machine, {
    program: 'setpriv',
    arguments: [
      `--reuid=${stranger}`,
      `--regid=${stranger}`,
      '--clear-groups',
      '--inh-caps=-all',
      '--no-new-privs',
      '--',
      needProgram(machine, 'unshare'),
      '-rn',
      needProgram(machine, 'true'),
    ],
    environment: { HOME: '/' },
    holdsLock: false,
    timeoutMs: START_MS,
  });
  const words = end.errors.trim();
  const isRefused = end.status === 1 && words.startsWith('unshare:');
  const hasAnswer = !end.timedOut && (end.status === 0 || isRefused);
  const outcome = !hasAnswer ? 'unknown' : end.status === 0 ? 'works' : 'fails';
  return { answer: 'probed', outcome, detail: words.slice(0, 512) };
}
