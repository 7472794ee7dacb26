import { app } from './app.ts';
import { FrameDouble, PageDouble } from './page.ts';
import type { MessagePortMain } from './ports.ts';
import { type Session, session as sessions } from './session.ts';
import { Emitter, options, record } from './state.ts';

type OpenHandler = (details: { url: string }) => { action: string };

export class WebContents extends Emitter {
  readonly session: Session;
  readonly mainFrame = new FrameDouble('about:blank', null);
  openHandler: OpenHandler | null = null;
  webRtcPolicy: string | null = null;
  page: PageDouble | null = null;
  /** What was sent to the page. */
  readonly sent: { channel: string; values: unknown[] }[] = [];

  constructor(session: Session) {
    super();
    this.session = session;
    app.emit('web-contents-created', {}, this);
  }

  getURL(): string {
    return this.mainFrame.url;
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }

  setWebRTCIPHandlingPolicy(policy: string): void {
    this.webRtcPolicy = policy;
  }

  send(channel: string, ...values: unknown[]): void {
    this.sent.push({ channel, values });
    this.page?.receive(channel, structuredClone(values), []);
  }

  /** Prints nothing: what was loaded stands in the document, so that a test can see that it was this page. */
  async printToPDF(settings: object): Promise<Buffer> {
    record('webContents.printToPDF', settings);
    const pages = BrowserWindow.all.filter(({ webContents }) => webContents === this);
    return Buffer.from(`${options.noPdf === true ? 'none' : '%PDF-1.7'}\n${pages[0]?.html ?? ''}`);
  }

  postMessage(channel: string, value: unknown, transfer: MessagePortMain[] = []): void {
    this.sent.push({ channel, values: [value] });
    this.page?.receive(
      channel,
      [structuredClone(value)],
      transfer.map((port) => port.node),
    );
  }
}

interface WindowOptions {
  show?: boolean;
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  title?: string;
  webPreferences?: { session?: Session; preload?: string; [name: string]: unknown };
  [name: string]: unknown;
}

export class BrowserWindow extends Emitter {
  static all: BrowserWindow[] = [];
  readonly options: WindowOptions;
  readonly webContents: WebContents;
  /** The answer with which the present page was loaded. */
  response: Response | null = null;
  html = '';
  /** Every load, so that a test can wait until all have ended. */
  readonly loads: Promise<void>[] = [];
  title: string;
  background: string | null = null;
  #bounds: { x: number; y: number; width: number; height: number };
  #visible: boolean;
  #maximised = false;
  #minimised = false;
  #destroyed = false;

  constructor(windowOptions: WindowOptions) {
    super();
    record('BrowserWindow', windowOptions);
    this.options = windowOptions;
    this.title = windowOptions.title ?? '';
    this.#visible = windowOptions.show ?? true;
    const { x = 100, y = 100, width = 800, height = 600 } = windowOptions;
    this.#bounds = { x, y, width, height };
    this.webContents = new WebContents(windowOptions.webPreferences?.session ?? sessions.defaultSession);
    BrowserWindow.all.push(this);
    app.once('quitting', () => this.close());
  }

  loadURL(url: string): Promise<void> {
    record('BrowserWindow.loadURL', url);
    const loading = this.#load(url);
    this.loads.push(loading);
    return loading;
  }

  async #load(url: string): Promise<void> {
    const contents = this.webContents;
    this.response = await contents.session.load(url);
    this.html = await this.response.clone().text();
    contents.mainFrame.go(url);
    const preload = this.options.webPreferences?.preload;
    if (preload !== undefined) contents.page = new PageDouble(contents, preload);
    this.emit('ready-to-show');
  }

  show(): void {
    this.#visible = true;
  }

  hide(): void {
    this.#visible = false;
  }

  focus(): void {
    record('BrowserWindow.focus');
  }

  isVisible(): boolean {
    return this.#visible;
  }

  minimize(): void {
    this.#minimised = true;
  }

  restore(): void {
    this.#minimised = false;
  }

  isMinimized(): boolean {
    return this.#minimised;
  }

  maximize(): void {
    this.#maximised = true;
    this.emit('maximize');
  }

  isMaximized(): boolean {
    return this.#maximised;
  }

  isFullScreen(): boolean {
    return false;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  getNormalBounds() {
    return { ...this.#bounds };
  }

  setBounds(bounds: Partial<{ x: number; y: number; width: number; height: number }>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    this.emit('resize');
    this.emit('move');
  }

  setTitle(title: string): void {
    this.title = title;
  }

  setBackgroundColor(colour: string): void {
    this.background = colour;
  }

  /** Ends it without asking anybody. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.emit('closed');
    if (BrowserWindow.all.every((window) => window.isDestroyed())) app.emit('window-all-closed');
  }

  close(): void {
    if (this.#destroyed || this.fire('close', {})) return;
    this.#destroyed = true;
    this.emit('closed');
    if (BrowserWindow.all.every((window) => window.isDestroyed())) app.emit('window-all-closed');
  }
}

export const screen = {
  getAllDisplays: () => options.displays.map((workArea) => ({ workArea, bounds: workArea })),
};
