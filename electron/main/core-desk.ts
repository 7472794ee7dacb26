import type { ErrorLog } from '#core/api/caller.ts';
import { type LocalSocket, serveLocalSocket } from '#core/api/local-socket.ts';
import { type PortLike, serveMessagePort } from '#core/api/message-port.ts';
import { type Api, createApi } from '#core/api/router.ts';
import type { QuestionDesk } from '#core/console/question-desk.ts';
import type { ConsoleService } from '#core/console/service.ts';
import type { FromCore } from './control.ts';
import type { CoreConsent } from './core-consent.ts';

/** Changes come in bursts during a look; tray and title are told once after each. */
const STATUS_AFTER_MS = 250;

/** A port as Electron hands it to a utility process. */
export interface StartablePort extends PortLike {
  start(): void;
}

export interface DeskOptions {
  service: ConsoleService;
  consent: CoreConsent;
  /** Asks through it, or in the terminal of the command that ordered something. */
  questions: QuestionDesk;
  /** The prepared data folder, for the local socket. */
  dataFolder: string;
  tell(message: FromCore): void;
  log: ErrorLog;
}

/** The console behind the desktop: the page's port, the socket for commands, and what tray and title show. */
export class CoreDesk {
  readonly #options: DeskOptions;
  readonly #api: Api;
  #socket: LocalSocket | null = null;
  #page: StartablePort | null = null;
  #pages = 0;
  #timer: NodeJS.Timeout | null = null;
  #forgetChanges: () => void = () => undefined;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#api = createApi({ service: options.service, consent: options.questions, log: options.log });
  }

  /** Begin to serve. Resolves when commands can reach the console and the first status was told. */
  async open(): Promise<void> {
    const { service, dataFolder, tell, log } = this.#options;
    this.#forgetChanges = service.topics.changes.onDelta((delta) => {
      if (delta.what === 'notice' && delta.sentence !== null)
        tell({ kind: 'notice', sentence: delta.sentence });
      else this.#tellStatusSoon();
    });
    if (process.platform !== 'win32') {
      this.#socket = await serveLocalSocket({
        api: this.#api,
        dataFolder,
        log,
        questions: this.#options.questions,
        admin: {
          freshLink: async () => null,
          showWindow: async () => {
            tell({ kind: 'show' });
            return true;
          },
        },
      });
    }
    await this.#tellStatus();
  }

  /** Serve the page on a new port. The one before is closed, so that an older page cannot go on. */
  servePage(port: StartablePort): void {
    this.#page?.close();
    this.#page = port;
    this.#pages += 1;
    const client = `window-${this.#pages}`;
    serveMessagePort(this.#api, port, { kind: 'renderer', client }, this.#options.log);
    port.start();
  }

  /** Look at all nodes now; asked for by menu or tray, where no answer is shown. */
  async lookNow(): Promise<void> {
    try {
      await this.#options.service.looks.start({});
    } catch (error) {
      this.#options.log.error('A look could not be started', error);
    }
  }

  async close(): Promise<void> {
    this.#forgetChanges();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#page?.close();
    this.#options.consent.refuseAll();
    this.#api.close();
    await this.#socket?.close();
    await this.#options.service.close();
  }

  #tellStatusSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#tellStatus();
    }, STATUS_AFTER_MS);
  }

  async #tellStatus(): Promise<void> {
    const { service, tell, log } = this.#options;
    try {
      const [overview, settings] = await Promise.all([
        service.findings.overview({ node: null }),
        service.settings.get(undefined),
      ]);
      const { sentence, counts } = overview;
      tell({ kind: 'status', status: { sentence, counts, theme: settings.theme } });
    } catch (error) {
      log.error('The status could not be told', error);
    }
  }
}
