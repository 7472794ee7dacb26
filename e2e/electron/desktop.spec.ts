import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test';

// The real Electron, unfused (Playwright needs its inspector), on the built shell. The guards themselves are proven one
// by one on the stand-in; here Chromium has to agree with them.

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));

/** @returns the Electron binary, or why the lane cannot run here */
function findBinary(): { binary: string } | { reason: string } {
  const pointer = join(folder, 'path.txt');
  const binary = existsSync(pointer) ? join(folder, 'dist', readFileSync(pointer, 'utf8').trim()) : null;
  if (binary === null || !existsSync(binary))
    return { reason: 'the Electron binary is not here (node_modules/electron/dist)' };
  if (process.getuid?.() === 0) return { reason: 'Electron does not run with its sandbox as root' };
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY)
    return { reason: 'there is no display here' };
  return { binary };
}

const found = findBinary();
const executablePath = 'binary' in found ? found.binary : '';
const reason = 'reason' in found ? found.reason : '';

let application: ElectronApplication;
let page: Page;
let records: string;
const problems: string[] = [];

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  // biome-ignore lint/suspicious/noSkippedTests: only where the binary cannot be had, and the reason is reported
  test.skip(reason !== '', reason);
  records = mkdtempSync(join(tmpdir(), 'swarmkeep-electron-'));
  application = await _electron.launch({ executablePath, args: [root, '--data-dir', join(records, 'data')] });
  page = await application.firstWindow();
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  await page.getByRole('heading', { level: 1 }).first().waitFor();
});

test.afterAll(async () => {
  if (reason !== '') return;
  await application.close();
  rmSync(records, { recursive: true, force: true });
});

test('shows the console over app://, with its bridge and without Node.js', async () => {
  expect(page.url()).toMatch(/^app:\/\/swarmkeep\//);
  const seen = await page.evaluate(() => ({
    origin: location.origin,
    bridge: Object.keys(Reflect.get(window, 'swarmkeep') ?? {}).sort(),
    node: ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => name in window),
  }));
  expect(seen).toEqual({
    origin: 'app://swarmkeep',
    bridge: ['connect', 'onCoreState', 'onOpenPage', 'openExternal', 'saveText', 'version'],
    node: [],
  });
});

test('the window is as it was asked to be', async () => {
  const preferences = await application.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    // Not in Electron's types, but in its tests: what the contents really got.
    const read: () => Record<string, unknown> = Reflect.get(
      window?.webContents ?? {},
      'getLastWebPreferences',
    );
    return read.call(window?.webContents);
  });
  expect(preferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
  });
  expect(preferences.webviewTag ?? false).toBe(false);
});

test('the page can go nowhere and ask nobody', async () => {
  const before = page.url();
  const seen = await page.evaluate(async () => {
    const tried = (work: () => Promise<unknown>) =>
      work().then(
        () => 'done',
        () => 'refused',
      );
    const code = () => {
      try {
        return Reflect.construct(Function, ['return 1'])();
      } catch {
        return 'refused';
      }
    };
    return {
      fetched: await tried(() => fetch('https://example.org/')),
      loopback: await tried(() => fetch('http://127.0.0.1:11434/')),
      opened: window.open('https://example.org/') === null,
      located: await new Promise((resolve) => {
        navigator.geolocation.getCurrentPosition(
          () => resolve('done'),
          () => resolve('refused'),
        );
      }),
      code: code(),
    };
  });
  expect(seen).toEqual({
    fetched: 'refused',
    loopback: 'refused',
    opened: true,
    located: 'refused',
    code: 'refused',
  });
  await page.evaluate(() => location.assign('https://example.org/'));
  await page.waitForTimeout(300);
  expect(page.url()).toBe(before);
  expect(application.windows()).toHaveLength(1);
  problems.length = 0;
});

test('the core answers, and comes back when it is killed', async () => {
  await expect.poll(() => page.title()).toMatch(/./);
  const windowTitle = () =>
    application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle() ?? '');
  await expect.poll(windowTitle).toMatch(/ · Swarmkeep$/);
  const corePid = () =>
    application.evaluate(
      ({ app }) => app.getAppMetrics().find((each) => each.name === 'Swarmkeep core')?.pid ?? 0,
    );
  const first = await corePid();
  expect(first).toBeGreaterThan(0);
  process.kill(first, 'SIGKILL');
  await expect.poll(async () => (await corePid()) !== first && (await corePid()) > 0).toBe(true);
  await expect.poll(windowTitle).not.toMatch(/^Starting to look/);
});

test('nothing went wrong on the page, and no policy was broken', () => {
  expect(problems).toEqual([]);
});
