import type { IsolationScope } from '#shared/domain/incident/isolation.ts';
import type { SshWay } from '#shared/domain/incident/isolation-rules.ts';
import type { Machine } from '../machine.ts';
import { runProgram } from '../run/run-program.ts';
import { plainAddress } from './network-place.ts';

const LIST_MS = 5_000;
const MOST_BYTES = 8 * 1024 * 1024;
/** Connections that one call of ss(8) is told to end. */
const BATCH = 50;
const MOST = 4_096;

/** One open connection as ss(8) lists it. */
export interface OpenSocket {
  local: string;
  localPort: number;
  peer: string;
  peerPort: number;
  uid: number;
}

/** Which connections are to end: of a node all but loopback and the console's own, else those of accounts. */
export interface Ending {
  scope: IsolationScope;
  ways: readonly SshWay[];
  /** Numbers and ranges. */
  accounts: readonly string[];
}

/**
 * Ends what was open before the cut (ss -K: SOCK_DESTROY of the kernel), and looks what is left. Where ss(8) did not list all of it, or did not do what it
 * was told, nothing is called ended that was not seen to be.
 */
export function endSockets(
  machine: Machine,
  ending: Ending,
): { ended: number; left: number; leftWhy: string } {
  const before = chosen(machine, ending);
  let failed = 0;
  for (let first = 0; first < before.sockets.length; first += BATCH) {
    const filter = before.sockets
      .slice(first, first + BATCH)
      .flatMap((one, index) => [
        ...(index === 0 ? [] : ['or']),
        ...['(', 'src', end(one.local, one.localPort), 'and', 'dst', end(one.peer, one.peerPort), ')'],
      ]);
    if (!listing(machine, ['-K', '-Htun', ...filter]).isWhole) failed += 1;
  }
  const after = before.sockets.length === 0 ? before : chosen(machine, ending);
  const ended = after.isWhole ? Math.max(0, before.sockets.length - after.sockets.length) : 0;
  if (!before.isWhole || !after.isWhole)
    return { ended, left: Math.max(1, after.sockets.length), leftWhy: UNLISTED };
  const left = after.sockets.length;
  if (left === 0) return { ended, left, leftWhy: '' };
  return { ended, left, leftWhy: failed > 0 ? UNTOLD : ended === 0 ? IMPOSSIBLE : AGAIN };
}

const UNLISTED = 'Not all open connections could be listed, so some may be left. No packet of them passes.';
const UNTOLD = 'ss did not end all that it was told to. No packet of them passes.';
const IMPOSSIBLE =
  'This kernel cannot end connections of others (CONFIG_INET_DIAG_DESTROY). They stay open, and no packet of them passes.';
const AGAIN = 'Some began again or did not end. No packet of them passes.';

const end = (address: string, port: number) =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

function chosen(
  machine: Machine,
  { scope, ways, accounts }: Ending,
): { sockets: OpenSocket[]; isWhole: boolean } {
  const { text, isWhole } = listing(machine, ['-Htune', 'state', 'connected']);
  const all = readSockets(text);
  const sockets = all.filter((one) => {
    if (scope === 'agent') return accounts.some((range) => isWithin(one.uid, range));
    if (isLoopback(one.peer)) return false;
    return !ways.some(
      (way) => way.console === one.peer && way.node === one.local && way.port === one.localPort,
    );
  });
  return { sockets, isWhole: isWhole && all.length < MOST };
}

/** What ss(8) prints, and whether that is all of it. */
function listing(machine: Machine, words: readonly string[]): { text: string; isWhole: boolean } {
  try {
    const run = { program: 'ss', arguments: words, timeoutMs: LIST_MS, maxBytes: MOST_BYTES };
    const end = runProgram(machine, run);
    return { text: end.output.toString('utf8'), isWhole: end.status === 0 && !end.timedOut && !end.cut };
  } catch {
    return { text: '', isWhole: false };
  }
}

/** @param text lines of `ss -Htune`; others are passed over */
export function readSockets(text: string): OpenSocket[] {
  const sockets: OpenSocket[] = [];
  for (const line of text.split('\n')) {
    if (sockets.length === MOST) break;
    const ends = [...line.matchAll(/(?:^|\s)(\[[0-9a-f:.]+\]|[0-9a-f:.]+)(?:%[^\s:\]]+)?:(\d{1,5})(?=\s)/gi)];
    const [local, peer] = ends;
    if (local === undefined || peer === undefined) continue;
    sockets.push({
      local: bare(local[1]),
      localPort: Number(local[2]),
      peer: bare(peer[1]),
      peerPort: Number(peer[2]),
      uid: Number(/\buid:(\d+)/.exec(line)?.[1] ?? 0),
    });
  }
  return sockets;
}

function bare(text = ''): string {
  const address = plainAddress(text.replace(/^\[|\]$/g, ''));
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (mapped === null) return address;
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

const isLoopback = (address: string) => address === '::1' || address.startsWith('127.');

function isWithin(uid: number, range: string): boolean {
  const [first = -1, last = first] = range.split('-').map(Number);
  return uid >= first && uid <= last;
}
