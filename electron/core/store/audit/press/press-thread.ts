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
  | { ask: 'end' };

/** Back from it, one for each `end`. */
export type PressAnswer = { pressed: Pressed } | { failure: string };

/** So long is waited before the thread counts as gone; what it has to do takes less than a second. */
const PATIENCE_MS = 30_000;

/**
 * The press in a thread of its own: while a batch is read and held against the rules, the blocks before are packed, hashed and indexed.
 * `finish` waits, so that all of a batch is in one transaction; whoever has another batch to read meanwhile need not wait.
 */
export class PressThread implements Press {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #signal = new Int32Array(new SharedArrayBuffer(8));
  readonly #patienceMs: number;
  /** Batches that were ended, and answers that were taken. */
  #ended = 0;
  #taken = 0;
  /** Answers that came between turns. */
  readonly #answers: PressAnswer[] = [];

  /**
   * @param seed of the terms of this database
   * @param finished told between turns, when a batch is finished and nobody waits for it
   */
  constructor(seed: number, finished: () => void = () => undefined, patienceMs = PATIENCE_MS) {
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
    this.#port.on('message', (answer: PressAnswer) => {
      this.#answers.push(answer);
      finished();
    });
    this.#port.unref();
  }

  ready(): boolean {
    return Atomics.load(this.#signal, 1) === 1;
  }

  load(tree: StoredTree, blocks: readonly Omit<TextBlock, 'known'>[], fullText: boolean): void {
    // What became of a batch that was given up is of no use.
    while (this.#taken !== this.#ended) this.#answer();
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

  end(): void {
    this.#ask({ ask: 'end' });
    this.#ended = (this.#ended + 1) | 0;
  }

  finish(): Pressed {
    if (this.#taken === this.#ended) throw new Error('No batch of events was ended');
    const answer = this.#answer();
    if ('failure' in answer) throw new Error(answer.failure);
    return answer.pressed;
  }

  #answer(): PressAnswer {
    const before = this.#taken;
    this.#taken = (before + 1) | 0;
    const there = this.#answers.shift();
    if (there !== undefined) return there;
    if (Atomics.wait(this.#signal, 0, before, this.#patienceMs) === 'timed-out')
      throw new Error('The thread that packs events does not answer');
    const answer = receiveMessageOnPort(this.#port)?.message as PressAnswer | undefined;
    if (answer === undefined) throw new Error('The thread that packs events has ended');
    return answer;
  }

  close(): void {
    this.#port.close();
    void this.#worker.terminate();
  }

  #ask(request: PressRequest, transfer: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage(request, transfer);
  }
}
