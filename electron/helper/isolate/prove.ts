import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { IsolateAct } from '#shared/domain/helper/isolate.ts';
import { probe } from '../asks/probe.ts';
import type { Relaunch } from '../asks/revert-timer.ts';
import type { Machine } from '../machine.ts';
import { requireOwn } from './confirm.ts';
import type { OwnRecord } from './isolation-record.ts';
import { droppedBy, tablesOf } from './load-rules.ts';
import { ownState } from './own-state.ts';

type Proved = Extract<HelperAnswer, { answer: 'isolation-proved' }>;
type Tried = Proved['tried'][number];

/** The first packet of a connection leaves, or is dropped, at once. */
const TRY_MS = 200;
/** Where nobody is (RFC 5737, RFC 3849): a packet that leaves does no harm. */
const NOWHERE = [
  { address: '203.0.113.1', port: 443 },
  { address: '2001:db8::1', port: 443 },
];

/**
 * Tries to get out and says what became of it. `stopped` needs a sign of the rules: the kernel's own refusal, or one more packet counted as
 * dropped. Without a route no packet is made, so that proves nothing.
 */
export async function proveIsolation(
  machine: Machine,
  act: Extract<IsolateAct, { act: 'prove' }>,
  relaunch: Relaunch,
): Promise<Proved> {
  const own = requireOwn(machine, act.isolation);
  const tried: Tried[] = [];
  for (const { address, port } of [...act.tries, ...NOWHERE])
    tried.push(await tryTcp(machine, own, address, port, relaunch));
  // An account of the agent has no sockets of its own here: what it sends is tried by TCP.
  if (own.scope === 'node') {
    tried.push(await tryUdp(machine, own, resolver(), 53, 'dns'));
    tried.push(await tryUdp(machine, own, '224.0.0.251', 5_353, 'mdns'));
    tried.push(await tryUdp(machine, own, 'ff02::fb', 5_353, 'mdns'));
    for (const { address } of act.tries.slice(0, 4))
      tried.push(await tryUdp(machine, own, address, 9, 'udp'));
  }
  return { answer: 'isolation-proved', own: ownState(machine, own), tried };
}

const familyOf = (address: string) => (address.includes(':') ? 'ipv6' : 'ipv4');

async function tryTcp(
  machine: Machine,
  own: OwnRecord,
  address: string,
  port: number,
  relaunch: Relaunch,
): Promise<Tried> {
  const shown = { to: `${address} port ${port}`, kind: 'tcp', family: familyOf(address) } as const;
  const before = droppedBy(machine, tablesOf(own));
  const uid = own.uids[0];
  if (own.scope === 'agent' && uid !== undefined) {
    const answer = probe(machine, uid, { kind: 'connect', address, port, timeoutMs: TRY_MS }, relaunch);
    if (answer.answer === 'probed' && answer.outcome === 'open') return { ...shown, outcome: 'open' };
  } else if ((await connects(address, port)) === 'open') return { ...shown, outcome: 'open' };
  return { ...shown, outcome: droppedBy(machine, tablesOf(own)) > before ? 'stopped' : 'unknown' };
}

function connects(host: string, port: number): Promise<'open' | 'closed'> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (how: 'open' | 'closed') => {
      clearTimeout(timer);
      socket.destroy();
      resolve(how);
    };
    const timer = setTimeout(() => end('closed'), TRY_MS);
    socket.once('connect', () => end('open'));
    // A refusal by who is there would be an answer from outside.
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ECONNREFUSED' ? 'open' : 'closed'),
    );
  });
}

async function tryUdp(
  machine: Machine,
  own: OwnRecord,
  address: string,
  port: number,
  kind: 'udp' | 'dns' | 'mdns',
): Promise<Tried> {
  const shown = { to: `${address} port ${port}`, kind, family: familyOf(address) } as const;
  const before = droppedBy(machine, tablesOf(own));
  const code = await sends(address, port);
  if (code === 'EPERM') return { ...shown, outcome: 'stopped' };
  const isCounted = droppedBy(machine, tablesOf(own)) > before;
  return { ...shown, outcome: isCounted ? 'stopped' : code === null ? 'open' : 'unknown' };
}

function sends(address: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    const end = (code: string | null) => {
      try {
        socket.close();
      } catch {
        // It was closed by its error.
      }
      resolve(code);
    };
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'unknown'));
    socket.send(Buffer.of(0), port, address, (error) =>
      end(error === null ? null : ((error as NodeJS.ErrnoException).code ?? 'unknown')),
    );
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
