import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { IsolateAct } from '#shared/domain/helper/isolate.ts';
import type { Relaunch } from '../asks/revert-timer.ts';
import { ENVIRONMENT, type Machine } from '../machine.ts';
import { requireOwn } from './confirm.ts';
import { withProbeLock } from './isolation-lock.ts';
import type { OwnRecord } from './isolation-record.ts';
import { plainAddress } from './network-place.ts';
import { ownState } from './own-state.ts';
import {
  type CountedProbe,
  countedProbes,
  countProbes,
  forgetProbes,
  type ProbeCount,
} from './probe-counters.ts';

type Proved = Extract<HelperAnswer, { answer: 'isolation-proved' }>;
type Tried = Proved['tried'][number];

/** The first packet of a connection leaves, or is dropped, at once. */
const TRY_MS = 200;
const START_MS = 30_000;
/** Ports that no system gives to a connection by itself (ip_local_port_range ends at 60999). */
const [FIRST_PORT, LAST_PORT] = [61_024, 65_000];
/** Where nobody is (RFC 5737, RFC 3849): a packet that leaves does no harm. */
const NOWHERE = [
  { address: '203.0.113.1', port: 443 },
  { address: '2001:db8::1', port: 443 },
];

/** One try: what is shown of it, and how its packet is known. */
interface Try extends CountedProbe {
  kind: Tried['kind'];
}

/**
 * Tries to get out and says what became of it. `stopped` needs the kernel's word about this very packet: it came to the rules by its own port, and
 * did not come out behind them; or sending it was refused. `open` is what came out, whoever answered. Without a route no packet is made, so that
 * proves nothing. Leaves nothing behind; while it counts, two tables of counters are there.
 */
export async function proveIsolation(
  machine: Machine,
  act: Extract<IsolateAct, { act: 'prove' }>,
  relaunch: Relaunch,
): Promise<Proved> {
  const own = requireOwn(machine, act.isolation);
  const tries = triesOf(own, act.tries);
  const tried = await withProbeLock(machine, async () => {
    const interfaces = own.loaded?.netdev == null || own.loaded.egressWhy !== '' ? [] : own.loaded.interfaces;
    try {
      const isCounting = countProbes(machine, tries, interfaces);
      const said: string[] = [];
      for (const one of tries) said.push(await send(own, one, relaunch));
      const counts = isCounting ? countedProbes(machine, tries.length) : [];
      return tries.map((one, index) => ({
        to: `${one.address} port ${one.port}`,
        kind: one.kind,
        family: one.address.includes(':') ? ('ipv6' as const) : ('ipv4' as const),
        outcome: judgeProbe(said[index] ?? 'nothing', counts[index] ?? null),
      }));
    } finally {
      forgetProbes(machine);
    }
  });
  return { answer: 'isolation-proved', own: ownState(machine, own), tried };
}

/** @param said `open`, or the errno name of what the kernel said */
export function judgeProbe(said: string, count: ProbeCount | null): Tried['outcome'] {
  if (count !== null && count.after > 0) return 'open';
  if (said === 'EPERM') return 'stopped';
  if (count !== null && count.before > 0) return 'stopped';
  // A refusal by who is there would be an answer from outside.
  return said === 'open' || said === 'ECONNREFUSED' ? 'open' : 'unknown';
}

function triesOf(own: OwnRecord, wanted: Extract<IsolateAct, { act: 'prove' }>['tries']): Try[] {
  const first = randomInt(FIRST_PORT, LAST_PORT);
  const tcp = [...wanted, ...NOWHERE].map((one) => ({ ...one, protocol: 'tcp', kind: 'tcp' }) as const);
  const udp = [
    { address: resolver(), port: 53, protocol: 'udp', kind: 'dns' },
    { address: '224.0.0.251', port: 5_353, protocol: 'udp', kind: 'mdns' },
    { address: 'ff02::fb', port: 5_353, protocol: 'udp', kind: 'mdns' },
    ...wanted.slice(0, 4).map(({ address }) => ({ address, port: 9, protocol: 'udp', kind: 'udp' }) as const),
  ] as const;
  // An account of the agent has no sockets of its own here: what it sends is tried by TCP.
  return (own.scope === 'node' ? [...tcp, ...udp] : tcp).map((one, index) => ({
    ...one,
    address: plainAddress(one.address),
    localPort: first + index,
  }));
}

async function send(own: OwnRecord, one: Try, relaunch: Relaunch): Promise<string> {
  const uid = own.uids[0];
  if (own.scope === 'agent' && uid !== undefined) return asAccount(uid, one, relaunch);
  return one.protocol === 'udp' ? sends(one) : connects(one);
}

/** As the probe of a check does it (connect-mode.ts), from a port of its own. */
function asAccount(uid: number, { address, port, localPort }: Try, [program, ...before]: Relaunch): string {
  const numbers = [port, TRY_MS, uid, uid].map(String);
  const end = spawnSync(
    program,
    [...before, '--connect', address, ...numbers, 'connect', String(localPort)],
    {
      cwd: '/',
      env: { ...ENVIRONMENT, HOME: '/' },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: TRY_MS + START_MS,
      killSignal: 'SIGKILL',
      maxBuffer: 4_096,
    },
  );
  return /^([A-Za-z]{1,32})\n?$/.exec(end.stdout?.toString('latin1') ?? '')?.[1] ?? 'nothing';
}

function connects({ address, port, localPort }: Try): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, localPort });
    const end = (how: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(how);
    };
    const timer = setTimeout(() => end('ETIMEDOUT'), TRY_MS);
    socket.once('connect', () => end('open'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'unknown'));
  });
}

function sends({ address, port, localPort }: Try): Promise<string> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    const end = (error: NodeJS.ErrnoException | null) => {
      try {
        socket.close();
      } catch {
        // It was closed by its error.
      }
      resolve(error === null ? 'sent' : (error.code ?? 'unknown'));
    };
    socket.once('error', end);
    socket.bind(localPort, () => socket.send(Buffer.of(0), port, address, end));
  });
}

/** The resolver that is set (resolv.conf(5)); one of this machine itself is not outside, so another address stands for it. */
function resolver(): string {
  try {
    const found = /^nameserver\s+(\d{1,3}(?:\.\d{1,3}){3})\s*$/m.exec(
      readFileSync('/etc/resolv.conf', 'utf8'),
    )?.[1];
    return found === undefined || found.startsWith('127.') ? '203.0.113.53' : found;
  } catch {
    return '203.0.113.53';
  }
}
