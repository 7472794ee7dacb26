import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron';
import type { CoreState } from '#shared/contract/bridge.ts';
import { type FromCore, fromCore, type ToCore } from './control.ts';

/** A core that dies is started again after these waits, in milliseconds; after the last one it stays down. */
const RESTART_AFTER_MS = [250, 1_000, 4_000] as const;
/** A core that ran this long without dying has its restarts back. */
const STEADY_AFTER_MS = 60_000;
/** A core that was told to stop and does not is killed after this time. */
const STOP_WITHIN_MS = 5_000;

export interface CoreStart {
  /** Absolute path of the built core. */
  script: string;
  version: string;
  dataFolder: string | null;
  sample: boolean;
}

/** What the rest of the main process hears of the core. */
export interface CoreListener {
  state(state: CoreState): void;
  message(message: Exclude<FromCore, { kind: 'ready' }>): void;
}

/** The core in a process of its own: started, watched, started again with a limit, stopped. */
export class CoreProcess {
  readonly #start: CoreStart;
  readonly #listener: CoreListener;
  #child: UtilityProcess | null = null;
  #state: CoreState = 'restarting';
  #deaths = 0;
  #readyAt = 0;
  #stopping = false;
  #hopeless = false;

  constructor(start: CoreStart, listener: CoreListener) {
    this.#start = start;
    this.#listener = listener;
  }

  get state(): CoreState {
    return this.#state;
  }

  /** The way back from `failed`, when a person asks for it: all restarts are there again. */
  startAgain(): void {
    this.#deaths = 0;
    this.#hopeless = false;
    this.#become('restarting');
    this.start();
  }

  start(): void {
    if (this.#child !== null || this.#stopping) return;
    const child = utilityProcess.fork(this.#start.script, [], {
      serviceName: 'Swarmkeep core',
      env: environmentForCore(),
      stdio: 'inherit',
      execArgv: [],
    });
    this.#child = child;
    child.on('message', (message: unknown) => this.#heard(child, message));
    child.on('exit', () => this.#exited(child));
    const { version, dataFolder, sample } = this.#start;
    this.send({ kind: 'start', version, dataFolder, sample });
  }

  /** Say something to the core; nobody listens while it is down, and nothing is kept for later. */
  send(message: ToCore): void {
    this.#child?.postMessage(message);
  }

  /**
   * Give the core one end of a new channel; it closes the one that it had before: one page, one channel.
   * @returns the other end, for the page; null while the core is not running
   */
  newPagePort(): MessagePortMain | null {
    if (this.#child === null || this.#state !== 'running') return null;
    const { port1, port2 } = new MessageChannelMain();
    this.#child.postMessage({ kind: 'page' } satisfies ToCore, [port1]);
    return port2;
  }

  /** Ask the core to close its store, and make sure that it ends. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child === null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.send({ kind: 'stop' });
    const timer = setTimeout(() => child.kill(), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  }

  #heard(child: UtilityProcess, message: unknown): void {
    if (child !== this.#child) return;
    const parsed = fromCore.safeParse(message);
    if (!parsed.success) return;
    if (parsed.data.kind === 'ready') {
      this.#readyAt = Date.now();
      this.#become('running');
      return;
    }
    if (parsed.data.kind === 'cannot') this.#hopeless = true;
    this.#listener.message(parsed.data);
  }

  #exited(child: UtilityProcess): void {
    if (child !== this.#child) return;
    this.#child = null;
    if (this.#stopping) return;
    if (this.#readyAt > 0 && Date.now() - this.#readyAt >= STEADY_AFTER_MS) this.#deaths = 0;
    this.#readyAt = 0;
    const wait = this.#hopeless ? undefined : RESTART_AFTER_MS[this.#deaths];
    this.#deaths += 1;
    if (wait === undefined) {
      this.#become('failed');
      return;
    }
    this.#become('restarting');
    setTimeout(() => this.start(), wait);
  }

  #become(state: CoreState): void {
    this.#state = state;
    this.#listener.state(state);
  }
}

/** The environment for SSH and the tools of the system, without what would make Node.js run something else. */
function environmentForCore(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(NODE_|ELECTRON_|LD_PRELOAD$|DYLD_INSERT_)/.test(entry[0]),
  );
  return Object.fromEntries(entries);
}
