import { connect } from 'node:net';

/** mycoSwarm answers in milliseconds; a node that is made to wait must not hold the console. */
const WAIT_MS = 3_000;
/** The status line comes first; nothing behind it is read. */
const MOST_READ = 64;
/** RFC 9112, 4: the version, one space, three digits. */
const STATUS_LINE = /^HTTP\/1\.[01] ([1-9]\d\d)[ \r\n]/;

/** RFC 9110, 5.5: visible characters, spaces between them. What is in a file is not ours to trust. */
export const fitsHeader = (token: string): boolean => /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(token);

/**
 * One request to an API of mycoSwarm with a secret as its header, in HTTP/1.0, so that the connection ends with the answer (RFC 1945, 5).
 * Nothing of the answer is read but its status. Written out here: loading Node's own client takes as long as everything else that the
 * helper does, and fifty nodes of one machine feel it.
 * @param token bytes that cannot stand in a header are never sent; `null` is answered then
 * @returns the HTTP status, or null when none came within 3 s
 */
export function askApi(
  address: string,
  port: number,
  path: '/status' | '/identity',
  token: string,
): Promise<number | null> {
  if (!fitsHeader(token)) return Promise.resolve(null);
  return new Promise((resolve) => {
    let said = '';
    const socket = connect({ host: address, port });
    const settle = (status: number | null) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(status);
    };
    const timer = setTimeout(() => settle(null), WAIT_MS);
    const judge = () => settle(Number(STATUS_LINE.exec(said)?.[1] ?? 0) || null);
    socket.once('connect', () =>
      socket.write(
        `GET ${path} HTTP/1.0\r\nHost: ${address.includes(':') ? `[${address}]` : address}:${port}\r\nX-Swarm-Token: ${token}\r\nConnection: close\r\n\r\n`,
      ),
    );
    socket.on('data', (chunk: Buffer) => {
      said += chunk.subarray(0, MOST_READ).toString('latin1');
      if (said.length >= MOST_READ || STATUS_LINE.test(said)) judge();
    });
    socket.once('end', judge);
    socket.on('error', () => settle(null));
  });
}
