import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coreReady, type Started, start, until, windowOf } from './boot.ts';
import type { Session } from './stand-in/session.ts';
import { Emitter } from './stand-in/state.ts';

// Numbers are those of Electron's security checklist (electronjs.org, tutorial/security).

let shell: Started;
beforeAll(async () => {
  shell = await start({ isPackaged: true });
  await coreReady(shell.electron);
});
afterAll(() => shell.end());

const session = (): Session => windowOf(shell.electron).contents.session;

describe('the page has no power of its own', () => {
  it('1, 2, 3, 4: local content, no Node.js, isolated, sandboxed', () => {
    const { electron } = shell;
    expect(electron.callsOf('BrowserWindow.loadURL').map((call) => call.args[0])).toEqual([
      'app://swarmkeep/',
    ]);
    const order = electron.calls.map((call) => call.api);
    expect(order.indexOf('app.enableSandbox')).toBeGreaterThanOrEqual(0);
    expect(order.indexOf('app.enableSandbox')).toBeLessThan(order.indexOf('app.whenReady'));
    expect(windowOf(electron).window.options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
    });
  });

  it('6, 8, 9, 10, 11: web security is on, no insecure content, no experiments, no webview tag, no inspector', () => {
    expect(windowOf(shell.electron).window.options.webPreferences).toMatchObject({
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      devTools: false,
    });
    const preferences = windowOf(shell.electron).window.options.webPreferences ?? {};
    expect(preferences).not.toHaveProperty('enableBlinkFeatures');
    expect(preferences.preload).toBe(`${shell.folder}/dist/preload/preload.cjs`);
  });
});

describe('5: permissions', () => {
  const ours = { isMainFrame: true, requestingUrl: 'app://swarmkeep/' };
  const request = (contents: unknown, permission: string, details: object) => {
    const answers: boolean[] = [];
    session().permissionRequest?.(contents, permission, (granted) => answers.push(granted), details);
    expect(answers).toHaveLength(1);
    return answers[0];
  };

  it('grants writing sanitised text to the clipboard, to our page only', () => {
    const { contents } = windowOf(shell.electron);
    expect(request(contents, 'clipboard-sanitized-write', ours)).toBe(true);
    expect(session().permissionCheck?.(contents, 'clipboard-sanitized-write', 'app://swarmkeep/', ours)).toBe(
      true,
    );
    const others: [unknown, object, string][] = [
      [contents, { ...ours, isMainFrame: false }, 'app://swarmkeep/'],
      [contents, { ...ours, requestingUrl: 'https://swarmkeep/' }, 'https://swarmkeep/'],
      [contents, { ...ours, requestingUrl: 'app://swarmkeep.example/' }, 'app://swarmkeep.example/'],
      [contents, { ...ours, requestingUrl: '' }, ''],
      [new Emitter(), ours, 'app://swarmkeep/'],
      [null, ours, 'app://swarmkeep/'],
    ];
    for (const [sender, details, origin] of others) {
      expect(request(sender, 'clipboard-sanitized-write', details)).toBe(false);
      expect(session().permissionCheck?.(sender, 'clipboard-sanitized-write', origin, details)).toBe(false);
    }
  });

  it.each([
    'clipboard-read',
    'display-capture',
    'fileSystem',
    'fullscreen',
    'geolocation',
    'hid',
    'media',
    'midi',
    'notifications',
    'openExternal',
    'pointerLock',
    'serial',
    'usb',
    'unknown',
    'something-of-tomorrow',
  ])('refuses %s', (permission) => {
    const { contents } = windowOf(shell.electron);
    expect(request(contents, permission, ours)).toBe(false);
    expect(session().permissionCheck?.(contents, permission, 'app://swarmkeep/', ours)).toBe(false);
  });

  it('refuses devices and screens', () => {
    expect(session().devicePermission?.({ deviceType: 'usb', origin: 'app://swarmkeep' })).toBe(false);
    const answers: object[] = [];
    session().displayMedia?.({}, (streams) => answers.push(streams));
    expect(answers).toEqual([{}]);
  });
});

