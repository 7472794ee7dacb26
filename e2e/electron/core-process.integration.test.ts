import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { coreOf, coreReady, type Started, start, until, windowOf } from './boot.ts';
import type { ForkOptions } from './stand-in/utility.ts';

let shell: Started;
beforeEach(async () => {
  process.env.NODE_OPTIONS_FOR_TEST = '1';
  process.env.ELECTRON_RUN_AS_NODE = '1';
  shell = await start();
});
afterEach(async () => {
  delete process.env.NODE_OPTIONS_FOR_TEST;
  delete process.env.ELECTRON_RUN_AS_NODE;
  await shell.end();
});

const states = () =>
  windowOf(shell.electron)
    .contents.sent.filter((each) => each.channel === 'swarmkeep:core-state-changed')
    .map((each) => each.values[0]);

describe('the core process', () => {
  it('is the built core, with an environment that runs nothing else', () => {
    const [fork] = shell.electron.callsOf('utilityProcess.fork');
    expect(fork?.args[0]).toBe(`${shell.folder}/dist/main/core.js`);
    expect(fork?.args[1]).toEqual([]);
    const options = fork?.args[2] as ForkOptions;
    expect(options.execArgv).toEqual([]);
    expect(options.env?.PATH).toBe(process.env.PATH);
    for (const name of Object.keys(options.env ?? {}))
      expect(name).not.toMatch(/^(NODE_|ELECTRON_|LD_PRELOAD|DYLD_)/);
    expect(coreOf(shell.electron).heard[0]?.message).toEqual({
      kind: 'start',
      version: '0.1.0',
      dataFolder: null,
      sample: false,
    });
  });

  it('is told the folder and the sample node of the command line, and nothing else from there', async () => {
    const other = await start(
      { isPackaged: true },
      { argv: ['--sample', 'swarmkeep://evil', '--inspect=1', '--data-dir', '/tmp/swarmkeep-test-folder'] },
    );
    expect(coreOf(other.electron).heard[0]?.message).toMatchObject({
      dataFolder: '/tmp/swarmkeep-test-folder',
      sample: true,
    });
    expect(other.electron.callsOf('app.setPath').map((call) => call.args)).toEqual([
      ['userData', '/tmp/swarmkeep-test-folder/desktop'],
    ]);
    await other.end();
  });

  it('gives no port before it is ready', async () => {
    const { contents } = windowOf(shell.electron);
    shell.electron.hearMessage(contents, contents.mainFrame, 'swarmkeep:connect', ['request-1']);
    expect(coreOf(shell.electron).heard.map((each) => each.message.kind)).toEqual(['start']);
    await coreReady(shell.electron);
    shell.electron.hearMessage(contents, contents.mainFrame, 'swarmkeep:connect', ['request-1']);
    expect(coreOf(shell.electron).heard.map((each) => each.message.kind)).toEqual(['start', 'page']);
  });

  it('is started again when it dies, three times, and then the page is told', async () => {
    await coreReady(shell.electron);
    for (let death = 1; death <= 3; death += 1) {
      coreOf(shell.electron).emit('exit', 9);
      await until(() => shell.electron.processes.length === death + 1);
      coreOf(shell.electron).emit('message', { kind: 'ready' });
    }
    coreOf(shell.electron).emit('exit', 9);
    expect(states()).toEqual([
      'running',
      'restarting',
      'running',
      'restarting',
      'running',
      'restarting',
      'running',
      'failed',
    ]);
    expect(shell.electron.processes).toHaveLength(4);
    expect(windowOf(shell.electron).window.title).toMatch(/The console stopped/);
    // A person can start it again.
    shell.electron.Tray.all[0]?.menu?.items.find((item) => item.label === 'Look Now')?.click?.();
    expect(shell.electron.processes).toHaveLength(5);
    coreOf(shell.electron).emit('message', { kind: 'ready' });
    expect(states().slice(-2)).toEqual(['restarting', 'running']);
  }, 15_000);

  it('is not started again when it says that it cannot run', async () => {
    coreOf(shell.electron).emit('message', {
      kind: 'cannot',
      message: 'The records are of a newer version.',
    });
    coreOf(shell.electron).emit('exit', 2);
    expect(states()).toEqual(['failed']);
    const [box] = shell.electron.callsOf('dialog.showMessageBox');
    expect(box?.args[1]).toMatchObject({ type: 'error', detail: 'The records are of a newer version.' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(shell.electron.processes).toHaveLength(1);
  });

  it('is not believed blindly: what is not as agreed is dropped', async () => {
    await coreReady(shell.electron);
    const before = windowOf(shell.electron).window.title;
    const lies: unknown[] = [
      null,
      'ready',
      { kind: 'unknown' },
      { kind: 'status' },
      {
        kind: 'status',
        status: { sentence: 'x'.repeat(600), fix: 0, review: 0, unknown: 0, pass: 1, theme: 'dark' },
      },
      { kind: 'status', status: { sentence: 'x', fix: -1, review: 0, unknown: 0, pass: 1, theme: 'dark' } },
      { kind: 'status', status: { sentence: 'x', fix: 0, review: 0, unknown: 0, pass: 1, theme: 'url(x)' } },
      { kind: 'notice', sentence: '' },
      { kind: 'consent', question: { id: 'a', title: 'x', lines: Array(65).fill('') } },
    ];
    for (const lie of lies) coreOf(shell.electron).emit('message', lie);
    expect(windowOf(shell.electron).window.title).toBe(before);
    expect(shell.electron.Notification.all).toEqual([]);
    expect(shell.electron.callsOf('dialog.showMessageBox')).toEqual([]);
  });

  it('shows the window when a second start asked through the socket', () => {
    const { window } = windowOf(shell.electron);
    window.hide();
    coreOf(shell.electron).emit('message', { kind: 'show' });
    expect(window.isVisible()).toBe(true);
  });
});

describe('consent', () => {
  const question = (id: string, more: object = {}) => ({
    kind: 'consent',
    question: {
      id,
      title: 'Close the way out on miu',
      lines: ['nft -f /run/\u202Efile', 'second\nline'],
      ...more,
    },
  });
  const answers = () =>
    coreOf(shell.electron)
      .heard.map((each) => each.message)
      .filter((message) => message.kind === 'consent');

  it('is a dialog of the system: no is the default, by Enter and by Escape', async () => {
    coreOf(shell.electron).emit('message', question('one'));
    await until(() => answers().length === 1);
    expect(answers()).toEqual([{ kind: 'consent', id: 'one', given: false }]);
    const [box] = shell.electron.callsOf('dialog.showMessageBox');
    expect(box?.args[1]).toMatchObject({
      type: 'warning',
      message: 'Close the way out on miu',
      detail: 'nft -f /run/ file\nsecond line',
      buttons: ['Leave as it is', 'Allow this change'],
      defaultId: 0,
      cancelId: 0,
    });
  });

  it('is given by the one button, one question at a time', async () => {
    shell.electron.dialog.answers.push(1, 0, 1);
    for (const id of ['one', 'two', 'three']) coreOf(shell.electron).emit('message', question(id));
    await until(() => answers().length === 3);
    expect(answers()).toEqual([
      { kind: 'consent', id: 'one', given: true },
      { kind: 'consent', id: 'two', given: false },
      { kind: 'consent', id: 'three', given: true },
    ]);
  });

  it('cannot be given by the page', () => {
    expect([...shell.electron.ipcMain.handlers.keys()].filter((name) => name.includes('consent'))).toEqual(
      [],
    );
    const { contents, page } = windowOf(shell.electron);
    shell.electron.hearMessage(contents, contents.mainFrame, 'consent', [{ id: 'one', given: true }]);
    expect(answers()).toEqual([]);
    expect(Object.keys(page.world.get('swarmkeep') as object).join()).not.toMatch(/consent/i);
  });
});
