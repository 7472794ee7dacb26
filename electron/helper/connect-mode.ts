import { isIP, Socket } from 'node:net';

/** What a probe's own process is told: where to connect, as whom, and how long to wait. */
export interface Connection {
  address: string;
  port: number;
  timeoutMs: number;
  uid: number;
  gid: number;
  /** Ask for a page, and call only what answers an answer. */
  asks: boolean;
  /** The port of the account's own end; the system picks one when it is left out. */
  localPort?: number;
}

/** What every mycoSwarm answers without a secret. HTTP/1.0, so that the connection ends with the answer (RFC 1945, 5). */
const QUESTION = 'GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n';
/** The status line of a program that is well enough to answer (RFC 9112, 4). */
const STATUS_LINE = /^HTTP\/1\.[01] [234]\d\d[ \r]/;
const MOST_READ = 32;

/** A timer that fires so much later than it should is no measurement. */
const LATE_MS = 2_000;

/**
 * What the probe's own process does: one connection, one word on standard output. The socket is made, and its first packet sent,
 * with the account's effective ids, which is what firewalls judge a packet by (socket(7), nft(8) `meta skuid`). Real and saved
 * ids stay those of root, so that no program of the account may signal, trace or slow this process (kill(2), ptrace(2)), and from
 * then on the effective one is root's again. Where no answer is asked for, nothing is read from the connection, and else its first
 * bytes. Answers an exit status.
 */
export async function connectOnce({
  address,
  port,
  timeoutMs,
  uid,
  gid,
  asks,
  localPort,
}: Connection): Promise<number> {
  const bounded =
    isIP(address) !== 0 &&
    isBetween(port, 1, 65_535) &&
    isBetween(timeoutMs, 50, 5_000) &&
    (localPort === undefined || isBetween(localPort, 1_024, 65_535)) &&
    isBetween(uid, 1, 4_294_967_294) &&
    isBetween(gid, 1, 4_294_967_294);
  if (!bounded || process.getuid?.() !== 0) return 64;
  const socket = new Socket();
  const word = await new Promise<string>((resolve) => {
    const begun = performance.now();
    socket.once('connect', () => (asks ? ask(socket, resolve) : resolve('open')));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    // What the kernel has to say by now comes first, however late this process is.
    setTimeout(
      () =>
        setImmediate(() => resolve(performance.now() - begun > timeoutMs + LATE_MS ? 'late' : 'ETIMEDOUT')),
      timeoutMs,
    ).unref();
    process.setgroups?.([]);
    process.setegid?.(gid);
    process.seteuid?.(uid);
    socket.connect({ host: address, port, ...(localPort === undefined ? {} : { localPort }) });
    // Node makes the socket and connects it in the tick before this one.
    process.nextTick(() => {
      process.seteuid?.(0);
      process.setegid?.(0);
    });
  });
  socket.destroy();
  process.stdout.write(`${word}\n`);
  return 0;
}

/** Says whether a program answers, by the first bytes of what it says. */
function ask(socket: Socket, resolve: (word: string) => void): void {
  let said = '';
  const judge = () => resolve(STATUS_LINE.test(said) ? 'answers' : said === '' ? 'ended' : 'garbled');
  socket.on('data', (chunk: Buffer) => {
    said += chunk.subarray(0, MOST_READ).toString('latin1');
    if (said.length >= MOST_READ || STATUS_LINE.test(said)) judge();
  });
  socket.once('end', judge);
  socket.write(QUESTION);
}

const isBetween = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;
