import { join } from 'node:path';
import { app, BrowserWindow, type Session, type WebContents } from 'electron';
import { APP_ORIGIN, type BridgePage } from '#shared/contract/bridge.ts';
import { CHANNELS } from '#shared/contract/bridge-channels.ts';
import { canvasColour, followTheme } from './appearance.ts';
import { plainText } from './plain-text.ts';
import { keepWindowState, readWindowState, SMALLEST } from './window-state.ts';

const NAME = 'Swarmkeep';
/** A page that crashes more often than this, in this time, is not loaded again by itself. */
const CRASHES = { most: 3, withinMs: 60_000 } as const;

export interface MainWindowOptions {
  session: Session;
  /** Absolute path of the built preload script. */
  preload: string;
  /** Absolute path of the window's icon (PNG). */
  icon: string;
  /** Whether closing only hides the window, because the tray keeps watch. */
  staysInTray: () => boolean;
}

/** The one window of the console. */
export class MainWindow {
  readonly #options: MainWindowOptions;
  #window: BrowserWindow | null = null;
  #sentence = '';
  #crashes: number[] = [];

  constructor(options: MainWindowOptions) {
    this.#options = options;
  }

  get window(): BrowserWindow | null {
    return this.#window;
  }

  /** Tells our page's contents from any other; nothing is ours while there is no window. */
  readonly isOurs = (contents: WebContents | null): boolean =>
    contents !== null &&
    this.#window !== null &&
    !this.#window.isDestroyed() &&
    contents === this.#window.webContents;

  /** Bring the window to the front, making it if there is none. */
  show(page?: BridgePage): void {
    const window = this.#window ?? this.#make();
    if (window.isMinimized()) window.restore();
    if (!window.isVisible() && window !== this.#loading) window.show();
    window.focus();
    if (page !== undefined) this.send(CHANNELS.openPage, page);
  }

  /** Say something to the page, if there is one. */
  send(channel: string, value: string): void {
    if (this.#window !== null && !this.#window.isDestroyed()) this.#window.webContents.send(channel, value);
  }

  /** The sentence of the day stands in the title; the page itself cannot set one. */
  setSentence(sentence: string): void {
    this.#sentence = plainText(sentence, 160);
    this.#window?.setTitle(this.#title());
  }

  #loading: BrowserWindow | null = null;

  #title(): string {
    return this.#sentence === '' ? NAME : `${this.#sentence} · ${NAME}`;
  }

  #make(): BrowserWindow {
    const file = join(app.getPath('userData'), 'window.json');
    const { bounds, maximised } = readWindowState(file);
    const window = new BrowserWindow({
      ...bounds,
      minWidth: SMALLEST.width,
      minHeight: SMALLEST.height,
      show: false,
      title: this.#title(),
      icon: this.#options.icon,
      backgroundColor: canvasColour(),
      webPreferences: {
        session: this.#options.session,
        preload: this.#options.preload,
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        safeDialogs: true,
        spellcheck: false,
        devTools: !app.isPackaged,
      },
    });
    this.#window = window;
    this.#loading = window;
    keepWindowState(window, file);
    followTheme(window);
    if (maximised) window.maximize();
    window.once('ready-to-show', () => {
      this.#loading = null;
      window.show();
    });
    window.on('page-title-updated', (event) => event.preventDefault());
    window.on('close', (event) => {
      if (!this.#options.staysInTray()) return;
      event.preventDefault();
      window.hide();
    });
    window.on('closed', () => {
      this.#window = null;
    });
    window.webContents.on('render-process-gone', (_event, details) => {
      if (details.reason !== 'clean-exit') this.#reload(window);
    });
    this.#load(window);
    return window;
  }

  #reload(window: BrowserWindow): void {
    const now = Date.now();
    this.#crashes = [...this.#crashes.filter((at) => now - at < CRASHES.withinMs), now];
    if (this.#crashes.length <= CRASHES.most && !window.isDestroyed()) this.#load(window);
  }
  #load(window: BrowserWindow): void {
    // One that was overtaken by the next is no failure, and a page that cannot be read shows in the window itself.
    window.loadURL(`${APP_ORIGIN}/`).catch((error: unknown) => {
      process.stderr.write(
        `The page was not loaded: ${error instanceof Error ? error.message : 'unknown'}\n`,
      );
    });
  }
}
