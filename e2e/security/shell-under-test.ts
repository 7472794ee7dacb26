import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Api, createApi } from '#core/api/router.ts';
import { InMemoryConsole } from '#core/api/testing/in-memory-console.ts';
import type { PlanRegistry } from '#core/fixes/plan-registry.ts';
import type { Listen } from '../../electron/web/hardened-server.ts';
import { readPageFiles } from '../../electron/web/page-files.ts';
import { startWebShell, type WebShell } from '../../electron/web/web-shell.ts';
import { type Answer, ask, type Request } from './raw-request.ts';

/** The real web shell on a real port, in front of a console double, with a page of two files. */
export interface ShellUnderTest {
  shell: WebShell;
  api: Api;
  service: InMemoryConsole;
  plans: PlanRegistry;
  log: { what: string; error: unknown }[];
  /** The clock of codes and sessions, in milliseconds since the epoch. */
  clock: { now: number };
  /** Ask as our own page would: right Host and Origin. What is given replaces it. */
  ask(request: Partial<Request>): Promise<Answer>;
  /** Exchange a fresh code, as the page does. */
  signIn(cookie?: string): Promise<{ cookie: string; token: string }>;
  /** Call a procedure as the signed-in page does. */
  call(session: { cookie?: string; token?: string }, path: string, input?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

export async function startShell(
  listen: Listen = { kind: 'port', port: 0 },
  limits: { perClient?: number } = {},
): Promise<ShellUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-page-'));
  mkdirSync(join(folder, 'dist', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'not part of the page');
  writeFileSync(
    join(folder, 'dist', 'index.html'),
    '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><title>Swarmkeep</title>',
  );
  writeFileSync(join(folder, 'dist', 'assets', 'app.js'), 'export {};');
  const service = new InMemoryConsole();
  const log: ShellUnderTest['log'] = [];
  const logger = { error: (what: string, error: unknown) => void log.push({ what, error }) };
  const clock = { now: Date.now() };
  const plans = service.planRegistry;
  const api = createApi({ service, consent: null, log: logger, limits });
  const shell = await startWebShell({
    api,
    page: readPageFiles(join(folder, 'dist')),
    listen,
    log: logger,
    now: () => clock.now,
  });
  const target = listen.kind === 'socket' ? { socketPath: listen.path } : { port: shell.port };
  const own = { host: `127.0.0.1:${shell.port}`, origin: shell.origin };

  const request = (given: Partial<Request>) => {
    const post = (given.method ?? 'GET') === 'POST';
    return ask(target, {
      method: 'GET',
      path: '/',
      ...given,
      headers: {
        host: own.host,
        ...(post && { origin: own.origin, 'content-type': 'application/json' }),
        ...given.headers,
      },
    });
  };
  return {
    shell,
    api,
    service,
    plans,
    log,
    clock,
    ask: request,
    async signIn(cookie) {
      const code = new URL(shell.freshLink()).hash.replace('#code=', '');
      const answer = await request({
        method: 'POST',
        path: '/session',
        body: JSON.stringify({ code }),
        headers: cookie === undefined ? {} : { cookie },
      });
      if (answer.status !== 200) throw new Error(`signing in gave ${answer.status}: ${answer.body}`);
      const set = answer.headers['set-cookie']?.[0] ?? '';
      return { cookie: set.split(';')[0] ?? '', token: JSON.parse(answer.body).token };
    },
    call: (session, path, input = null) =>
      request({
        method: 'POST',
        path: `/rpc/${path}`,
        body: JSON.stringify({ json: input }),
        headers: {
          ...(session.cookie !== undefined && { cookie: session.cookie }),
          ...(session.token !== undefined && { 'x-swarmkeep-token': session.token }),
        },
      }),
    async close() {
      api.close();
      await shell.close();
      rmSync(folder, { recursive: true });
    },
  };
}
