import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { MessagePortMain } from './ports.ts';
import { options, record } from './state.ts';

export interface ForkOptions {
  env?: Record<string, string>;
  execArgv?: string[];
  serviceName?: string;
  stdio?: string;
}

/** A utility process: here a thread, because only threads of one process can pass ports to each other. */
class ThreadProcess extends EventEmitter {
  readonly pid = process.pid;
  readonly script: string;
  readonly #worker: Worker;

  constructor(script: string, forkOptions: ForkOptions) {
    super();
    this.script = script;
    this.#worker = new Worker(new URL('./utility-thread.ts', import.meta.url), {
      workerData: { script },
      env: forkOptions.env ?? {},
      execArgv: forkOptions.execArgv ?? [],
    });
    this.#worker.on('message', (message: unknown) => this.emit('message', message));
    this.#worker.on('error', (error) => this.emit('thread-error', error));
    this.#worker.on('exit', (code) => this.emit('exit', code));
  }

  postMessage(message: unknown, transfer: MessagePortMain[] = []): void {
    const ports = transfer.map((port) => port.node);
    this.#worker.postMessage({ message, ports }, ports);
  }

  /** Ends it as `kill -9` would: nothing in it gets to run any more. */
  kill(): boolean {
    void this.#worker.terminate();
    return true;
  }
}

/** A core that says what the test lets it say. */
class DoubleProcess extends EventEmitter {
  readonly pid = process.pid;
  readonly script: string;
  /** What the main process sent. */
  readonly heard: { message: { kind: string } & Record<string, unknown>; ports: MessagePortMain[] }[] = [];

  constructor(script: string) {
    super();
    this.script = script;
  }

  postMessage(message: unknown, transfer: MessagePortMain[] = []): void {
    const copy = structuredClone(message) as { kind: string };
    this.heard.push({ message: copy, ports: transfer });
    // A core that is told to stop does so.
    if (copy.kind === 'stop') setImmediate(() => this.emit('exit', 0));
  }

  kill(): boolean {
    setImmediate(() => this.emit('exit', 9));
    return true;
  }
}

export type CoreDouble = DoubleProcess;
export const processes: (ThreadProcess | DoubleProcess)[] = [];

export const utilityProcess = {
  fork(script: string, args: string[], forkOptions: ForkOptions) {
    record('utilityProcess.fork', script, args, forkOptions);
    const child =
      options.core === 'real' ? new ThreadProcess(script, forkOptions) : new DoubleProcess(script);
    processes.push(child);
    return child;
  },
};
