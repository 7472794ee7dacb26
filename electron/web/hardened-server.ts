import type { Server, ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { listenOnSocketFile } from '#core/api/socket-file.ts';

/** Where the shell listens: a port of 127.0.0.1, or a 0600 socket behind a tunnel that ends on `port`. */
export type Listen = { kind: 'port'; port: number } | { kind: 'socket'; path: string; port: number };

/** Slow and long senders are cut off; a check each second, for Node's own looks only twice a minute. */
export const SERVER_OPTIONS: ServerOptions = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  requireHostHeader: true,
};

const CLIENT_ERRORS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/**
 * Limits of the connection itself: slow senders are cut off, headers are short, and there is no other protocol than
 * plain requests. Without these listeners Node would hand an upgrade or an expectation on as if it were nothing.
 */
export function harden(server: Server): void {
  server.maxHeadersCount = 64;
  server.maxConnections = 512;
  server.on('upgrade', (_request, socket) => refuse(socket, '426 Upgrade Required'));
  server.on('connect', (_request, socket) => refuse(socket, '405 Method Not Allowed'));
  for (const event of ['checkContinue', 'checkExpectation'] as const) {
    server.on(event, (_request, response) => {
      response.writeHead(417, { connection: 'close', 'content-length': 0 });
      response.end();
    });
  }
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    refuse(socket, CLIENT_ERRORS[error.code ?? ''] ?? '400 Bad Request');
  });
}

/**
 * Binds to 127.0.0.1 and to nothing else, or to a socket in a folder that is closed to others.
 * @returns the port under which browsers reach it
 * @throws the system's error, e.g. EADDRINUSE
 */
export async function listen(server: Server, where: Listen): Promise<number> {
  if (where.kind === 'port') {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port: where.port, host: '127.0.0.1', exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return (server.address() as AddressInfo).port;
  }
  await listenOnSocketFile(server, where.path);
  return where.port;
}

/** Stops listening and cuts what is open, streams included. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function refuse(socket: Duplex, status: string): void {
  if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.destroySoon?.();
}

declare module 'node:stream' {
  interface Duplex {
    /** Of net.Socket: ends after what was written is out. */
    destroySoon?(): void;
  }
}
