import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import {
  APP_ORIGIN,
  BRIDGE_NAME,
  BRIDGE_PAGES,
  type BridgePage,
  CONNECT_REQUEST,
  CORE_STATES,
  type CoreState,
  type DesktopBridge,
  PORT_MESSAGE,
  type PortMessage,
  type SaveOutcome,
} from '#shared/contract/bridge.ts';
import { CHANNELS } from '#shared/contract/bridge-channels.ts';

/** A set of listeners; a listener that throws does not keep the others from hearing. */
class Listeners<T> {
  readonly #all = new Set<(value: T) => void>();

  add(listener: (value: T) => void): () => void {
    if (typeof listener !== 'function') throw new TypeError('A listener is a function.');
    // Wrapped, so that the same function may be added twice and each unsubscribe removes its own.
    const entry = (value: T) => listener(value);
    this.#all.add(entry);
    return () => void this.#all.delete(entry);
  }

  tell(value: T): void {
    for (const listener of [...this.#all]) {
      try {
        listener(value);
      } catch (error) {
        reportError(error);
      }
    }
  }
}

const isCoreState = (value: unknown): value is CoreState => CORE_STATES.some((known) => known === value);
const isPage = (value: unknown): value is BridgePage => BRIDGE_PAGES.some((known) => known === value);

const coreStates = new Listeners<CoreState>();
const pages = new Listeners<BridgePage>();
let coreState: CoreState | null = null;

function coreIs(state: unknown): void {
  if (!isCoreState(state)) return;
  coreState = state;
  coreStates.tell(state);
}

ipcRenderer.on(CHANNELS.coreStateChanged, (_event: IpcRendererEvent, state: unknown) => coreIs(state));
ipcRenderer.on(CHANNELS.openPage, (_event: IpcRendererEvent, page: unknown) => {
  if (isPage(page)) pages.tell(page);
});

// A port cannot cross the context bridge; window.postMessage hands it to the page's own world. The exact origin keeps
// it from a document that should not be there.
ipcRenderer.on(CHANNELS.port, (event: IpcRendererEvent, request: unknown) => {
  const [port] = event.ports;
  if (port === undefined || typeof request !== 'string') return;
  const message: PortMessage = { type: PORT_MESSAGE, request };
  window.postMessage(message, APP_ORIGIN, [port]);
});

const bridge: DesktopBridge = {
  version: 1,
  connect(request) {
    if (typeof request !== 'string' || !CONNECT_REQUEST.test(request)) return;
    ipcRenderer.send(CHANNELS.connect, request);
  },
  onCoreState(listener) {
    const remove = coreStates.add(listener);
    // What is known is told at once; what is not known yet is asked for, and then told to everybody.
    if (coreState !== null) listener(coreState);
    else
      ipcRenderer.invoke(CHANNELS.coreState).then(
        (state) => {
          if (coreState === null) coreIs(state);
        },
        () => undefined,
      );
    return remove;
  },
  onOpenPage: (listener) => pages.add(listener),
  openExternal: (address) =>
    ipcRenderer.invoke(CHANNELS.openExternal, String(address)).then(
      (opened) => opened === true,
      () => false,
    ),
  saveText: ({ fileName, mediaType, text, base64 = false }) =>
    ipcRenderer.invoke(CHANNELS.saveText, { fileName, mediaType, text, base64 }).then(
      (outcome: SaveOutcome) => outcome,
      (): SaveOutcome => ({ saved: false, reason: 'refused' }),
    ),
};

contextBridge.exposeInMainWorld(BRIDGE_NAME, bridge);
