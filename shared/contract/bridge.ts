/**
 * What the desktop shell gives to the page, and nothing more. The preload script puts a {@link DesktopBridge} at
 * `window.swarmkeep`; a page that finds none runs in the web shell. Only named functions and plain data cross:
 * no IPC object, no event object (Electron security checklist, item 20).
 *
 * No zod here: the preload script is bundled whole into the sandbox and has to stay small.
 */

/** Property of `window` that carries the bridge. */
export const BRIDGE_NAME = 'swarmkeep';

/** Scheme, host and origin of the desktop page. The scheme is registered as standard, so the origin is exact. */
export const APP_SCHEME = 'app';
export const APP_HOST = 'swarmkeep';
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

/** `type` of the message that hands a port to the page through `window.postMessage`. */
export const PORT_MESSAGE = 'swarmkeep:port';

/** A request name that the page chooses for {@link DesktopBridge.connect}: 8 to 64 characters. */
export const CONNECT_REQUEST = /^[A-Za-z0-9_-]{8,64}$/;

/** The data of the `message` event that answers {@link DesktopBridge.connect}; the port is `event.ports[0]`. */
export interface PortMessage {
  type: typeof PORT_MESSAGE;
  request: string;
}

/** How the core process is: `restarting` after it died and will come back, `failed` when the limit was reached. */
export const CORE_STATES = ['running', 'restarting', 'failed'] as const;
export type CoreState = (typeof CORE_STATES)[number];

/** Pages that menu, tray and notifications can open. */
export const BRIDGE_PAGES = ['home', 'setup', 'checks', 'nodes', 'settings', 'palette', 'keys'] as const;
export type BridgePage = (typeof BRIDGE_PAGES)[number];

/** A file that the page wants to keep: at most 16 MiB of UTF-16 units, the name without any folder. */
export interface TextFile {
  fileName: string;
  mediaType: string;
  text: string;
  /** The bytes of the file are what `text` is the base64 of. */
  base64?: boolean;
}

/** How saving ended. */
export type SaveOutcome = { saved: true } | { saved: false; reason: 'cancelled' | 'refused' | 'failed' };

/** All that `window.swarmkeep` offers. Every `on…` returns its unsubscribe function. */
export interface DesktopBridge {
  /** Raised when this interface changes in a way that an older page would misread. */
  readonly version: 1;
  /**
   * Ask for a new MessagePort to the core, on which oRPC is spoken. It arrives as a `message` event on `window` whose
   * `source` is `window`, whose `origin` is {@link APP_ORIGIN} and whose data is a {@link PortMessage} with the same
   * request. Ask again after the port closed or the core said `running` anew; the port before is closed by then.
   */
  connect(request: string): void;
  /** The state of the core now and whenever it changes. */
  onCoreState(listener: (state: CoreState) => void): () => void;
  /** A page that menu, tray or a notification wants to be shown. */
  onOpenPage(listener: (page: BridgePage) => void): () => void;
  /**
   * Open an address in the operator's browser.
   * @returns false when the address is not on the list of the shell (https only).
   */
  openExternal(address: string): Promise<boolean>;
  /** Save a text through the system's dialog; downloads of the page itself are refused. */
  saveText(file: TextFile): Promise<SaveOutcome>;
}
