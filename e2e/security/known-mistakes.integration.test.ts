import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveLocalSocket } from '#core/api/local-socket.ts';
import { contract } from '#shared/contract/contract.ts';
import { ask, exchangeBytes, type Request } from './raw-request.ts';
import { type ShellUnderTest, startShell } from './shell-under-test.ts';

/** A busy machine gets its time. */
const SOON = { timeout: 15_000 };

/** Mistakes that other local consoles made, each tried on ours: the real server on a real socket. */
describe('known mistakes of local consoles', () => {
  let web: ShellUnderTest;
  beforeEach(async () => {
    web = await startShell();
  });
  afterEach(() => web.close());

  const procedures = Object.entries(contract).flatMap(([group, members]) =>
    Object.keys(members).map((name) => `${group}/${name}`),
  );

  it('CVE-2023-26114: no upgrade is taken, from another page or from our own', async () => {
    const session = await web.signIn();
    for (const origin of ['http://evil.example', web.shell.origin]) {
      for (const path of ['/', '/rpc/changes/watch']) {
        const received = await exchangeBytes(
          web.shell.port,
          [
            `GET ${path} HTTP/1.1`,
            `Host: 127.0.0.1:${web.shell.port}`,
            'Connection: Upgrade',
            'Upgrade: websocket',
            'Sec-WebSocket-Version: 13',
            'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
            `Origin: ${origin}`,
            `Cookie: ${session.cookie}`,
            `X-Swarmkeep-Token: ${session.token}`,
            '',
            '',
          ].join('\r\n'),
        );
        expect(received).toMatch(/^HTTP\/1\.1 426 /);
      }
    }
  });

  it('CVE-2024-28179: no procedure and no stream answers without the whole session', async () => {
    const session = await web.signIn();
    expect(procedures.length).toBeGreaterThan(25);
    for (const path of procedures) {
      for (const part of [{}, { cookie: session.cookie }, { token: session.token }]) {
        const answer = await web.call(part, path);
        expect({ path, status: answer.status }).toEqual({ path, status: 401 });
        expect(answer.body).not.toContain('double');
      }
      // Who asks without a session is slowed down, and there are more procedures than that lets pass at once.
      web.clock.now += 1_000;
    }
    expect((await web.call(session, 'system/about')).status).toBe(200);
  });

  it('CVE-2026-40934: no session outlives its sign-in, its end, its time or its console', async () => {
    const first = await web.signIn();
    const stream = web.call(first, 'changes/watch', { stream: 'stream-a' }).catch(() => null);
    await expect.poll(() => web.api.streams.size, SOON).toBe(1);
    const second = await web.signIn(first.cookie);
    expect((await web.call(first, 'system/about')).status).toBe(401);
    expect((await web.call(second, 'system/about')).status).toBe(200);
    expect(web.api.streams.size).toBe(0);
    await stream;

    web.clock.now += 12 * 60 * 60 * 1_000;
    expect((await web.call(second, 'system/about')).status).toBe(401);

    const third = await web.signIn();
    web.shell.endSessions();
    expect((await web.call(third, 'system/about')).status).toBe(401);

    const fourth = await web.signIn();
    const { port } = web.shell;
    await web.close();
    web = await startShell({ kind: 'port', port });
    expect((await web.call(fourth, 'system/about')).status).toBe(401);
  });

  it('CVE-2025-49596: no other page can give an order, whatever it says about itself', async () => {
    const session = await web.signIn();
    const body = JSON.stringify({ json: { name: 'planted', address: { kind: 'local' } } });
    const cookie = { cookie: session.cookie };
    const whole = { ...cookie, 'x-swarmkeep-token': session.token };
    const foreign: [Record<string, string | string[]>, number][] = [
      // A form or a "simple" request carries the cookie of this host, and text instead of JSON.
      [{ ...cookie, origin: 'http://evil.example', 'content-type': 'text/plain' }, 403],
      [{ ...cookie, origin: 'null', 'content-type': 'application/json' }, 403],
      [{ ...whole, origin: `http://127.0.0.1:${web.shell.port + 1}` }, 403],
      [{ ...whole, origin: `http://localhost:${web.shell.port}` }, 403],
      [{ ...whole, origin: `https://127.0.0.1:${web.shell.port}` }, 403],
      [{ ...whole, origin: `${web.shell.origin}.evil.example` }, 403],
      [{ ...whole, origin: [web.shell.origin, 'http://evil.example'] }, 403],
      [{ ...whole, 'sec-fetch-site': 'cross-site' }, 403],
      // A page on another port of this computer is the same site, and yet another page.
      [{ ...whole, 'sec-fetch-site': 'same-site' }, 403],
      [{ ...whole, 'content-type': 'text/plain' }, 415],
      [{ ...whole, 'content-type': 'application/x-www-form-urlencoded' }, 415],
      [{ ...whole, 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ];
    for (const [headers, status] of foreign) {
      const answer = await web.ask({ method: 'POST', path: '/rpc/nodes/add', body, headers });
      expect({ headers, status: answer.status }).toEqual({ headers, status });
    }
    expect(web.service.nodesById.size).toBe(0);
    const own = await web.ask({ method: 'POST', path: '/rpc/nodes/add', body, headers: whole });
    expect(own.status).toBe(200);
  });

  it('CVE-2025-66416: a name that was rebound to this computer gets no answer, without any setting', async () => {
    const { port } = web.shell;
    const session = await web.signIn();
    for (const host of [
      `evil.example:${port}`,
      'evil.example',
      `localhost:${port}`,
      `[::1]:${port}`,
      `127.0.0.1:${port + 1}`,
      '127.0.0.1',
      `127.0.0.1:${port}.evil.example`,
      `127.0.0.1.evil.example:${port}`,
      `0.0.0.0:${port}`,
      '',
    ]) {
      for (const path of ['/', '/assets/app.js']) {
        const answer = await web.ask({ path, headers: { host } });
        expect({ host, status: answer.status }).toEqual({ host, status: 421 });
        expect(answer.body).toContain(`ssh -L ${port}:127.0.0.1:${port} `);
        expect(answer.body).not.toContain('csp-nonce');
      }
      const call = await web.ask({
        method: 'POST',
        path: '/rpc/system/about',
        body: '{}',
        headers: { host, cookie: session.cookie, 'x-swarmkeep-token': session.token },
      });
      expect(call.status).toBe(421);
    }
    // Twice the header, or an absolute address that overrules it (RFC 9112 section 3.2).
    const twice = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nHost: evil.example\r\n\r\n`;
    expect(await exchangeBytes(port, twice)).toMatch(/^HTTP\/1\.1 4/);
    const absolute = `GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
    expect(await exchangeBytes(port, absolute)).toMatch(/^HTTP\/1\.1 4/);
    const none = 'GET / HTTP/1.1\r\n\r\n';
    expect(await exchangeBytes(port, none)).toMatch(/^HTTP\/1\.1 4/);
  });

  it('GHSA-vg6x-rcgg-rjx6: no other site may read an answer, and none may ask for leave', async () => {
    const tries: Partial<Request>[] = [
      { path: '/', headers: { origin: 'http://evil.example' } },
      { path: '/assets/app.js', headers: { origin: 'http://evil.example' } },
      { path: '/assets/app.js', headers: { 'sec-fetch-site': 'cross-site' } },
      { path: '/', headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } },
      {
        path: '/',
        headers: {
          'sec-fetch-site': 'cross-site',
          'sec-fetch-mode': 'navigate',
          'sec-fetch-dest': 'iframe',
        },
      },
      {
        path: '/checks',
        headers: {
          'sec-fetch-site': 'cross-site',
          'sec-fetch-mode': 'navigate',
          'sec-fetch-dest': 'document',
        },
      },
      {
        method: 'OPTIONS',
        path: '/rpc/nodes/add',
        headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
      },
      { method: 'OPTIONS', path: '/rpc/nodes/add', headers: { origin: web.shell.origin } },
    ];
    for (const request of tries) {
      const answer = await web.ask(request);
      expect({ request, refused: answer.status === 403 || answer.status === 405 }).toEqual({
        request,
        refused: true,
      });
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin');
    }
    // Following a link to the front door is no attack.
    const link = await web.ask({
      path: '/',
      headers: {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
      },
    });
    expect(link.status).toBe(200);
  });

  describe('MUL-01-006: not every local process may command', () => {
    const admin = { freshLink: async () => 'http://127.0.0.1/#code=x', showWindow: async () => false };
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'swarmkeep-socket-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));
    const serve = () =>
      serveLocalSocket({ api: web.api, dataFolder: folder, admin, log: { error: () => undefined } });

    it('the socket is closed to other accounts', async (ctx) => {
      if (process.getuid?.() !== 0) ctx.skip('only root can act as another account');
      const socket = await serve();
      try {
        expect(statSync(socket.path).mode & 0o777).toBe(0o600);
        expect(connectAs(65_534, socket.path)).toBe('EACCES');
        // Even with the folder opened by a mistake, the socket itself stays closed.
        chmodSync(folder, 0o755);
        expect(connectAs(65_534, socket.path)).toBe('EACCES');
        expect(connectAs(0, socket.path)).toBe('connected');
      } finally {
        await socket.close();
      }
    });

    it('no socket is opened in a folder that others can enter', async () => {
      chmodSync(folder, 0o755);
      await expect(serve()).rejects.toThrow('closed to all others');
    });

    it('a web page that gets there through a proxy is refused', async () => {
      const socket = await serve();
      try {
        const headers = { host: 'localhost', 'content-type': 'application/json' };
        const target = { socketPath: socket.path };
        const request = { method: 'POST', path: '/admin/link', body: '{}' };
        expect((await ask(target, { ...request, headers })).status).toBe(200);
        const signs: Record<string, string>[] = [
          { origin: 'http://evil.example' },
          { 'sec-fetch-site': 'cross-site' },
        ];
        for (const sign of signs) {
          const answer = await ask(target, { ...request, headers: { ...headers, ...sign } });
          expect(answer.status).toBe(403);
        }
      } finally {
        await socket.close();
      }
    });
  });
});

/** Connects as another account, in a process of its own. */
function connectAs(uid: number, path: string): string {
  const script = `
    const socket = require('node:net').createConnection(process.argv[1]);
    socket.on('connect', () => { console.log('connected'); socket.destroy(); });
    socket.on('error', (error) => console.log(error.code));`;
  const { stdout } = spawnSync('/usr/bin/env', ['node', '-e', script, path], {
    uid,
    gid: uid,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  return stdout.trim();
}
