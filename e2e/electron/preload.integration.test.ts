import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DesktopBridge } from '#shared/contract/bridge.ts';
import { coreOf, coreReady, type Started, start, until, windowOf } from './boot.ts';
import type { PageMessage } from './stand-in/page.ts';

// 20 of Electron's security checklist: named functions over the bridge, never an IPC object or an event object.

let shell: Started;
let bridge: DesktopBridge;
beforeAll(async () => {
  shell = await start();
  bridge = windowOf(shell.electron).page.world.get('swarmkeep') as DesktopBridge;
});
afterAll(() => shell.end());

describe('the bridge', () => {
  it('is all that the page gets, and nothing but named functions', () => {
    expect([...windowOf(shell.electron).page.world.keys()]).toEqual(['swarmkeep']);
    const { version, ...functions } = bridge;
    expect(version).toBe(1);
    expect(Object.keys(functions).sort()).toEqual([
      'connect',
      'onCoreState',
      'onOpenPage',
      'openExternal',
      'saveText',
    ]);
    for (const each of Object.values(functions)) expect(each).toBeTypeOf('function');
  });

  it('asks for the state of the core, tells every change, and stops when told', async () => {
    const heard: unknown[][] = [];
    const remove = bridge.onCoreState((...values) => heard.push(values));
    await until(() => heard.length > 0);
    expect(heard).toEqual([['restarting']]);
    await coreReady(shell.electron);
    expect(heard).toEqual([['restarting'], ['running']]);
    const late = vi.fn();
    bridge.onCoreState(late)();
    expect(late.mock.calls).toEqual([['running']]);
    remove();
    windowOf(shell.electron).page.receive('swarmkeep:core-state-changed', ['failed'], []);
    windowOf(shell.electron).page.receive('swarmkeep:core-state-changed', ['running'], []);
    expect(heard).toHaveLength(2);
  });

  it('drops what is no state and no page', () => {
    const heard: unknown[] = [];
    const removes = [
      bridge.onCoreState((state) => heard.push(state)),
      bridge.onOpenPage((page) => heard.push(page)),
    ];
    const { page } = windowOf(shell.electron);
    for (const value of ['gone', null, { toString: () => 'running' }, 1, '<img>', 'constructor']) {
      page.receive('swarmkeep:core-state-changed', [value], []);
      page.receive('swarmkeep:open-page', [value], []);
    }
    expect(heard).toEqual(['running']);
    page.receive('swarmkeep:open-page', ['checks', 'more'], []);
    expect(heard).toEqual(['running', 'checks']);
    for (const remove of removes) remove();
  });

  it('takes functions as listeners and nothing else', () => {
    for (const bad of [null, 'x', {}]) expect(() => bridge.onOpenPage(bad as never)).toThrow(TypeError);
  });

  it('hands over a port to its own origin, for the request that asked', async () => {
    const { page, contents } = windowOf(shell.electron);
    const messages: PageMessage[] = [];
    const listener = (event: PageMessage) => messages.push(event);
    page.window.addEventListener('message', listener);
    bridge.connect('request-0001');
    expect(messages.map(({ origin, data, ports }) => ({ origin, data, ports: ports.length }))).toEqual([
      { origin: 'app://swarmkeep', data: { type: 'swarmkeep:port', request: 'request-0001' }, ports: 1 },
    ]);
    for (const bad of ['short', 'white space', '', 'x'.repeat(65), 7, null]) bridge.connect(bad as string);
    expect(messages).toHaveLength(1);
    // The document changed under it: the port does not follow.
    const { url } = contents.mainFrame;
    contents.mainFrame.go('https://example.org/');
    contents.postMessage('swarmkeep:port', 'request-0002', []);
    const { MessageChannel } = await import('node:worker_threads');
    const { port1, port2 } = new MessageChannel();
    page.receive('swarmkeep:port', ['request-0002'], [port1]);
    expect(messages).toHaveLength(1);
    contents.mainFrame.go(url);
    port2.close();
    page.window.removeEventListener('message', listener);
  });

  it('gives the page its end and the core the other', async () => {
    const { page } = windowOf(shell.electron);
    const arrived = new Promise<PageMessage>((resolve) => page.window.addEventListener('message', resolve));
    bridge.connect('request-0003');
    const [port] = (await arrived).ports;
    const [other] = coreOf(shell.electron).heard.at(-1)?.ports ?? [];
    const heard: unknown[] = [];
    other?.on('message', (event: { data: unknown }) => heard.push(event.data));
    other?.start();
    port?.postMessage({ hello: 'core' });
    await until(() => heard.length > 0);
    expect(heard).toEqual([{ hello: 'core' }]);
    other?.close();
  });

  it('answers with plain words when the main process refuses', async () => {
    const { contents } = windowOf(shell.electron);
    const { url } = contents.mainFrame;
    contents.mainFrame.go('https://example.org/');
    await expect(bridge.openExternal('https://github.com/')).resolves.toBe(false);
    await expect(bridge.saveText({ fileName: 'a', mediaType: 'b', text: 'c' })).resolves.toEqual({
      saved: false,
      reason: 'refused',
    });
    contents.mainFrame.go(url);
    await expect(bridge.openExternal('https://github.com/')).resolves.toBe(true);
  });
});
