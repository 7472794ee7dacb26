import { createSocket } from 'node:dgram';
import { BlockList, connect, isIP } from 'node:net';
import type { Knock } from '#shared/domain/facts/knocks.ts';

/** What is knocked on. */
export interface KnockTarget {
  /** IPv4 or IPv6, without brackets; anything else is not asked and `unreachable`. */
  address: string;
  port: number;
}

/** Milliseconds that an answer may take: nodes are in the house. */
const ANSWER_WITHIN_MS = 1_000;
const AT_ONCE = 256;
const MAX_KNOCKS = 1_024;

/** What the kernel says where no packet was sent, or a router sent it back (connect(2), icmp(7)). */
const REFUSED = 'ECONNREFUSED';

/** RFC 1122, section 3.2.1.3 and RFC 4291, section 2.5.3. */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** @returns whether an address is that of the computer itself, written in whatever way */
export function isLoopback(address: string): boolean {
  return LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function knockOnce({ address, port }: KnockTarget, waitMs: number): Promise<Knock> {
  if (isIP(address) === 0) return Promise.resolve({ address, port, outcome: 'unreachable', from: null });
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (outcome: Knock['outcome'], from: string | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ address, port, outcome, from });
    };
    const timer = setTimeout(end, waitMs, 'no-answer', null);
    socket.once('connect', () => end('open', socket.localAddress ?? null));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ETIMEDOUT') end('no-answer', null);
      else end(code === REFUSED ? 'refused' : 'unreachable', null);
    });
  });
}

/** The address with which packets to another leave this computer, by its routes (udp(7)): no packet is sent. */
function addressTowards(address: string): Promise<string | null> {
  const version = isIP(address);
  if (version === 0) return Promise.resolve(null);
  return new Promise((resolve) => {
    const socket = createSocket(version === 6 ? 'udp6' : 'udp4');
    const end = (from: string | null): void => {
      socket.close();
      resolve(from);
    };
    socket.once('error', () => end(null));
    socket.connect(9, address, () => end(socket.address().address));
  });
}

/**
 * Tries to open TCP connections, and closes each that opens at once; nothing is sent over it (RFC 9293, section 3.5).
 * @param targets at most 1,024; what is beyond is left out
 * @param options.waitMs for each answer; 1 s when left out
 * @returns what became of each that was begun, in the order of the targets; what was not begun when the signal was aborted is left out.
 *   Never throws
 */
export async function knock(
  targets: readonly KnockTarget[],
  options: { waitMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<Knock[]> {
  const asked = targets.slice(0, MAX_KNOCKS);
  const made: Knock[] = [];
  const sources = new Map<string, string | null>();
  for (const address of new Set(asked.map((target) => target.address)))
    sources.set(address, await addressTowards(address));
  for (let at = 0; at < asked.length && !options.signal?.aborted; at += AT_ONCE) {
    const some = asked.slice(at, at + AT_ONCE);
    made.push(
      ...(await Promise.all(some.map((target) => knockOnce(target, options.waitMs ?? ANSWER_WITHIN_MS)))),
    );
  }
  return made.map((one) => ({ ...one, from: one.from ?? sources.get(one.address) ?? null }));
}
