import { ConsoleError } from '#core/console/service.ts';
import { type StreamInput, type StreamMessage, WINDOW } from '#shared/contract/stream.ts';
import type { Caller } from './caller.ts';
import type { ReplayedTopic } from './replayed-topic.ts';
import { StreamReader } from './stream-reader.ts';

export interface StreamLimits {
  /** Unacknowledged messages per stream. */
  window: number;
  /**
   * Streams that one client may have open. Four: a browser opens six connections to one host, and two must stay free
   * for calls, however many tabs share the session.
   */
  perClient: number;
  /** Streams in all. */
  total: number;
}

export const STREAM_LIMITS: StreamLimits = { window: WINDOW, perClient: 4, total: 64 };

/** All open streams of all clients. */
export class StreamHub {
  readonly #limits: StreamLimits;
  readonly #clients = new Map<string, Map<string, StreamReader<unknown, unknown>>>();
  #open = 0;

  constructor(limits: Partial<StreamLimits> = {}) {
    this.#limits = { ...STREAM_LIMITS, ...limits };
  }

  /** Streams that are open now. */
  get size(): number {
    return this.#open;
  }

  /**
   * Opens a stream. The same client opening the same stream again replaces it: after a break the reader is back before
   * the console noticed that it was gone.
   * @param own `window`: unacknowledged messages, where others than usual; `onEnd`: called once when the stream has ended
   * @param signal ends the stream when the call is cancelled or its connection is gone
   * @throws ConsoleError NOT_ALLOWED when too many are open
   */
  open<S, D>(
    topic: ReplayedTopic<S, D>,
    caller: Caller,
    input: StreamInput,
    signal: AbortSignal | undefined,
    own: { window?: number; onEnd?: () => void } = {},
  ): AsyncIteratorObject<StreamMessage<S, D>, void, void> {
    this.#clients.get(caller.client)?.get(input.stream)?.close();
    const mine = this.#clients.get(caller.client) ?? new Map<string, StreamReader<unknown, unknown>>();
    if (mine.size >= this.#limits.perClient || this.#open >= this.#limits.total) {
      throw new ConsoleError('NOT_ALLOWED', 'Too many live views are open.', {
        untouched: 'What is shown stays as it is.',
        next: 'Close another window or tab of Swarmkeep.',
      });
    }
    const abort = () => reader.close();
    const reader: StreamReader<S, D> = new StreamReader(
      topic,
      Math.min(own.window ?? WINDOW, this.#limits.window),
      input.resumeAfter ?? null,
      () => {
        signal?.removeEventListener('abort', abort);
        this.#open -= 1;
        mine.delete(input.stream);
        own.onEnd?.();
        if (mine.size === 0 && this.#clients.get(caller.client) === mine) this.#clients.delete(caller.client);
      },
    );
    this.#open += 1;
    mine.set(input.stream, reader as unknown as StreamReader<unknown, unknown>);
    this.#clients.set(caller.client, mine);
    if (signal?.aborted) reader.close();
    else signal?.addEventListener('abort', abort, { once: true });
    return reader.messages();
  }

  /** @returns false when this client has no such stream (another client's stream is not its own). */
  acknowledge(caller: Caller, stream: string, number: number): boolean {
    const reader = this.#clients.get(caller.client)?.get(stream);
    reader?.acknowledge(number);
    return reader !== undefined;
  }

  /** Ends all streams of a client: its port closed, its session ended. */
  closeClient(client: string): void {
    for (const reader of [...(this.#clients.get(client)?.values() ?? [])]) reader.close();
  }

  /** Ends all streams. */
  close(): void {
    for (const client of [...this.#clients.keys()]) this.closeClient(client);
  }
}
