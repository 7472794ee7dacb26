import { readFileSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { answerInvoke, hearMessage } from './ipc.ts';
import type { WebContents } from './window.ts';

/** A frame as the main process sees it. */
export class FrameDouble {
  url: string;
  readonly parent: FrameDouble | null;
  detached = false;

  constructor(url: string, parent: FrameDouble | null) {
    this.url = url;
    this.parent = parent;
  }

  /** As Chromium makes it for a standard scheme. */
  get origin(): string {
    const match = /^([a-z]+:\/\/[^/?#]+)/.exec(this.url);
    return match?.[1] ?? 'null';
  }

  go(url: string): void {
    this.url = url;
  }
}

export interface PageMessage {
  source: unknown;
  origin: string;
  data: unknown;
  ports: MessagePort[];
}

/** `window` of the page's own world, as far as the bridge reaches into it. */
class WindowDouble {
  readonly #listeners = new Set<(event: PageMessage) => void>();
  readonly #origin: () => string;

  constructor(origin: () => string) {
    this.#origin = origin;
  }

  addEventListener(name: string, listener: (event: PageMessage) => void): void {
    if (name === 'message') this.#listeners.add(listener);
  }

  removeEventListener(_name: string, listener: (event: PageMessage) => void): void {
    this.#listeners.delete(listener);
  }

  postMessage(data: unknown, targetOrigin: string, ports: MessagePort[] = []): void {
    if (targetOrigin !== '*' && targetOrigin !== this.#origin()) return;
    const event = { source: this, origin: this.#origin(), data: structuredClone(data), ports };
    for (const listener of [...this.#listeners]) listener(event);
  }
}

/** The renderer process: runs the built preload script as a sandboxed one and keeps what it gives to the page. */
export class PageDouble {
  readonly window: WindowDouble;
  /** What `contextBridge` put into the page's world, by name. */
  readonly world = new Map<string, unknown>();
  readonly #listeners = new Map<string, ((event: object, ...values: unknown[]) => void)[]>();

  constructor(contents: WebContents, preload: string) {
    const frame = contents.mainFrame;
    this.window = new WindowDouble(() => frame.origin);
    const electron = {
      contextBridge: {
        exposeInMainWorld: (name: string, value: unknown) => {
          if (this.world.has(name)) throw new Error(`${name} is there already`);
          this.world.set(name, requireCrossable(value, name));
        },
      },
      ipcRenderer: {
        on: (channel: string, listener: (event: object, ...values: unknown[]) => void) => {
          this.#listeners.set(channel, [...(this.#listeners.get(channel) ?? []), listener]);
        },
        send: (channel: string, ...values: unknown[]) => hearMessage(contents, frame, channel, values),
        invoke: (channel: string, ...values: unknown[]) => answerInvoke(contents, frame, channel, values),
      },
    };
    // A sandboxed preload script has a polyfilled `require` for these and no other module.
    const require = (name: string) => {
      if (name === 'electron') return electron;
      throw new Error(`module not found: ${name}`);
    };
    const run = new Function(
      'require',
      'module',
      'exports',
      'window',
      'process',
      readFileSync(preload, 'utf8'),
    );
    const module = { exports: {} };
    run(require, module, module.exports, this.window, { platform: process.platform, sandboxed: true });
  }

  /** A message of the main process arrives. */
  receive(channel: string, values: unknown[], ports: MessagePort[]): void {
    const event = { senderId: 0, ports };
    for (const listener of this.#listeners.get(channel) ?? []) listener(event, ...values);
  }
}

/** The context bridge copies plain data and wraps functions; anything else would not arrive as what it was. */
function requireCrossable(value: unknown, where: string): unknown {
  if (typeof value === 'function' || value === null || typeof value !== 'object') return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && !Array.isArray(value))
    throw new Error(`${where} cannot cross the bridge`);
  for (const [name, inner] of Object.entries(value)) requireCrossable(inner, `${where}.${name}`);
  return value;
}
