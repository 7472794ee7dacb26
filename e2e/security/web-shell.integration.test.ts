import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exchangeBytes } from './raw-request.ts';
import { type ShellUnderTest, startShell } from './shell-under-test.ts';

/** A busy machine gets its time. */
const SOON = { timeout: 15_000 };

describe('the web shell', () => {
  let web: ShellUnderTest;
  beforeEach(async () => {
    web = await startShell();
  });
  afterEach(() => web.close());

  const exchange = (code: unknown) =>
    web.ask({ method: 'POST', path: '/session', body: JSON.stringify({ code }) });
  const freshCode = () => web.shell.freshLink().split('#code=')[1] ?? '';

  describe('the one-time code', () => {
    it('has 256 bits, and opens the console once', async () => {
      const code = freshCode();
      expect(Buffer.from(code, 'base64url')).toHaveLength(32);
      expect((await exchange(code)).status).toBe(200);
      const replayed = await exchange(code);
      expect(replayed.status).toBe(403);
      expect(replayed.body).toContain('LINK_REFUSED');
      expect(replayed.headers['set-cookie']).toBeUndefined();
    });

    it('is refused when it is wrong, and stays good for its owner', async () => {
      const code = freshCode();
      const wrong = [
        code.slice(0, -1),
        `${code}A`,
        code.toUpperCase(),
        'A'.repeat(43),
        '',
        'x'.repeat(200),
        null,
        7,
        { toString: code },
        [code],
      ];
      for (const guess of wrong) expect([400, 403]).toContain((await exchange(guess)).status);
      expect((await exchange(code)).status).toBe(200);
    });

    it('is refused after two minutes', async () => {
      const code = freshCode();
      web.clock.now += 2 * 60_000;
      expect((await exchange(code)).status).toBe(403);
    });

    it('is taken by POST only, and never from an address', async () => {
      const code = freshCode();
      expect((await web.ask({ path: `/session?code=${code}` })).status).toBe(404);
      expect((await web.ask({ path: `/?code=${code}` })).headers['set-cookie']).toBeUndefined();
      expect((await exchange(code)).status).toBe(200);
    });

    it('opens one of two that come at the same time', async () => {
      const code = freshCode();
      const answers = await Promise.all([exchange(code), exchange(code), exchange(code)]);
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 403, 403]);
    });
  });

  describe('the session', () => {
    it('has a cookie for this console alone', async () => {
      const answer = await exchange(freshCode());
      const [cookie] = answer.headers['set-cookie'] ?? [];
      expect(cookie).toMatch(
        new RegExp(
          `^swarmkeep-${web.shell.port}-[0-9a-f]{8}=[A-Za-z0-9_-]{43}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict$`,
        ),
      );
      expect(cookie).not.toContain(JSON.parse(answer.body).token);
    });

    it('is refused without the token of the tab, with a wrong one, and with that of another session', async () => {
      const mine = await web.signIn();
      const other = await web.signIn();
      const wrong = [undefined, '', 'A'.repeat(43), other.token, `${mine.token}x`];
      for (const token of wrong) {
        const part = { cookie: mine.cookie, ...(token !== undefined && { token }) };
        expect((await web.call(part, 'system/about')).status).toBe(401);
      }
      expect((await web.call(mine, 'system/about')).status).toBe(200);
    });

    it('is refused with the cookie of a console on another port', async () => {
      const other = await startShell();
      try {
        const theirs = await other.signIn();
        const mine = await web.signIn();
        expect((await web.call(theirs, 'system/about')).status).toBe(401);
        expect((await web.call({ ...mine, cookie: theirs.cookie }, 'system/about')).status).toBe(401);
        // The browser sends both, for cookies ignore ports; ours is still found by its name.
        const both = { ...mine, cookie: `${theirs.cookie}; ${mine.cookie}` };
        expect((await web.call(both, 'system/about')).status).toBe(200);
        // A second cookie of our name was planted by somebody.
        const twice = { ...mine, cookie: `${mine.cookie}; ${mine.cookie.split('=')[0]}=${'A'.repeat(43)}` };
        expect((await web.call(twice, 'system/about')).status).toBe(401);
      } finally {
        await other.close();
      }
    });
  });

  describe('limits', () => {
    it('refuses a body over 1 MiB, said or not', async () => {
      const session = await web.signIn();
      const huge = JSON.stringify({ json: { node: 'x'.repeat(1_100_000) } });
      const answer = await web
        .ask({
          method: 'POST',
          path: '/rpc/setup/get',
          body: huge,
          headers: { cookie: session.cookie, 'x-swarmkeep-token': session.token },
        })
        // The connection may be closed while it is still being sent, which is an answer too.
        .catch((error) => ({ status: error.code }));
      expect([413, 'EPIPE', 'ECONNRESET']).toContain(answer.status);
      const chunk = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`;
      const received = await exchangeBytes(
        web.shell.port,
        [
          'POST /session HTTP/1.1',
          `Host: 127.0.0.1:${web.shell.port}`,
          `Origin: ${web.shell.origin}`,
          'Content-Type: application/json',
          'Transfer-Encoding: chunked',
          '',
          chunk.repeat(18),
        ].join('\r\n'),
      );
      expect(received).toMatch(/^(HTTP\/1\.1 413 |$)/);
      expect((await web.call(session, 'system/about')).status).toBe(200);
    });

    it('refuses headers over 16 KiB', async () => {
      const answer = await web.ask({ headers: { 'x-long': 'x'.repeat(20_000) } });
      expect(answer.status).toBe(431);
    });

    it('cuts off who sends too slowly', async () => {
      const began = Date.now();
      const received = await exchangeBytes(web.shell.port, 'GET / HTTP/1.1\r\nHost: ', 25_000);
      expect(received).toMatch(/^(HTTP\/1\.1 408 |$)/);
      expect(Date.now() - began).toBeGreaterThan(3_000);
    });

    it('refuses a fifth stream of one session, and gives the place free when one ends', async () => {
      const session = await web.signIn();
      const names = ['a', 'b', 'c', 'd'].map((name) => `stream-${name}`);
      const open = names.map((stream) => web.call(session, 'changes/watch', { stream }).catch(() => null));
      await expect.poll(() => web.api.streams.size, SOON).toBe(4);
      const fifth = await web.call(session, 'changes/watch', { stream: 'stream-e' });
      expect(fifth.status).toBe(409);
      expect(fifth.body).toContain('Too many live views');
      web.shell.endSessions();
      expect(web.api.streams.size).toBe(0);
      await Promise.all(open);
    });

    it('says that there are too many requests, and answers again a second later', async () => {
      const statuses: number[] = [];
      for (let round = 0; round < 9; round += 1) {
        const answers = await Promise.all(
          Array.from({ length: 50 }, () => web.ask({ path: '/assets/app.js' })),
        );
        statuses.push(...answers.map((answer) => answer.status));
      }
      expect(statuses.filter((status) => status === 200)).toHaveLength(400);
      expect(statuses.filter((status) => status === 429)).toHaveLength(50);
      web.clock.now += 1_000;
      expect((await web.ask({ path: '/' })).status).toBe(200);
    });

    it('does not let another page use up what is there for our own', async () => {
      for (let round = 0; round < 10; round += 1) {
        await Promise.all(
          Array.from({ length: 50 }, () =>
            web.ask({ path: '/', headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } }),
          ),
        );
      }
      expect((await web.ask({ path: '/' })).status).toBe(200);
    });
  });

  describe('requests that are none', () => {
    it('are refused by method', async () => {
      for (const method of ['TRACE', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'PROPFIND']) {
        expect({ method, status: (await web.ask({ method })).status }).toEqual({ method, status: 405 });
      }
      const { port } = web.shell;
      const connect = `CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
      expect(await exchangeBytes(port, connect)).toMatch(/^HTTP\/1\.1 405 /);
      const expecting = `POST /session HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n`;
      expect(await exchangeBytes(port, expecting)).toMatch(/^HTTP\/1\.1 417 /);
    });

    it('do not get out of the page folder, however the path is written', async () => {
      for (const path of [
        '/../secret.txt',
        '/assets/../../secret.txt',
        '/%2e%2e/secret.txt',
        '/assets/..%2f..%2fsecret.txt',
        '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
        '/..\\secret.txt',
        '/assets/app.js/../../../secret.txt',
        '//secret.txt',
        '/secret.txt%00.js',
        '/index.html/../../secret.txt',
        '/etc/passwd.txt',
        '/__proto__.js',
      ]) {
        const answer = await web.ask({ path });
        expect({ path, found: answer.body.includes('not part of the page') }).toEqual({ path, found: false });
        expect(answer.status).toBeGreaterThanOrEqual(400);
      }
    });
  });

  describe('the page', () => {
    it('carries every safe header on every answer', async () => {
      for (const path of ['/', '/checks', '/assets/app.js', '/nothing.js', '/rpc/x/y']) {
        const { headers } = await web.ask({ path });
        expect(headers).toMatchObject({
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
          'cache-control': 'no-store',
        });
        expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; /);
      }
    });

    it('has a fresh nonce each time, the same in header and page', async () => {
      const nonces = new Set<string>();
      for (let round = 0; round < 3; round += 1) {
        const { headers, body } = await web.ask({ path: '/' });
        const nonce = /'nonce-([^']+)'/.exec(String(headers['content-security-policy']))?.[1] ?? '';
        expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
        expect(body).toContain(`content="${nonce}"`);
        nonces.add(nonce);
      }
      expect(nonces.size).toBe(3);
    });
  });

  it('listens on loopback alone', async () => {
    const { networkInterfaces } = await import('node:os');
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((entry) => entry !== undefined && entry.family === 'IPv4' && !entry.internal);
    const { createConnection } = await import('node:net');
    for (const entry of outside) {
      const result = await new Promise((resolve) => {
        const socket = createConnection({ host: entry?.address ?? '', port: web.shell.port });
        socket.on('connect', () => resolve('connected'));
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      });
      expect(result).toBe('ECONNREFUSED');
    }
  });

  it('serves the same over a 0600 socket for a tunnel', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-tunnel-'));
    const path = join(folder, 'web.sock');
    const tunnelled = await startShell({ kind: 'socket', path, port: 17_890 });
    try {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const session = await tunnelled.signIn();
      expect((await tunnelled.call(session, 'system/about')).status).toBe(200);
      const wrong = await tunnelled.ask({ headers: { host: '127.0.0.1:17891' } });
      expect(wrong.status).toBe(421);
      expect(wrong.body).toContain(`ssh -L 17890:${path} `);
    } finally {
      await tunnelled.close();
      rmSync(folder, { recursive: true });
    }
  });
});
