import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { createConnection } from 'node:net';

export interface Request {
  method: string;
  path: string;
  headers: Record<string, string | string[]>;
  body?: string | undefined;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Target = { port: number } | { socketPath: string };

/** One request with exactly these headers: no browser and no fetch stands in between and puts things right. */
export function ask(target: Target, request: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        ...('port' in target ? { host: '127.0.0.1', port: target.port } : target),
        method: request.method,
        path: request.path,
        headers: request.headers,
        agent: false,
        setHost: false,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    outgoing.on('upgrade', (incoming, socket) => {
      socket.destroy();
      resolve({ status: incoming.statusCode ?? 101, headers: incoming.headers, body: '' });
    });
    outgoing.on('error', reject);
    outgoing.end(request.body);
  });
}

/** Writes bytes and reads all that comes back until the other side closes, at most so many milliseconds. */
export function exchangeBytes(port: number, bytes: string, waitMs = 15_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    let received = '';
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the connection stayed open; so far: ${received}`));
    }, waitMs);
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
    socket.write(bytes);
  });
}
