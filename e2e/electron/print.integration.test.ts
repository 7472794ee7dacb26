import { afterEach, describe, expect, it } from 'vitest';
import { coreOf, coreReady, type Started, start, until, windowOf } from './boot.ts';
import type { StandInOptions } from './stand-in/state.ts';

let shell: Started;
afterEach(() => shell.end());

const PAGE = '<!doctype html><title>Incident 3</title><p>naru';

/** Lets the core ask for a page to be printed, and waits for what it is answered. */
async function printed(page: string, given: Partial<StandInOptions> = {}) {
  shell = await start({ isPackaged: true, ...given });
  await coreReady(shell.electron);
  const before = windowOf(shell.electron).window;
  coreOf(shell.electron).emit('message', { kind: 'print', id: 'print-1', page });
  const heard = () => coreOf(shell.electron).heard.find(({ message }) => message.kind === 'printed');
  await until(() => heard() !== undefined);
  return { before, answer: heard()?.message, window: shell.electron.BrowserWindow.all.at(-1) };
}

describe('a report as PDF', () => {
  it('is printed by Chromium itself, in a window that nobody sees and that has no power', async () => {
    const { before, answer, window } = await printed(PAGE);
    expect(answer?.id).toBe('print-1');
    expect(Buffer.from(answer?.pdf as Uint8Array).toString()).toBe(`%PDF-1.7\n${PAGE}`);
    expect(window).not.toBe(before);
    expect(window?.options.show).toBe(false);
    expect(window?.options.webPreferences).toMatchObject({
      javascript: false,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      devTools: false,
    });
    expect(window?.options.webPreferences).not.toHaveProperty('preload');
    // It is gone afterwards, and the page of the console is still there.
    expect(window?.isDestroyed()).toBe(true);
    expect(before.isDestroyed()).toBe(false);
  });

  it('has a session of its own, which reaches nothing and holds this page only', async () => {
    const { before, window } = await printed(PAGE);
    const own = window?.webContents.session;
    if (own === undefined) throw new Error('No window');
    expect(own).not.toBe(before.webContents.session);
    expect(own.partition).not.toMatch(/^persist:/);
    expect(own.proxy).toMatchObject({ mode: 'fixed_servers', proxyRules: 'http://127.0.0.1:9' });
    for (const url of [
      'https://example.org/',
      'http://127.0.0.1:8080/',
      'file:///etc/passwd',
      'ws://10.0.0.1/',
    ])
      expect(own.lets(url), url).toBe(false);
    expect((await own.load('app://swarmkeep/')).status).toBe(404);
    expect((await own.load('app://swarmkeep/report', { method: 'POST' })).status).toBe(404);
    const page = await own.load('app://swarmkeep/report');
    expect(page.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    const answers: boolean[] = [];
    own.permissionRequest?.(window?.webContents, 'clipboard-sanitized-write', (yes) => answers.push(yes), {
      isMainFrame: true,
      requestingUrl: 'app://swarmkeep/report',
    });
    expect(answers).toEqual([false]);
  });

  it('that is no PDF is none, and nothing is left of it', async () => {
    const { answer, window } = await printed(PAGE, { noPdf: true });
    expect(answer).toEqual({ kind: 'printed', id: 'print-1', pdf: null });
    expect(window?.isDestroyed()).toBe(true);
  });

  it('is not asked for twice by a message that is not as agreed', async () => {
    shell = await start();
    await coreReady(shell.electron);
    const windows = shell.electron.BrowserWindow.all.length;
    coreOf(shell.electron).emit('message', { kind: 'print', id: 'print-1', page: 42 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(shell.electron.BrowserWindow.all).toHaveLength(windows);
  });
});
