import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningConsole, reachConsole } from '#core/api/running-console.ts';

const here = import.meta.dirname;

interface Running {
  child: ChildProcess;
  said: string;
  ended: Promise<number | null>;
}

/** Real processes over one folder of records, and a log that is written to all the time. */
describe('watching in the background', () => {
  let folder: string;
  let data: string;
  let log: string;
  const started: Running[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-background-'));
    data = join(folder, 'data');
    log = join(folder, 'agent.log');
    mkdirSync(join(folder, 'page'));
    writeFileSync(join(folder, 'page', 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__">');
    writeFileSync(log, '');
  });
  afterEach(async () => {
    for (const { child } of started) child.kill('SIGKILL');
    await Promise.all(started.splice(0).map(({ ended }) => ended));
    rmSync(folder, { recursive: true });
  });

  function start(...words: string[]): Running {
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    const running: Running = { child, said: '', ended };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        running.said += chunk;
      });
    }
    started.push(running);
    return running;
  }
  const background = () => start(join(here, 'testing/background-process.ts'), data);
  const window = () => start(join(here, 'testing/serve-process.ts'), data, join(folder, 'page'));

  async function says(running: Running, words: string): Promise<void> {
    await expect.poll(() => running.said, { timeout: 20_000 }).toContain(words);
  }
  async function reach(): Promise<RunningConsole> {
    let found = await reachConsole(data);
    for (let tries = 0; found === null && tries < 200; tries += 1) {
      await pause(100);
      found = await reachConsole(data);
    }
    if (found === null) throw new Error('No console answers.');
    return found;
  }
  async function stored(): Promise<string[]> {
    const { client } = await reach();
    const { events } = await client.audit.events({ query: '', limit: 500 });
    return events.map(({ raw }) => raw).toReversed();
  }

  it('goes on when the window is closed or killed, gives way to a window, and loses and doubles nothing', async () => {
    const lines: string[] = [];
    const write = (): void => {
      lines.push(`line ${lines.length + 1}`);
      appendFileSync(log, `${lines.at(-1)}\n`);
    };
    const first = background();
    await says(first, 'Watching in the background.');
    const { client } = await reach();
    await client.nodes.add({ address: { kind: 'local' }, confirmedKeys: [] });
    const [node] = await client.nodes.list();
    for (const source of await client.audit.sources({}))
      await client.audit.removeSource({ source: source.id });
    await expect.poll(async () => (await client.audit.state()).watching, { timeout: 20_000 }).toBe(true);
    await client.audit.addSource({ node: node?.id ?? '', target: { kind: 'file', path: log } });
    write();
    await expect.poll(stored, { timeout: 20_000 }).toContain('line 1');

    // A window opens: it has the records, and the one in the background waits.
    const opened = window();
    await says(opened, 'Swarmkeep is ready: http://127.0.0.1:');
    expect(opened.said).not.toContain('runs already');
    await says(first, 'Another window of Swarmkeep watches now.');
    write();
    await expect.poll(stored, { timeout: 20_000 }).toContain('line 2');

    // The window is killed: nobody says goodbye, and watching goes on all the same.
    opened.child.kill('SIGKILL');
    await opened.ended;
    write();
    await expect
      .poll(() => first.said.split('Watching in the background.').length, { timeout: 20_000 })
      .toBe(3);
    write();
    await expect
      .poll(async () => (await stored()).filter((line) => line.startsWith('line ')), { timeout: 20_000 })
      .toEqual(lines);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(await reachConsole(data)).toBeNull();
  });

  it('waits while a window is open from the start, and nobody can consent to a change where nobody sits', async () => {
    const opened = window();
    await says(opened, 'Swarmkeep is ready: http://127.0.0.1:');
    const second = background();
    await says(second, 'waiting until it ends');
    // Somebody's own console does not give its records away.
    expect(await (await reach()).standDown()).toBe(false);
    opened.child.kill('SIGTERM');
    await opened.ended;
    await says(second, 'Watching in the background.');
    const running = await reach();
    expect(await running.freshLink()).toBeNull();
    expect(await running.standDown()).toBe(true);
    await pause(100);
    expect(await reachConsole(data)).toBeNull();
  });
});
