import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Started, start, windowOf } from './boot.ts';

// 7 and 18 of Electron's security checklist: the content policy, and app:// instead of file://.

let shell: Started;
beforeAll(async () => {
  shell = await start();
});
afterAll(() => shell.end());

const load = (path: string, init?: RequestInit) =>
  windowOf(shell.electron).contents.session.load(`app://swarmkeep${path}`, init);
const policyOf = (response: Response | null) => response?.headers.get('Content-Security-Policy') ?? '';

describe('18: the scheme', () => {
  it('is standard and secure and nothing more, before Electron is ready', () => {
    const registered = shell.electron.callsOf('protocol.registerSchemesAsPrivileged');
    expect(registered.map((call) => call.args[0])).toEqual([
      [{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }],
    ]);
  });

  it('is known to the window’s session only', () => {
    expect([...windowOf(shell.electron).contents.session.schemes.keys()]).toEqual(['app']);
    expect(shell.electron.session.defaultSession.schemes.size).toBe(0);
  });
});

describe('7: the content policy', () => {
  it('is exactly the agreed one, with a fresh style nonce in header and page', async () => {
    const first = await load('/');
    const second = await load('/index.html');
    const nonces = [];
    for (const response of [first, second]) {
      const nonce = /'nonce-([A-Za-z0-9+/=]{24})'/.exec(policyOf(response))?.[1] ?? 'none';
      const html = await response.text();
      expect(policyOf(response).split('; ')).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        `style-src 'self' 'nonce-${nonce}'`,
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ]);
      expect(html).toContain(nonce);
      expect(html).not.toContain('__CSP_NONCE__');
      nonces.push(nonce);
    }
    expect(new Set(nonces).size).toBe(2);
  });

  it('stands on every answer, also on refusals', async () => {
    for (const response of [
      await load('/'),
      await load('/nothing.js'),
      await load('/', { method: 'POST' }),
    ]) {
      expect(policyOf(response)).toMatch(/^default-src 'none'/);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
    }
  });

  it('is what the window got', () => {
    const { window } = windowOf(shell.electron);
    expect(window.response?.status).toBe(200);
    expect(window.response?.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(policyOf(window.response)).toMatch(/^default-src 'none'/);
    expect(window.html).toMatch(/<meta name="csp-nonce" content="[A-Za-z0-9+/=]{24}"/);
  });
});

describe('files', () => {
  it('come with their type, the routes of the page with the page', async () => {
    const html = await (await load('/')).text();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '/none';
    const answer = await load(script);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
    for (const route of ['/checks', '/nodes/miu', '/settings'])
      expect((await load(route)).headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    const head = await load('/', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it.each([
    '/../main/main.js',
    '/..%2fmain%2fmain.js',
    '/%2e%2e/main/main.js',
    '/assets/..%5c..%5cmain.js',
    '//etc/passwd',
    '/etc/passwd.html',
    '/assets/%00.js',
    '/assets/nothing.js',
    '/index.html/',
    '/INDEX.HTML',
    '/%69ndex.html',
    '/preload/preload.cjs',
    '/assets/a.js.map',
  ])('nothing outside the list: %s', async (path) => {
    const response = await load(path);
    const text = await response.text();
    expect(text).not.toMatch(/root:|electron|contextBridge/);
    // A path without an extension may be a route, and then it is the page and nothing else.
    if (response.status === 200) expect(text).toContain('<!doctype html>');
    else expect([403, 404]).toContain(response.status);
  });

  it('are those of the start: a file that is added later is not served', async () => {
    writeFileSync(join(shell.folder, 'dist', 'renderer', 'late.js'), 'alert(1)');
    expect((await load('/late.js')).status).toBe(404);
  });

  it('go to nobody else: other hosts, methods', async () => {
    const handler = windowOf(shell.electron).contents.session.schemes.get('app');
    for (const url of [
      'app://evil/',
      'app://swarmkeep.evil/',
      'app://user@swarmkeep/',
      'app://swarmkeep:80/',
    ])
      expect((await handler?.({ method: 'GET', url } as Request))?.status).toBe(403);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect((await load('/', { method })).status).toBe(405);
  });
});
