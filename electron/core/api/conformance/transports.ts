import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink as FetchLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { type ApiClient, createDirectClient } from '../direct-client.ts';
import { createHttpHandler } from '../http-handler.ts';
import { serveLocalSocket } from '../local-socket.ts';
import { serveMessagePort } from '../message-port.ts';
import { reachConsole } from '../running-console.ts';
import type { Transport } from './bench-of-transport.ts';

/** The desktop: a real MessageChannel. */
export const messagePort: Transport = {
  name: 'MessagePort',
  caller: 'renderer',
  async serve(api, log) {
    const ports: { close(): void }[] = [];
    return {
      async connect() {
        const { port1, port2 } = new MessageChannel();
        ports.push(port1, port2);
        // The same page comes back under the same name.
        serveMessagePort(api, port1, { kind: 'renderer', client: 'window-1' }, log);
        port1.start();
        const client = createORPCClient<ApiClient>(new PortLink({ port: port2 }));
        port2.start();
        return { client, cut: async () => port2.close() };
      },
      close: async () => {
        for (const port of ports) port.close();
      },
    };
  },
};

/** The web shell without its guards (those have tests of their own): a real HTTP server on loopback. */
export const http: Transport = {
  name: 'HTTP',
  caller: 'renderer',
  async serve(api, log) {
    const handler = createHttpHandler(api, '/rpc');
    const server = createServer((incoming, outgoing) => {
      handler(incoming, outgoing, { kind: 'renderer', client: 'session-1' }).catch((error) => {
        log.error('request failed', error);
        outgoing.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return {
      async connect() {
        const client = createORPCClient<ApiClient>(new FetchLink({ url: `http://127.0.0.1:${port}/rpc` }));
        return { client, cut: async () => server.closeAllConnections() };
      },
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    };
  },
};

/** The command line beside a running console: a real Unix socket in a real folder. */
export const localSocket: Transport = {
  name: 'local socket',
  caller: 'operator-terminal',
  async serve(api, log) {
    const dataFolder = mkdtempSync(join(tmpdir(), 'swarmkeep-socket-'));
    const admin = { freshLink: async () => null, showWindow: async () => false };
    let socket = await serveLocalSocket({ api, dataFolder, admin, log });
    return {
      async connect() {
        const running = await reachConsole(dataFolder);
        if (running === null) throw new Error('the console was not reached');
        return {
          client: running.client,
          async cut() {
            await socket.close();
            socket = await serveLocalSocket({ api, dataFolder, admin, log });
          },
        };
      },
      async close() {
        await socket.close();
        rmSync(dataFolder, { recursive: true });
      },
    };
  },
};

/** The command line without a running console: no wire at all. */
export const direct: Transport = {
  name: 'direct',
  caller: 'operator-terminal',
  async serve(api) {
    const caller = { kind: 'operator-terminal', client: 'this-process' } as const;
    return {
      connect: async () => ({
        client: createDirectClient(api, caller),
        cut: async () => api.streams.closeClient(caller.client),
      }),
      close: async () => undefined,
    };
  },
};
