import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Press, Pressed, StoredTree, TextBlock } from './press.ts';
import { pressWorkerLocation } from './press-worker-location.ts';

/** What the thread is started with. */
export interface PressThreadData {
  seed: number;
  port: MessagePort;
  /** Count of answers, to wait for; and 1 as soon as it is started. */
  signal: Int32Array<SharedArrayBuffer>;
}

/** From the one that writes to the thread. */
export type PressRequest =
  | { ask: 'load'; tree: StoredTree; blocks: readonly Omit<TextBlock, 'known'>[]; fullText: boolean }
  | { ask: 'full-text'; fullText: boolean }
  | { ask: 'take'; block: TextBlock }
  | { ask: 'finish' };

/** Back from it, one for each `finish`. */
export type PressAnswer = { pressed: Pressed } | { failure: string };

/** So long is waited before the thread counts as gone; what it has to do takes less than a second. */
const PATIENCE_MS = 30_000;

/**
 * The press in a thread of its own: while a batch is read and held against the rules, the blocks before are packed, hashed and indexed.
 * `finish` waits, so that all of a batch is in one transaction as before.
 */
export class PressThread implements Press {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #signal = new Int32Array(new SharedArrayBuffer(8));
  readonly #patienceMs: number;
  #asked = 0;

  /** @param seed of the terms of this database */
  constructor(seed: number, patienceMs = PATIENCE_MS) {
    this.#patienceMs = patienceMs;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const data: PressThreadData = { seed, port: port2, signal: this.#signal };
    this.#worker = new Worker(pressWorkerLocation(), {
      workerData: data,
      transferList: [port2],
      name: 'swarmkeep-audit-press',
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 },
    });
    // A thread that ended is noticed by the one that waits for it.
    this.#worker.on('error', () => undefined);
    this.#worker.unref();
    this.#port.unref();
  }

  ready(): boolean {
    return Atomics.load(this.#signal, 1) === 1;
  }

  load(tree: StoredTree, blocks: readonly Omit<TextBlock, 'known'>[], fullText: boolean): void {
    this.#ask({ ask: 'load', tree, blocks, fullText });
  }

  setFullText(fullText: boolean): void {
    this.#ask({ ask: 'full-text', fullText });
  }

  take(block: TextBlock): void {
    const { buffer, byteLength } = block.bytes;
    // Short texts lie in a pool with others: these are copied.
    this.#ask({ ask: 'take', block }, buffer.byteLength === byteLength ? [buffer as ArrayBuffer] : []);
  }

  finish(): Pressed {
    this.#ask({ ask: 'finish' });
    const before = this.#asked;
    this.#asked = (before + 1) | 0;
    if (Atomics.wait(this.#signal, 0, before, this.#patienceMs) === 'timed-out')
      throw new Error('The thread that packs events does not answer');
    const answer = receiveMessageOnPort(this.#port)?.message as PressAnswer | undefined;
    if (answer === undefined) throw new Error('The thread that packs events has ended');
    if ('failure' in answer) throw new Error(answer.failure);
    return answer.pressed;
  }

  close(): void {
    this.#port.close();
    void this.#worker.terminate();
  }

  #ask(request: PressRequest, transfer: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage(request, transfer);
  }
}
