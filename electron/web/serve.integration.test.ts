import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('./testing/serve-process.ts', import.meta.url));

interface Running {
  child: ChildProcess;
  out: string;
  error: string;
  /** Exit code, when it ended. */
  ended: Promise<number | null>;
}

/** The real program with its real records, in processes of its own. */
describe('serve', () => {
  let folder: string;
  const started: Running[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-serve-'));
    mkdirSync(join(folder, 'page'));
    writeFileSync(join(folder, 'page', 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__">');
  });
  afterEach(async () => {
    for (const { child } of started) child.kill('SIGKILL');
    await Promise.all(started.splice(0).map(({ ended }) => ended));
    rmSync(folder, { recursive: true });
  });

  function start(port?: number): Running {
    const args = [
      program,
      join(folder, 'data'),
      join(folder, 'page'),
      ...(port === undefined ? [] : [`${port}`]),
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const running: Running = {
      child,
      out: '',
      error: '',
      ended: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
    };
    child.stdout?.on('data', (chunk) => {
      running.out += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      running.error += chunk;
    });
    started.push(running);
    return running;
  }

  async function linkOf(running: Running): Promise<URL> {
    await expect.poll(() => running.out, { timeout: 45_000, interval: 50 }).toMatch(/\n$/);
    const match = /^Swarmkeep is ready: (\S+)\n$/.exec(running.out);
    if (match === null) throw new Error(`it printed: ${running.out} ${running.error}`);
    return new URL(match[1] ?? '');
  }

  async function signIn(link: URL): Promise<number> {
    const answer = await fetch(new URL('/session', link), {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: link.origin },
      body: JSON.stringify({ code: link.hash.replace('#code=', '') }),
    });
    return answer.status;
  }

  it('prints one line with a link that opens it, and ends when told to', async () => {
    const console = start(0);
    const link = await linkOf(console);
    expect(link.hostname).toBe('127.0.0.1');
    expect(await signIn(link)).toBe(200);
    expect(await signIn(link)).toBe(403);
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'data', 'console.sock')).mode & 0o777).toBe(0o600);
    console.child.kill('SIGTERM');
    expect(await console.ended).toBe(0);
    expect(console.out.split('\n')).toHaveLength(2);
  });

  it('leads a second start to the first with a fresh link', async () => {
    const first = await linkOf(start(0));
    const second = start();
    const link = await linkOf(second);
    expect(await second.ended).toBe(0);
    expect(link.origin).toBe(first.origin);
    expect(link.hash).not.toBe(first.hash);
    expect(await signIn(link)).toBe(200);
    expect(await signIn(first)).toBe(200);
  });

  it('makes one console of two that start at the same moment', async () => {
    const links = await Promise.all([linkOf(start(0)), linkOf(start(0))]);
    expect(links[0]?.origin).toBe(links[1]?.origin);
    for (const link of links) expect(await signIn(link)).toBe(200);
  });

  it('starts again after it was killed, with the socket left behind', async () => {
    const first = start(0);
    await linkOf(first);
    first.child.kill('SIGKILL');
    await first.ended;
    expect(statSync(join(folder, 'data', 'console.sock')).isSocket()).toBe(true);
    const again = start(0);
    const link = await linkOf(again);
    expect(await signIn(link)).toBe(200);
    // The socket is its own again: a further start is led to it.
    expect(again.error).not.toContain('cannot reach');
    expect((await linkOf(start())).origin).toBe(link.origin);
  });

  it('says that a port is taken when it was asked for', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    try {
      const refused = start(port);
      expect(await refused.ended).toBe(2);
      expect(refused.out).toBe('');
      expect(refused.error).toContain(`Port ${port} is taken`);
    } finally {
      other.close();
    }
  });
});