describe('12, 13, 14: the page stays where it is', () => {
  const elsewhere = [
    'https://example.org/',
    'http://127.0.0.1:7890/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,hello',
    'app://swarmkeep/other',
    'app://evil/',
    'about:blank',
    '',
  ];

  it.each(elsewhere)('navigates nowhere: %j', (url) => {
    const { contents } = windowOf(shell.electron);
    expect(contents.fire('will-navigate', { url, isMainFrame: true })).toBe(true);
    expect(contents.fire('will-frame-navigate', { url, isMainFrame: true })).toBe(true);
    expect(contents.fire('will-frame-navigate', { url, isMainFrame: false })).toBe(true);
    expect(contents.fire('will-redirect', { url, isMainFrame: true })).toBe(true);
  });

  it('may load itself again, in its main frame, and not by a redirect', () => {
    const { contents } = windowOf(shell.electron);
    const url = contents.getURL();
    expect(contents.fire('will-navigate', { url, isMainFrame: true })).toBe(false);
    expect(contents.fire('will-frame-navigate', { url, isMainFrame: true })).toBe(false);
    expect(contents.fire('will-frame-navigate', { url, isMainFrame: false })).toBe(true);
    expect(contents.fire('will-redirect', { url, isMainFrame: true })).toBe(true);
  });

  it('attaches no webview and takes its preload away', () => {
    const { contents } = windowOf(shell.electron);
    const preferences = { preload: '/tmp/evil.js' };
    const parameters = { src: 'https://example.org/' };
    expect(contents.fire('will-attach-webview', {}, preferences, parameters)).toBe(true);
    expect(preferences).not.toHaveProperty('preload');
    expect(parameters.src).toBe('about:blank');
  });

  it('opens no window, whatever the address', () => {
    const { contents } = windowOf(shell.electron);
    for (const url of [...elsewhere, 'https://github.com/'])
      expect(contents.openHandler?.({ url })).toEqual({ action: 'deny' });
  });

  it('guards contents that it did not make', () => {
    const stranger = Object.assign(new Emitter(), {
      getURL: () => 'https://example.org/',
      openHandler: null as ((details: { url: string }) => unknown) | null,
      setWindowOpenHandler(handler: (details: { url: string }) => unknown) {
        this.openHandler = handler;
      },
      setWebRTCIPHandlingPolicy: () => undefined,
    });
    shell.electron.app.emit('web-contents-created', {}, stranger);
    expect(stranger.fire('will-navigate', { url: 'https://example.com/', isMainFrame: true })).toBe(true);
    expect(stranger.fire('will-attach-webview', {}, {}, {})).toBe(true);
    expect(stranger.openHandler?.({ url: 'app://swarmkeep/' })).toEqual({ action: 'deny' });
  });
});

describe('15: addresses for the operator’s browser', () => {
  const ask = async (address: unknown) => {
    const { contents } = windowOf(shell.electron);
    const before = shell.electron.callsOf('shell.openExternal').length;
    const answer = await shell.electron
      .answerInvoke(contents, contents.mainFrame, 'swarmkeep:open-external', [address])
      .catch(() => 'refused');
    const opened = shell.electron.callsOf('shell.openExternal').slice(before);
    return { answer, opened: opened.map((call) => call.args[0]) };
  };

  it('opens https of a host on the list, as the parser writes it', async () => {
    const address = 'https://man7.org/linux/man-pages/man7/../man7/unix.7.html';
    expect(await ask(address)).toEqual({
      answer: true,
      opened: ['https://man7.org/linux/man-pages/man7/unix.7.html'],
    });
  });

  it.each([
    'http://github.com/',
    'https://github.com.evil.example/',
    'https://evil.example/?https://github.com/',
    'https://user@github.com/',
    'https://github.com:8443/',
    'https://github.com\\@evil.example/',
    'file:///etc/passwd',
    'smb://github.com/share',
    'javascript:alert(1)',
    'ms-msdt:/id PCWDiagnostic',
    ' github.com',
    '',
    42,
    null,
    { href: 'https://github.com/' },
  ])('refuses %j', async (address) => {
    const { answer, opened } = await ask(address);
    expect(opened.filter((url) => new URL(String(url)).hostname !== 'github.com')).toEqual([]);
    expect(opened).toEqual([]);
    expect([false, 'refused']).toContain(answer);
  });

  it('refuses an address that is too long', async () => {
    const long = `https://github.com/${'a'.repeat(2_100)}`;
    expect((await ask(long)).opened).toEqual([]);
    const before = shell.electron.callsOf('shell.openExternal').length;
    windowOf(shell.electron).contents.openHandler?.({ url: long });
    expect(shell.electron.callsOf('shell.openExternal')).toHaveLength(before);
  });

  it('gives an allowed link of the page to the browser and still opens no window', async () => {
    const before = shell.electron.callsOf('shell.openExternal').length;
    const handler = windowOf(shell.electron).contents.openHandler;
    expect(handler?.({ url: 'https://osv.dev/vulnerability/X' })).toEqual({ action: 'deny' });
    expect(handler?.({ url: 'https://example.org/' })).toEqual({ action: 'deny' });
    await until(() => shell.electron.callsOf('shell.openExternal').length > before);
    const opened = shell.electron.callsOf('shell.openExternal').slice(before);
    expect(opened.map((call) => call.args[0])).toEqual(['https://osv.dev/vulnerability/X']);
  });
});

