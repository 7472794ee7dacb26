import { statSync } from 'node:fs';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { coveredBy, RISK_CLASSES, type RiskClass, riskClassOf } from '#shared/domain/helper/risk-class.ts';
import { RUNTIME_OPTIONS } from '#shared/domain/helper/runtime-options.ts';
import type { HelperRequest } from '#shared/domain/helper/verbs.ts';
import type { Relaunch } from './asks/revert-timer.ts';
import type { Launched } from './handle-request.ts';
import { harden } from './harden.ts';
import { type Machine, PROGRAM_FOLDERS, STATE_FOLDER } from './machine.ts';
import { Refused, refusedAnswer } from './refused.ts';
import { readDocument, readInput } from './request-text.ts';
import { ownFiles, refuseSetuid, refuseWritable } from './self-check.ts';

/**
 * The privileged one-shot program: one JSON request on standard input, one JSON answer on standard output, then it ends.
 * Besides, fixed arguments for its own timer, unit and probe: `--revert <change>`, `--commit <rotation>`,
 * `--revert-unconfirmed`, `--keep-isolated`, `--isolate-at-boot`, `--pause-again`, `--connect …`.
 *
 * It is one file, and each kind of work is loaded from it when it is asked for: a brake on fifty nodes, or a rotation, starts the helper
 * hundreds of times, and reading the words of every verb takes three times as long as what is done then.
 */
async function main(): Promise<number> {
  try {
    harden();
    refuseSetuid();
    const [, script, mode, change, ...more] = process.argv;
    if (script === undefined) throw new Refused('unsafe-helper', 'The helper does not know where it lies.');
    const files = ownFiles(script);
    refuseWritable(files.bundle);
    refuseWritable(files.runtime);
    const machine = machineOf(files.bundle);
    if (mode === '--revert' && /^[0-9a-f]{32}$/.test(change ?? '') && more.length === 0)
      return await (await import('./revert-mode.ts')).revertInTime(machine, String(change));
    if (mode === '--revert-unconfirmed' && change === undefined)
      return await atBoot(machine, [files.runtime, ...RUNTIME_OPTIONS, files.bundle]);
    if (mode === '--commit' && /^[0-9a-f]{32}$/.test(change ?? '') && more.length === 0)
      return await (await import('./secret/arm.ts')).commitInTime(machine, String(change));
    if (mode === '--keep-isolated' && change === undefined)
      return await (await import('./isolate/keeper.ts')).keepIsolated(machine);
    if (mode === '--isolate-at-boot' && change === undefined)
      return (await import('./isolate/at-boot.ts')).isolateAtBoot(machine);
    if (mode === '--pause-again' && change === undefined)
      return await (await import('./pause/pause-again.ts')).pauseAgain(machine);
    if (mode === '--connect') {
      const [port = 0, timeoutMs = 0, uid = 0, gid = 0] = more.slice(0, 4).map(Number);
      const asks = more[4] === 'ask';
      const own = more[5] === undefined ? {} : { localPort: Number(more[5]) };
      const { connectOnce } = await import('./connect-mode.ts');
      return await connectOnce({ address: String(change), port, timeoutMs, uid, gid, asks, ...own });
    }
    const allowed = mode === undefined ? null : classOf(mode);
    if (mode !== undefined && (allowed === null || change !== undefined))
      throw new Refused('bad-request', 'Requests come on standard input.');
    const relaunch = [files.runtime, ...RUNTIME_OPTIONS, files.bundle] as const;
    return print(await answerInput(machine, { ...files, relaunch }, allowed));
  } catch (thrown) {
    return print(refusedAnswer(thrown, 'The helper'));
  }
}

async function answerInput(
  machine: Machine,
  launched: Launched,
  allowed: RiskClass | null,
): Promise<HelperAnswer> {
  const document = readDocument(await readInput(process.stdin));
  switch (document.ask) {
    case 'secret':
    case 'secrets': {
      const { answerSecretRequest, readSecretRequest } = await import('./secret/secret-requests.ts');
      const request = permitted(readSecretRequest(document), allowed);
      return answerSecretRequest(machine, request, launched.relaunch);
    }
    case 'isolate': {
      const { answerIsolateRequest, readIsolateRequest } = await import('./isolate/isolate-request.ts');
      const request = permitted(readIsolateRequest(document), allowed);
      return answerIsolateRequest(machine, request, launched.relaunch);
    }
    case 'pause': {
      const { answerPauseRequest, readPauseRequest } = await import('./pause/pause-request.ts');
      return answerPauseRequest(machine, permitted(readPauseRequest(document), allowed));
    }
    default: {
      const { checkRequest } = await import('./check-request.ts');
      const { helperRequest } = await import('#shared/domain/helper/verbs.ts');
      const { handleRequest } = await import('./handle-request.ts');
      return handleRequest(machine, permitted(checkRequest(helperRequest, document), allowed), launched);
    }
  }
}

/** Refuses `no-permission` for what was not allowed, and where the helper is not root. */
function permitted<T extends HelperRequest>(request: T, allowed: RiskClass | null): T {
  if (allowed !== null && !coveredBy(allowed, riskClassOf(request)))
    throw new Refused('no-permission', 'What was allowed does not cover this request.');
  if (request.ask !== 'hello' && process.geteuid?.() !== 0)
    throw new Refused('no-permission', 'The helper has to be started as root.');
  return request;
}

/** What the unit at boot does: isolates before all else, takes back what nobody kept, and goes on with rotations that were decided. */
async function atBoot(machine: Machine, relaunch: Relaunch): Promise<number> {
  const { isolateAtBoot } = await import('./isolate/at-boot.ts');
  const { revertAtBoot } = await import('./revert-mode.ts');
  const { rotateAtBoot } = await import('./secret/at-boot.ts');
  const status = Math.max(isolateAtBoot(machine), revertAtBoot(machine), rotateAtBoot(machine));
  const { pauseAtBoot } = await import('./pause/pause-again.ts');
  try {
    pauseAtBoot(machine, relaunch);
    return status;
  } catch {
    return 1; // The console tells it again.
  }
}

/** `--class=look` and the like: what polkit was asked for, given by the constant text of a wrapper. */
function classOf(mode: string): RiskClass | null {
  return RISK_CLASSES.find((name) => mode === `--class=${name}`) ?? null;
}

function machineOf(bundle: string): Machine {
  return {
    stateFolder: STATE_FOLDER,
    ownFolder: bundle.slice(0, bundle.lastIndexOf('/')),
    programFolders: PROGRAM_FOLDERS,
    systemd: statSync('/run/systemd/system', { throwIfNoEntry: false })?.isDirectory() ?? false,
  };
}

/** Exit status 0: an answer; 1: a refusal. Both are one JSON document. */
function print(answer: HelperAnswer): number {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  return answer.answer === 'refused' ? 1 : 0;
}

process.exitCode = await main();
// Whatever still writes to standard input is not waited for.
process.stdin.destroy();
