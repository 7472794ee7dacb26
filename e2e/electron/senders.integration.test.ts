import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coreOf, coreReady, type Started, start, windowOf } from './boot.ts';
import { Emitter } from './stand-in/state.ts';

let shell: Started;
beforeAll(async () => {
  shell = await start({ isPackaged: true });
  await coreReady(shell.electron);
});
afterAll(() => shell.end());

describe('17: who may speak to the main process', () => {
  const channels = ['swarmkeep:core-state', 'swarmkeep:open-external', 'swarmkeep:save-text'];
  const fine: Record<string, unknown[]> = {
    'swarmkeep:core-state': [],
    'swarmkeep:open-external': ['https://github.com/'],
    'swarmkeep:save-text': [{ fileName: 'a.json', mediaType: 'application/json', text: '{}' }],
  };

  it('answers on these channels and no others', () => {
    expect([...shell.electron.ipcMain.handlers.keys()].sort()).toEqual(channels);
    expect(shell.electron.ipcMain.eventNames()).toEqual(['swarmkeep:connect']);
  });

  it.each(channels)('hears our main frame only: %s', async (channel) => {
    const { electron } = shell;
    const { contents } = windowOf(electron);
    const frame = (url: string, parent: typeof contents.mainFrame | null = null) =>
      new electron.FrameDouble(url, parent);
    const values = fine[channel] ?? [];
    await expect(electron.answerInvoke(contents, contents.mainFrame, channel, values)).resolves.toBeDefined();
    const strangers = Object.assign(new Emitter(), { mainFrame: frame('app://swarmkeep/') });
    const refused: [unknown, ReturnType<typeof frame> | null][] = [
      [contents, null],
      [contents, frame('app://swarmkeep/', contents.mainFrame)],
      [contents, frame('app://swarmkeep/')],
      [contents, frame('https://example.org/')],
      [strangers, strangers.mainFrame],
    ];
    for (const [sender, senderFrame] of refused) {
      const asked = electron.answerInvoke(sender as typeof contents, senderFrame, channel, values);
      await expect(asked, `${senderFrame?.url}`).rejects.toThrow('Refused.');
    }
    const { url } = contents.mainFrame;
    for (const other of [
      'https://swarmkeep/',
      'app://swarmkeep.evil/',
      'app://evil/',
      'about:blank',
      'file:///app',
      '',
    ]) {
      contents.mainFrame.go(other);
      const asked = electron.answerInvoke(contents, contents.mainFrame, channel, values);
      await expect(asked, other).rejects.toThrow('Refused.');
    }
    contents.mainFrame.go(url);
    contents.mainFrame.detached = true;
    await expect(electron.answerInvoke(contents, contents.mainFrame, channel, values)).rejects.toThrow(
      'Refused.',
    );
    contents.mainFrame.detached = false;
  });

  it('gives no port to a stranger, nor for a request that is not as agreed', () => {
    const { electron } = shell;
    const { contents } = windowOf(electron);
    const core = coreOf(electron);
    const pages = () => core.heard.filter((each) => each.message.kind === 'page').length;
    const before = pages();
    const child = new electron.FrameDouble('app://swarmkeep/', contents.mainFrame);
    electron.hearMessage(contents, child, 'swarmkeep:connect', ['request-1']);
    electron.hearMessage(contents, null, 'swarmkeep:connect', ['request-1']);
    for (const bad of [[], ['short'], ['x'.repeat(65)], ['white space'], [{}], ['request-1', 'more']])
      electron.hearMessage(contents, contents.mainFrame, 'swarmkeep:connect', bad);
    expect(pages()).toBe(before);
    electron.hearMessage(contents, contents.mainFrame, 'swarmkeep:connect', ['request-1']);
    expect(pages()).toBe(before + 1);
  });

  it('refuses input that is not as agreed, without saying what was wrong', async () => {
    const { electron } = shell;
    const { contents } = windowOf(electron);
    const bad: [string, unknown[]][] = [
      ['swarmkeep:core-state', ['more']],
      ['swarmkeep:open-external', [{ toString: 'x' }]],
      ['swarmkeep:open-external', ['https://github.com/', 'more']],
      ['swarmkeep:save-text', [{ fileName: 'a', mediaType: 'b', text: 'c', path: '/etc/passwd' }]],
      ['swarmkeep:save-text', [{ fileName: 'x'.repeat(300), mediaType: 'b', text: 'c' }]],
      ['swarmkeep:save-text', [{ fileName: 'a', mediaType: 'b', text: 'c'.repeat(16 * 1024 * 1024 + 1) }]],
    ];
    for (const [channel, values] of bad) {
      const asked = electron.answerInvoke(contents, contents.mainFrame, channel, values);
      await expect(asked).rejects.toThrow(/^Refused\.$/);
    }
  });
});