describe('the page reaches no network', () => {
  it.each([
    ['app://swarmkeep/', true],
    ['app://swarmkeep/assets/index.js', true],
    ['data:image/png;base64,AAAA', true],
    ['app://swarmkeep@evil/', false],
    ['app://swarmkeep.evil/', false],
    ['app://evil/', false],
    ['data:text/html,x', false],
    ['https://example.org/', false],
    ['http://127.0.0.1:11434/api/tags', false],
    ['ws://127.0.0.1:9229/', false],
    ['wss://example.org/', false],
    ['file:///etc/passwd', false],
    ['blob:app://swarmkeep/1', false],
    ['ftp://example.org/', false],
    ['chrome-extension://abc/x.js', false],
    ['devtools://devtools/bundled/inspector.html', false],
  ])('%s: %s', (url, let_through) => {
    expect(session().lets(url)).toBe(let_through);
    if (!url.startsWith('app:')) expect(shell.electron.session.defaultSession.lets(url)).toBe(let_through);
  });

  it('holds for every session that is ever made', () => {
    const other = shell.electron.session.fromPartition('persist:other');
    expect(other.lets('https://example.org/')).toBe(false);
    expect(other.permissionCheck?.(null, 'clipboard-sanitized-write', 'app://swarmkeep', {})).toBe(false);
    expect(other.fire('will-download', {})).toBe(true);
  });

  it('refuses downloads, certificates, client certificates and passwords', () => {
    const { app } = shell.electron;
    expect(session().fire('will-download', {})).toBe(true);
    const answers: unknown[][] = [];
    const answer = (...values: unknown[]) => answers.push(values);
    expect(app.fire('certificate-error', {}, null, 'https://x/', 'net::ERR', {}, answer)).toBe(true);
    expect(app.fire('select-client-certificate', {}, null, 'https://x/', [], answer)).toBe(true);
    expect(app.fire('login', {}, null, {}, {}, answer)).toBe(true);
    session().certificateVerify?.({ hostname: 'x', errorCode: 0 }, answer);
    expect(answers).toEqual([[false], [], [], [-2]]);
  });

  it('leaves Chromium no way out and nothing to fetch', () => {
    const { electron } = shell;
    for (const each of [session(), electron.session.defaultSession]) {
      expect(each.proxy).toEqual({
        mode: 'fixed_servers',
        proxyRules: 'http://127.0.0.1:9',
        proxyBypassRules: '<-loopback>',
      });
      expect(each.spellChecker).toBe(false);
    }
    expect(windowOf(electron).window.options.webPreferences?.spellcheck).toBe(false);
    expect(windowOf(electron).contents.webRtcPolicy).toBe('disable_non_proxied_udp');
    const switches = electron.callsOf('app.commandLine.appendSwitch').map((call) => call.args.join('='));
    expect(switches).toContain('host-resolver-rules=MAP * ~NOTFOUND');
    expect(switches.join()).toMatch(/disable-background-networking.*disable-component-update/);
    // Nothing that a node said stays on the disk: the partition has no `persist:`.
    expect(session().partition).toBe('swarmkeep');
  });
});

describe('a guard that was taken away on the command line', () => {
  it.each(['no-sandbox', 'disable-web-security', 'remote-debugging-port', 'js-flags', 'utility-cmd-prefix'])(
    '--%s: a packaged build does not start, and says why',
    async (name) => {
      const refused = await start({ isPackaged: true, switches: [name] });
      expect(refused.electron.app.exitCode).toBe(64);
      expect(refused.electron.BrowserWindow.all).toEqual([]);
      expect(refused.electron.processes).toEqual([]);
      expect(String(refused.electron.callsOf('dialog.showErrorBox')[0]?.args[1])).toContain(`--${name}`);
      await refused.end();
    },
  );
});

describe('an unpackaged build', () => {
  it('differs in nothing but the inspector', async () => {
    const open = await start({ isPackaged: false });
    try {
      const { window, contents } = windowOf(open.electron);
      expect(window.options.webPreferences).toMatchObject({
        devTools: true,
        sandbox: true,
        contextIsolation: true,
      });
      expect(contents.session.lets('devtools://devtools/bundled/inspector.html')).toBe(true);
      expect(contents.session.lets('devtools://remote/x')).toBe(false);
      expect(contents.session.lets('https://example.org/')).toBe(false);
    } finally {
      await open.end();
    }
  });
});
