import { spawn } from 'node:child_process';
import { lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reachConsole } from '#core/api/running-console.ts';
import { openStore } from '#core/store/open-store.ts';
import type { CoreState, DesktopBridge } from '#shared/contract/bridge.ts';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';
import { electronTransport } from '../../renderer/transport/electron.ts';
import type { Transport } from '../../renderer/transport/transport.ts';
import { type Started, start, until, windowOf } from './boot.ts';
import type { PageMessage } from './stand-in/page.ts';

// The whole desktop but for Chromium: built main and preload script, the built core with its store, and the page's own
// transport over a real MessageChannel.

let dataFolder: string;
let shell: Started;
let bridge: DesktopBridge;
let transport: Transport;
const states: CoreState[] = [];

beforeAll(async () => {
  dataFolder = join(mkdtempSync(join(tmpdir(), 'swarmkeep-records-')), 'data');
  shell = await start({ core: 'real' }, { argv: ['--data-dir', dataFolder] });
  const { page } = windowOf(shell.electron);
  bridge = page.world.get('swarmkeep') as DesktopBridge;
  bridge.onCoreState((state) => states.push(state));
  transport = electronTransport(bridge, page.window as unknown as Window);
});
afterAll(async () => {
  await shell.end();
  rmSync(join(dataFolder, '..'), { recursive: true, force: true });
});

describe('the page and its console', () => {
  it('talk over the port', async () => {
    const about = await transport.client.system.about();
    expect(about).toMatchObject({ shell: 'desktop', version: '0.1.0', dataFolder });
    expect(transport.connection.get()).toEqual({ kind: 'open' });
    expect(states.at(-1)).toBe('running');
  });

  it('the title carries the sentence of the day, the theme is the operator’s', async () => {
    const { sentence } = await transport.client.findings.overview({ node: null });
    await until(() => windowOf(shell.electron).window.title === `${sentence} · Swarmkeep`);
    await transport.client.settings.set({ ...DEFAULT_SETTINGS, theme: 'dark' });
    await until(() => shell.electron.nativeTheme.themeSource === 'dark');
  });

  it('a stream begins with a snapshot and goes on with what changes', async () => {
    const stream = await transport.client.changes.watch({ stream: 'desktop-test' });
    const first = await stream.next();
    expect(first.value).toMatchObject({ kind: 'snapshot' });
    await transport.client.settings.set({ ...DEFAULT_SETTINGS, theme: 'light' });
    const second = await stream.next();
    expect(second.value).toMatchObject({ kind: 'delta', value: { what: 'settings' } });
    await stream.return?.();
  });

  it('no privileged change without a plan that the core made', async () => {
    const order = transport.client.plans.apply({ plan: 'no-such-plan', hash: 'a'.repeat(64) });
    await expect(order).rejects.toMatchObject({ code: 'PLAN_UNKNOWN' });
    expect(shell.electron.callsOf('dialog.showMessageBox')).toEqual([]);
  });
});

describe('commands of the same user', () => {
  it('reach the console through its socket, which is theirs alone', async () => {
    const socket = lstatSync(join(dataFolder, 'console.sock'));
    expect([socket.isSocket(), socket.mode & 0o777]).toEqual([true, 0o600]);
    expect(lstatSync(dataFolder).mode & 0o777).toBe(0o700);
    const running = await reachConsole(dataFolder);
    expect(await running?.client.system.about()).toMatchObject({ shell: 'desktop' });
    expect(await running?.freshLink()).toBeNull();
  });

  it('a second start shows the window', async () => {
    const { window } = windowOf(shell.electron);
    window.hide();
    const running = await reachConsole(dataFolder);
    expect(await running?.showWindow()).toBe(true);
    await until(() => window.isVisible());
  });
});

describe('a core that is killed', () => {
  it('comes back with what it knew, and the page’s calls go on', async () => {
    await transport.client.settings.set({ ...DEFAULT_SETTINGS, secretMaxAgeDays: 77 });
    states.length = 0;
    shell.electron.processes.at(-1)?.kill();
    await until(() => states.includes('restarting'));
    expect(transport.connection.get()).toMatchObject({ kind: 'lost' });
    // Asked while there is no core: it waits for the next one instead of a port that nobody answers.
    const between = transport.client.settings.get();
    await until(() => states.includes('running'), 15_000);
    expect(await between).toMatchObject({ secretMaxAgeDays: 77 });
    const settings = await transport.client.settings.get();
    expect(settings.secretMaxAgeDays).toBe(77);
    expect(shell.electron.processes).toHaveLength(2);
    expect(await (await reachConsole(dataFolder))?.client.settings.get()).toMatchObject({
      secretMaxAgeDays: 77,
    });
  }, 30_000);
});

describe('two consoles', () => {
  it('the second says in words that the folder is taken, and is not started again and again', async () => {
    const second = await start({ core: 'real' }, { argv: ['--data-dir', dataFolder] });
    await until(() => second.electron.callsOf('dialog.showMessageBox').length > 0, 15_000);
    const [box] = second.electron.callsOf('dialog.showMessageBox');
    expect(box?.args[1]).toMatchObject({ type: 'error' });
    expect(JSON.stringify(box?.args[1])).toContain('Another Swarmkeep is using this data folder.');
    await until(() => windowOf(second.electron).window.title.startsWith('The console stopped'), 10_000);
    expect(second.electron.processes).toHaveLength(1);
    await second.end();
    expect(await reachConsole(dataFolder)).not.toBeNull();
  }, 40_000);
});

describe('a console that watches in the background', () => {
  it('gives its records to the window that is opened, and goes on when that is closed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-records-'));
    const records = join(folder, 'data');
    const program = fileURLToPath(
      new URL('../../electron/web/testing/background-process.ts', import.meta.url),
    );
    const background = spawn(process.execPath, [program, records], { stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = new Promise((resolve) => background.once('exit', resolve));
    let said = '';
    background.stderr.on('data', (chunk) => {
      said += chunk;
    });
    try {
      await until(() => said.includes('Watching in the background.'), 20_000);
      const opened = await start({ core: 'real' }, { argv: ['--data-dir', records] });
      await until(() => said.includes('Another window of Swarmkeep watches now.'), 20_000);
      const running = async () => (await reachConsole(records))?.client.system.about();
      let about = await running();
      for (let tries = 0; about?.shell !== 'desktop' && tries < 100; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        about = await running();
      }
      expect(about?.shell).toBe('desktop');
      expect(opened.electron.callsOf('dialog.showMessageBox')).toEqual([]);
      await opened.end();
      await until(() => said.split('Watching in the background.').length === 3, 20_000);
    } finally {
      background.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    }
  }, 90_000);
});

describe('a page that was taken over', () => {
  it('loses its port when it sends anything but calls', async () => {
    const { page } = windowOf(shell.electron);
    const arrived = new Promise<PageMessage>((resolve) => page.window.addEventListener('message', resolve));
    bridge.connect('hostile-page-1');
    const [port] = (await arrived).ports;
    const closed = new Promise((resolve) => port?.once('close', resolve));
    port?.postMessage({ i: 1, eval: 'process.exit()' });
    await closed;
  });
});

describe('quitting', () => {
  it('closes the store and gives the folder free', async () => {
    shell.electron.app.quit();
    await until(() => shell.electron.app.quitDone, 10_000);
    expect(await reachConsole(dataFolder)).toBeNull();
    const store = await openStore({ dataFolder, thread: false });
    await store.close();
  }, 20_000);
});
