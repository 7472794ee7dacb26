import type { ClientContext, ClientLink } from '@orpc/client';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { APP_ORIGIN, type DesktopBridge, PORT_MESSAGE } from '#shared/contract/bridge.ts';
import { BackOff } from './back-off.ts';
import { type Client, Connection, type Transport } from './transport.ts';

type Link = ClientLink<ClientContext>;

/**
 * Ask the preload script for a port to the core and wait until it arrives.
 * @returns the port, started
 */
function requestPort(bridge: DesktopBridge, page: Window): Promise<MessagePort> {
  const request = crypto.randomUUID();
  return new Promise((resolve) => {
    const receive = (event: MessageEvent) => {
      // Any frame may post here: only our own window, origin and request count.
      if (event.source !== page || event.origin !== APP_ORIGIN) return;
      const data: unknown = event.data;
      if (typeof data !== 'object' || data === null) return;
      if (!('type' in data) || data.type !== PORT_MESSAGE) return;
      if (!('request' in data) || data.request !== request) return;
      const port = event.ports[0];
      if (port === undefined) return;
      page.removeEventListener('message', receive);
      port.start();
      resolve(port);
    };
    page.addEventListener('message', receive);
    bridge.connect(request);
  });
}

/**
 * The way to the core of this moment: a new port each time the core comes back. A port that breaks while the core runs is
 * asked for again after a pause that grows until one has carried an answer.
 */
class PortHolder {
  readonly #bridge: DesktopBridge;
  readonly #page: Window;
  readonly #connection: Connection;
  readonly #backOff = new BackOff();
  #running = false;
  /** Counts the tries: a port that was asked for earlier than the newest one is not used. */
  #tries = 0;
  /** The port in use; null while there is none. */
  #port: MessagePort | null = null;
  #link = Promise.withResolvers<Link>();

  constructor(bridge: DesktopBridge, page: Window, connection: Connection) {
    this.#bridge = bridge;
    this.#page = page;
    this.#connection = connection;
    bridge.onCoreState((state) => {
      this.#running = state === 'running';
      if (this.#running) {
        this.#backOff.held();
        void this.#connect();
      } else this.#leave();
    });
  }

  /** The link to use now; waits while there is none. */
  link(): Promise<Link> {
    return this.#link.promise;
  }

  async #connect(): Promise<void> {
    this.#tries += 1;
    const mine = this.#tries;
    const port = await requestPort(this.#bridge, this.#page);
    // The core may have gone while its port was on the way: the next one comes with the next core.
    if (!this.#running || mine !== this.#tries) return port.close();
    if (this.#port !== null) this.#link = Promise.withResolvers<Link>();
    this.#port = port;
    port.addEventListener('close', () => {
      if (this.#port !== port) return;
      this.#leave();
      setTimeout(() => {
        if (this.#running && mine === this.#tries) void this.#connect();
      }, this.#backOff.next());
    });
    port.addEventListener('message', () => this.#backOff.held(), { once: true });
    // Calls that waited for the port and calls that come from now on use the same one.
    this.#link.resolve(new RPCLink<ClientContext>({ port }));
    this.#connection.opened();
  }

  /** A call over a port that is gone would never be answered: from now on calls wait for the next one. */
  #leave(): void {
    if (this.#port !== null) this.#link = Promise.withResolvers<Link>();
    this.#port = null;
    this.#connection.lost();
  }
}

/**
 * The transport over MessagePort to the core process of the desktop shell.
 * @param bridge what the preload script put at `window.swarmkeep`
 * @param page the window that the preload script posts ports to
 * @returns the transport; calls wait until the first port is there
 */
export function electronTransport(bridge: DesktopBridge, page: Window = window): Transport {
  const connection = new Connection();
  const holder = new PortHolder(bridge, page, connection);
  const link: Link = {
    call: async (path, input, options) => (await holder.link()).call(path, input, options),
  };
  return {
    shell: 'desktop',
    client: createORPCClient<Client>(link),
    connection,
    saveText: (file) => bridge.saveText(file),
    onOpenPage: (listener) => bridge.onOpenPage(listener),
  };
}
