import { request } from 'node:http';

/** mycoSwarm answers in milliseconds; a node that is made to wait must not hold the console. */
const WAIT_MS = 3_000;

/**
 * One request to an API of mycoSwarm with a secret as its header. Nothing of the answer is read but its status.
 * @returns the HTTP status, or null when none came within 3 s
 */
export function askApi(
  address: string,
  port: number,
  path: '/status' | '/identity',
  token: string,
): Promise<number | null> {
  return new Promise((resolve) => {
    const asked = request({
      host: address,
      port,
      path,
      method: 'GET',
      agent: false,
      headers: { 'X-Swarm-Token': token, Connection: 'close' },
      maxHeaderSize: 16_384,
    });
    const settle = (status: number | null) => {
      clearTimeout(timer);
      asked.destroy();
      resolve(status);
    };
    const timer = setTimeout(() => settle(null), WAIT_MS);
    asked.once('response', ({ statusCode }) =>
      settle(statusCode !== undefined && statusCode >= 100 && statusCode <= 999 ? statusCode : null),
    );
    asked.on('error', () => settle(null));
    asked.end();
  });
}
