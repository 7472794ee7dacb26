import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { Transport } from '#core/api/conformance/bench-of-transport.ts';
import { conformance } from '#core/api/conformance/conformance.ts';
import type { ApiClient } from '#core/api/direct-client.ts';
import { SESSION_PATH, TOKEN_HEADER } from '#shared/contract/web-shell.ts';
import { readPageFiles } from './page-files.ts';
import { startWebShell } from './web-shell.ts';

/** The whole web shell on its 0600 socket, reached as `ssh -L` does it: through a port that leads there. */
const throughTunnel: Transport = {
  name: 'the web shell behind a tunnel',
  caller: 'renderer',
  async serve(api, log) {
    const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-web-'));
    const path = join(folder, 'web.sock');
    mkdirSync(join(folder, 'page'));
    writeFileSync(join(folder, 'page', 'index.html'), '__CSP_NONCE__');
    const open = new Set<Socket>();
    const tunnel = createServer((near) => {
      const far = createConnection(path);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        open.add(from);
        from.pipe(to);
        from.on('error', () => undefined);
        from.on('close', () => {
          open.delete(from);
          to.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => tunnel.listen(0, '127.0.0.1', resolve));
    const { port } = tunnel.address() as AddressInfo;
    const page = readPageFiles(join(folder, 'page'));
    const shell = await startWebShell({ api, page, listen: { kind: 'socket', path, port }, log });
    const cut = async () => {
      for (const socket of open) socket.destroy();
      // Until this process has noticed too, it would use a connection that is gone.
      await new Promise((resolve) => setTimeout(resolve, 30));
    };
    return {
      async connect() {
        const code = shell.freshLink().split('#code=')[1];
        const answer = await fetch(shell.origin + SESSION_PATH, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: shell.origin },
          body: JSON.stringify({ code }),
        });
        const { token } = (await answer.json()) as { token: string };
        const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
        const link = new RPCLink({
          url: `${shell.origin}/rpc`,
          headers: { [TOKEN_HEADER]: token, cookie, origin: shell.origin },
          fetch: fewAtOnce(64),
        });
        return { client: createORPCClient<ApiClient>(link), cut };
      },
      async close() {
        await shell.close();
        await cut();
        tunnel.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
};

/** A browser opens six connections to a host and lets the rest wait; Node would open one for each call. */
function fewAtOnce(most: number): typeof fetch {
  const waiting: (() => void)[] = [];
  let open = 0;
  return async (input, init) => {
    if (open >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    open += 1;
    try {
      return await fetch(input, init);
    } finally {
      open -= 1;
      waiting.shift()?.();
    }
  };
}

conformance(throughTunnel);
