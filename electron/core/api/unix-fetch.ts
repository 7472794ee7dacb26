import { Readable } from 'node:stream';
import { Agent, request as httpRequest } from './node-http.ts';

/** Connections at one time. More calls wait their turn: a socket's queue of new connections is short (listen(2)). */
const MOST_CONNECTIONS = 128;

/**
 * `fetch` over a Unix socket (Node's own knows TCP only). Streams the answer; an aborted request closes its connection.
 * @param socketPath absolute path of the socket
 * @throws the system's error when nothing listens there (ECONNREFUSED, ENOENT, EACCES)
 */
export function unixFetch(socketPath: string): (request: Request) => Promise<Response> {
  const agent = new Agent({ maxSockets: MOST_CONNECTIONS });
  return async (request) => {
    const body = Buffer.from(await request.arrayBuffer());
    const { pathname, search } = new URL(request.url);
    return new Promise<Response>((resolve, reject) => {
      const outgoing = httpRequest(
        {
          socketPath,
          method: request.method,
          path: pathname + search,
          headers: {
            ...Object.fromEntries(request.headers),
            host: 'localhost',
            'content-length': body.length,
          },
          signal: request.signal,
          agent,
        },
        (incoming) => {
          const headers = new Headers();
          for (const [name, value] of Object.entries(incoming.headers)) {
            if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
          }
          resolve(
            new Response(Readable.toWeb(incoming) as ReadableStream, {
              status: incoming.statusCode ?? 500,
              headers,
            }),
          );
        },
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  };
}
