import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ShellUnderTest, startShell } from './shell-under-test.ts';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/google-chrome'];

/** A page of somebody else in a real browser, beside a tab that is signed in. */
describe('a hostile page in a real browser', () => {
  const executablePath = BROWSERS.find((path) => existsSync(path));
  let web: ShellUnderTest;
  let evil: Server;
  let evilPort: number;
  let browser: Browser | null = null;

  beforeAll(async () => {
    web = await startShell();
    evil = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>evil</title>');
    });
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    evilPort = (evil.address() as AddressInfo).port;
    if (executablePath === undefined) return;
    browser = await chromium.launch({
      executablePath,
      // Chromium has no sandbox as root; a name of the attacker points to this computer (rebinding).
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--host-resolver-rules=MAP evil.example 127.0.0.1',
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    evil.close();
    await web.close();
  });

  it('reads nothing and changes nothing, from another port, another site and a rebound name', async (ctx) => {
    if (browser === null) return ctx.skip('no Chromium or Chrome is installed');
    const context = await browser.newContext();
    const ours = await context.newPage();
    await ours.goto(web.shell.origin);
    const code = web.shell.freshLink().split('#code=')[1];
    // Signed in as the page does it, so that the browser holds the cookie.
    const signedIn = await ours.evaluate(async (value) => {
      const answer = await fetch('/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code: value }),
      });
      const { token } = await answer.json();
      const call = await fetch('/rpc/system/about', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-swarmkeep-token': token },
        body: '{}',
      });
      return call.status;
    }, code);
    expect(signedIn).toBe(200);

    const before = web.service.nodesById.size;
    for (const address of [
      `http://127.0.0.1:${evilPort}/`,
      `http://localhost:${evilPort}/`,
      `http://evil.example:${evilPort}/`,
    ]) {
      const page = await context.newPage();
      await page.goto(address);
      const results = await page.evaluate(attack, web.shell.origin);
      expect({ address, results }).toEqual({ address, results: results.map(() => 'nothing') });
    }
    // Rebound: the attacker's name with our port leads to our server, in the attacker's origin.
    const rebound = await context.newPage();
    const answer = await rebound.goto(`http://evil.example:${web.shell.port}/`);
    expect(answer?.status()).toBe(421);
    expect(await rebound.evaluate(attack, `http://evil.example:${web.shell.port}`)).not.toContain('read');
    // A frame around our page shows nothing either.
    const framing = await context.newPage();
    await framing.goto(`http://127.0.0.1:${evilPort}/`);
    const framed = await framing.evaluate(async (origin) => {
      const frame = document.createElement('iframe');
      frame.src = origin;
      document.body.append(frame);
      await new Promise((resolve) => setTimeout(resolve, 500));
      return frame.contentDocument === null ? 'nothing' : frame.contentDocument.title;
    }, web.shell.origin);
    expect(['nothing', '']).toContain(framed);
    expect(web.service.nodesById.size).toBe(before);
    await context.close();
  });
});

/** Runs in the hostile page: everything that it can send, and whether anything came back. */
async function attack(origin: string): Promise<string[]> {
  const body = JSON.stringify({ json: { name: 'planted', address: { kind: 'local' } } });
  const json = { 'content-type': 'application/json' };
  const tries: [string, RequestInit][] = [
    ['/', {}],
    ['/', { credentials: 'include' }],
    ['/assets/app.js', {}],
    ['/rpc/nodes/add', { method: 'POST', body, credentials: 'include' }],
    ['/rpc/nodes/add', { method: 'POST', body, headers: json, credentials: 'include' }],
    ['/rpc/nodes/add', { method: 'POST', body, mode: 'no-cors', credentials: 'include' }],
    ['/session', { method: 'POST', body: '{"code":"x"}', mode: 'no-cors' }],
  ];
  const results: string[] = [];
  for (const [path, init] of tries) {
    try {
      const answer = await fetch(origin + path, init);
      // An opaque answer tells nothing; one that can be read, and is no refusal, tells all.
      results.push(answer.type !== 'opaque' && answer.ok ? 'read' : 'nothing');
    } catch {
      results.push('nothing');
    }
  }
  results.push(
    await new Promise((resolve) => {
      const socket = new WebSocket(`${origin.replace('http', 'ws')}/rpc/changes/watch`);
      socket.onopen = () => resolve('read');
      socket.onerror = () => resolve('nothing');
    }),
  );
  return results;
}
