import { isIP, Socket } from 'node:net';

/** What the process that tries a fence is told: whom to call, as whom, and how long to wait. */
export interface Tries {
  addresses: readonly string[];
  port: number;
  timeoutMs: number;
  uid: number;
  gid: number;
}

/** Most addresses that are tried in one process. */
const MOST = 8;
/** A timer that fires so much later than it should is no measurement. */
const LATE_MS = 2_000;

/**
 * What the process of its own does that tries a fence: one connection to each address, all at once, and one word for each on standard output.
 * As in `connect-mode.ts` the sockets are made, and their first packets sent, with the account's effective ids, by which firewalls judge them
 * (socket(7), nft(8) `meta skuid`), and real and saved ids stay those of root. Nothing is sent over a connection. Answers an exit status.
 */
export async function tryConnections({ addresses, port, timeoutMs, uid, gid }: Tries): Promise<number> {
  const bounded =
    addresses.length >= 1 &&
    addresses.length <= MOST &&
    addresses.every((address) => isIP(address) !== 0) &&
    isBetween(port, 1, 65_535) &&
    isBetween(timeoutMs, 50, 5_000) &&
    isBetween(uid, 1, 4_294_967_294) &&
    isBetween(gid, 1, 4_294_967_294);
  if (!bounded || process.getuid?.() !== 0) return 64;
  const sockets = addresses.map(() => new Socket());
  const words = sockets.map((socket) => connected(socket, timeoutMs));
  process.setgroups?.([]);
  process.setegid?.(gid);
  process.seteuid?.(uid);
  for (const [index, socket] of sockets.entries()) socket.connect({ host: String(addresses[index]), port });
  // Node makes the sockets and connects them in the ticks before this one.
  process.nextTick(() => {
    process.seteuid?.(0);
    process.setegid?.(0);
  });
  const said = await Promise.all(words);
  for (const socket of sockets) socket.destroy();
  process.stdout.write(said.map((word) => `${word}\n`).join(''));
  return 0;
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
