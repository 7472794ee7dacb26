import { isIP, Socket } from 'node:net';

/** What is tried: whom to call, as whom, and how long to wait. */
export interface Tries {
  addresses: readonly string[];
  port: number;
  timeoutMs: number;
  uid: number;
  gid: number;
}

/** Most addresses that are tried at once. */
const MOST = 8;
/** A timer that fires so much later than it should is no measurement. */
const LATE_MS = 2_000;

/**
 * One connection to each address, all at once. As in `connect-mode.ts` the sockets are made, and their first packets sent, with the account's
 * effective ids, by which firewalls judge them (socket(7), nft(8) `meta skuid`); real and saved ids stay those of root, so that the account
 * can neither signal this process (kill(2)) nor trace it (ptrace(2)), and after two ticks the effective ones are root's again. It is done in
 * this process: one of its own would take longer to start than all of the fence.
 * @returns one word for each: `open`, the name of an error (errno(3)), `ETIMEDOUT`, `late`; null where that cannot be tried
 */
export async function tryConnections({
  addresses,
  port,
  timeoutMs,
  uid,
  gid,
}: Tries): Promise<string[] | null> {
  const bounded =
    addresses.length >= 1 &&
    addresses.length <= MOST &&
    addresses.every((address) => isIP(address) !== 0) &&
    isBetween(port, 1, 65_535) &&
    isBetween(timeoutMs, 50, 5_000) &&
    isBetween(uid, 1, 4_294_967_294) &&
    isBetween(gid, 1, 4_294_967_294);
  if (!bounded || process.getuid?.() !== 0) return null;
  const sockets = addresses.map(() => new Socket());
  const words = sockets.map((socket) => connected(socket, timeoutMs));
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([]);
  process.setegid?.(gid);
  process.seteuid?.(uid);
  try {
    for (const [index, socket] of sockets.entries()) socket.connect({ host: String(addresses[index]), port });
    // Node makes the sockets and connects them in the ticks before this one.
    await new Promise<void>((resolve) => process.nextTick(resolve));
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(groups);
  }
  const said = await Promise.all(words);
  for (const socket of sockets) socket.destroy();
  return said;
}

function connected(socket: Socket, timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    const begun = performance.now();
    socket.once('connect', () => resolve('open'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    // What the kernel has to say by now comes first, however late this process is.
    setTimeout(
      () =>
        setImmediate(() => resolve(performance.now() - begun > timeoutMs + LATE_MS ? 'late' : 'ETIMEDOUT')),
      timeoutMs,
    );
  });
}

const isBetween = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;
