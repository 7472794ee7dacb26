import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CoreStatus } from '../../electron/main/control.ts';
import { coreOf, coreReady, type Started, start, until, windowOf } from './boot.ts';
import type { MenuItem } from './stand-in/desktop.ts';

let shell: Started;
beforeEach(async () => {
  shell = await start();
});
afterEach(() => shell.end());

type Given = Partial<CoreStatus['counts']> & Partial<Omit<CoreStatus, 'counts'>>;
const status = ({ sentence, theme = 'system', ...counts }: Given): CoreStatus => ({
  sentence: sentence ?? 'Two doors are open: miu to the internet, boa to every network.',
  counts: { fix: 2, review: 3, unknown: 2, pass: 9, notApplicable: 0, waived: 0, ...counts },
  theme,
});
const tell = (given: Given) =>
  coreOf(shell.electron).emit('message', { kind: 'status', status: status(given) });
const flat = (items: MenuItem[]): MenuItem[] => items.flatMap((item) => [item, ...flat(item.submenu ?? [])]);
const press = (label: string, items: MenuItem[]) =>
  flat(items)
    .find((item) => item.label === label)
    ?.click?.();
const trayOf = () => {
  const tray = shell.electron.Tray.all[0];
  if (tray === undefined) throw new Error('there is no tray icon');
  return tray;
};

describe('the window', () => {
  it('has the page’s ground from the first moment and follows the theme', async () => {
    const { window } = windowOf(shell.electron);
    expect(window.options).toMatchObject({ show: false, backgroundColor: '#191715', minWidth: 900 });
    tell({ theme: 'light' });
    await coreReady(shell.electron);
    expect(shell.electron.nativeTheme.themeSource).toBe('light');
    expect(window.background).toBe('#F8F6F2');
  });

  it('grounds are those of the page’s own tokens', () => {
    const tokens = readFileSync(
      new URL('../../renderer/styles/tokens.css', import.meta.url),
      'utf8',
    ).toUpperCase();
    for (const colour of ['#F8F6F2', '#191715']) expect(tokens).toContain(colour);
  });

  it('carries the sentence of the day, without marks that mislead; the page cannot set its own', async () => {
    const { window } = windowOf(shell.electron);
    await coreReady(shell.electron);
    tell({ sentence: 'All doors are locked.' });
    expect(window.title).toBe('All doors are locked. · Swarmkeep');
    tell({ sentence: 'one\ntwo\u202Ethree\u0007' });
    expect(window.title).toBe('one two three · Swarmkeep');
    expect(window.fire('page-title-updated', {}, 'Your bank')).toBe(true);
  });

  it('is remembered where it was, for the operator’s eyes only', async () => {
    const { window } = windowOf(shell.electron);
    window.setBounds({ x: 300, y: 200, width: 1_000, height: 700 });
    const file = join(shell.folder, 'userData', 'window.json');
    await until(() => statSync(file, { throwIfNoEntry: false }) !== undefined);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      bounds: { x: 300, y: 200, width: 1_000, height: 700 },
      maximised: false,
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is loaded again when its process crashed, but not for ever', () => {
    const { contents } = windowOf(shell.electron);
    const loads = () => shell.electron.callsOf('BrowserWindow.loadURL').length;
    for (let crash = 0; crash < 6; crash += 1)
      contents.fire('render-process-gone', {}, { reason: 'crashed' });
    expect(loads()).toBe(4);
  });
});

describe('tray and menu', () => {
  it('show how things are: icon, sentence, tally', async () => {
    const iconName = () => trayOf().image.path.split('/').at(-1);
    expect([iconName(), trayOf().toolTip]).toEqual(['tray-review-dark.png', 'Starting to look.']);
    await coreReady(shell.electron);
    tell({});
    expect(iconName()).toBe('tray-fix-dark.png');
    expect(trayOf().toolTip).toBe('Two doors are open: miu to the internet, boa to every network.');
    expect(trayOf().menu?.items[1]).toEqual({
      label: '2 to fix · 3 to review · 2 could not look · 9 fine',
      enabled: false,
    });
    tell({ fix: 0 });
    expect(iconName()).toBe('tray-review-dark.png');
    tell({ fix: 0, review: 0 });
    expect(iconName()).toBe('tray-review-dark.png');
    tell({ fix: 0, review: 0, unknown: 0 });
    expect(iconName()).toBe('tray-fine-dark.png');
    // Nothing was looked at: not fine.
    tell({ fix: 0, review: 0, unknown: 0, pass: 0 });
    expect(iconName()).toBe('tray-review-dark.png');
    tell({ theme: 'light' });
    expect(iconName()).toBe('tray-fix-light.png');
  });

  it('stop saying "fine" when the core is gone', async () => {
    await coreReady(shell.electron);
    tell({ fix: 0, review: 0, unknown: 0, sentence: 'All doors are locked.' });
    expect(trayOf().image.path).toMatch(/tray-fine/);
    coreOf(shell.electron).emit('exit', 1);
    expect(trayOf().image.path).toMatch(/tray-review/);
    expect(windowOf(shell.electron).window.title).not.toMatch(/locked/);
  });

  it('do what they say', async () => {
    await coreReady(shell.electron);
    const { window, contents } = windowOf(shell.electron);
    const menu = () => shell.electron.Menu.application?.items ?? [];
    press('Look Now', menu());
    press('Look Now', trayOf().menu?.items ?? []);
    expect(coreOf(shell.electron).heard.filter((each) => each.message.kind === 'look-now')).toHaveLength(2);
    window.hide();
    press('Open Swarmkeep', trayOf().menu?.items ?? []);
    expect(window.isVisible()).toBe(true);
    window.hide();
    press('Settings…', menu());
    expect(window.isVisible()).toBe(true);
    expect(contents.sent.at(-1)).toEqual({ channel: 'swarmkeep:open-page', values: ['settings'] });
  });

  it('have no way to reload or inspect the page in a packaged build', async () => {
    const packaged = await start({ isPackaged: true });
    const roles = flat(packaged.electron.Menu.application?.items ?? []).map((item) => item.role);
    await packaged.end();
    for (const role of ['reload', 'forceReload', 'toggleDevTools']) expect(roles).not.toContain(role);
    expect(flat(shell.electron.Menu.application?.items ?? []).map((item) => item.role)).toContain(
      'toggleDevTools',
    );
  });

  it('keep watch when the window is closed, and end when told to', async () => {
    const { window } = windowOf(shell.electron);
    window.close();
    expect([window.isDestroyed(), window.isVisible(), shell.electron.app.quitDone]).toEqual([
      false,
      false,
      false,
    ]);
    press('Quit', trayOf().menu?.items ?? []);
    await until(() => shell.electron.app.quitDone);
    expect(coreOf(shell.electron).heard.at(-1)?.message.kind).toBe('stop');
    expect(window.isDestroyed()).toBe(true);
  });

  it('without a place for the icon, closing the window ends the application', async () => {
    const bare = await start({ tray: false });
    windowOf(bare.electron).window.close();
    await until(() => bare.electron.app.quitDone);
    await bare.end();
  });
});

describe('notifications', () => {
  it('show what the core says, safely, and open the window', async () => {
    const { window } = windowOf(shell.electron);
    coreOf(shell.electron).emit('message', { kind: 'notice', sentence: 'miu:\u202E two doors\nare open.' });
    const [shown] = shell.electron.Notification.all;
    expect(shown?.options.body).toBe('miu: two doors are open.');
    window.hide();
    shown?.emit('click');
    expect(window.isVisible()).toBe(true);
  });

  it('never flood', () => {
    for (let index = 0; index < 100; index += 1)
      coreOf(shell.electron).emit('message', { kind: 'notice', sentence: `change ${index}` });
    const bodies = shell.electron.Notification.all.map((each) => each.options.body);
    expect(bodies).toHaveLength(6);
    expect(bodies[5]).toBe('More has changed. Open Swarmkeep to see it.');
  });
});

describe('one instance, no deep links', () => {
  it('a second start shows the window, and what it carries is not looked at', () => {
    const { window, contents } = windowOf(shell.electron);
    window.hide();
    const before = contents.sent.length;
    const loads = shell.electron.callsOf('BrowserWindow.loadURL').length;
    const argv = ['swarmkeep', 'swarmkeep://evil', 'app://swarmkeep/settings', '--data-dir=/tmp/evil'];
    shell.electron.app.emit('second-instance', {}, argv, '/tmp', { page: 'settings' });
    expect(window.isVisible()).toBe(true);
    expect(contents.sent).toHaveLength(before);
    expect(shell.electron.callsOf('BrowserWindow.loadURL')).toHaveLength(loads);
    expect(shell.electron.callsOf('shell.openExternal')).toEqual([]);
    window.minimize();
    shell.electron.app.emit('second-instance', {}, [], '/tmp', null);
    expect(window.isMinimized()).toBe(false);
  });

  it('an address or a file from outside is refused, and no protocol is registered', () => {
    const { app } = shell.electron;
    expect(app.fire('open-url', {}, 'swarmkeep://settings')).toBe(true);
    expect(app.fire('open-file', {}, '/tmp/evil.json')).toBe(true);
    expect(shell.electron.callsOf('app.setAsDefaultProtocolClient')).toEqual([]);
    expect(shell.electron.callsOf('app.requestSingleInstanceLock').map((call) => call.args)).toEqual([[]]);
  });

  it('an instance without the lock ends at once: no window, no core', async () => {
    const second = await start({ lock: false });
    expect(second.electron.app.exitCode).toBe(0);
    expect(second.electron.BrowserWindow.all).toEqual([]);
    expect(second.electron.processes).toEqual([]);
    await second.end();
  });
});

describe('saving a text', () => {
  const save = (file: object) => {
    const { contents } = windowOf(shell.electron);
    return shell.electron.answerInvoke(contents, contents.mainFrame, 'swarmkeep:save-text', [file]);
  };

  it('writes where the person says, never where the page says', async () => {
    const path = join(shell.folder, 'chosen.json');
    shell.electron.dialog.savePath = path;
    const file = {
      fileName: '../../../etc/.cron d/evil;.json',
      mediaType: 'application/json',
      text: '{"a":1}',
    };
    expect(await save(file)).toEqual({ saved: true });
    expect(readFileSync(path, 'utf8')).toBe('{"a":1}');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const [dialog] = shell.electron.callsOf('dialog.showSaveDialog');
    expect(dialog?.args[1]).toMatchObject({ defaultPath: join(shell.folder, 'downloads', 'evil-.json') });
  });

  it('says so when the person closed the dialog or the file could not be written', async () => {
    const file = { fileName: '..', mediaType: 'text/plain', text: 'x' };
    expect(await save(file)).toEqual({ saved: false, reason: 'cancelled' });
    shell.electron.dialog.savePath = join(shell.folder, 'no-such-folder', 'x');
    expect(await save(file)).toEqual({ saved: false, reason: 'failed' });
  });
});
