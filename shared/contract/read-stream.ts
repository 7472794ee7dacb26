import type { StreamInput, StreamMessage } from './stream.ts';

/** Acknowledge after this many deltas: often enough to never fill the window, seldom enough to cost nothing. */
const ACKNOWLEDGE_EVERY = 100;
/**
 * For streams whose deltas are large (the live audit: up to 500 events each): far fewer unacknowledged ones, and
 * acknowledged sooner.
 */
export const LARGE_DELTAS = { window: 64, acknowledgeEvery: 8 } as const;
/** Milliseconds before the first try to reconnect; doubled after each failure up to the longest. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;
/** Trying again would give the same answer. */
const FINAL_CODES = new Set([
  'BAD_REQUEST',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'METHOD_NOT_SUPPORTED',
]);

export interface ReadStreamOptions<S, D> {
  /** The stream procedure, e.g. `(input, options) => client.changes.watch(input, options)`. */
  open(
    input: StreamInput,
    options: { signal: AbortSignal },
  ): PromiseLike<AsyncIterator<StreamMessage<S, D>, unknown, unknown>>;
  /** `streams.acknowledge` of the same client. */
  acknowledge(input: { stream: string; number: number }): PromiseLike<unknown>;
  /** Ends the reading at once. (Leaving a `for await` alone waits for the message under way.) */
  signal: AbortSignal;
  /** Told about each break: why, and how long it waits before it tries again. */
  onBreak?(error: unknown, waitMs: number): void;
  /** Its id, chosen once by a reader that changes what it asks for: the new stream takes the place of the one before. */
  stream?: string;
  /** Deltas after which is acknowledged; fewer for streams of large deltas. */
  acknowledgeEvery?: number;
  /** For tests: the first wait. */
  firstWaitMs?: number;
}

/**
 * Reads a stream for as long as the signal allows: acknowledges what the caller has taken, reconnects after a break
 * where it left off, and never hands out a number twice. The caller replaces all it knows at `snapshot`, applies each
 * `delta`, and tells the user about `skipped`.
 * @throws what `open` throws when trying again cannot help: not signed in, no such procedure, input refused
 */
export async function* readStream<S, D>(
  options: ReadStreamOptions<S, D>,
): AsyncGenerator<StreamMessage<S, D>, void, void> {
  const { signal } = options;
  const stream = options.stream ?? crypto.randomUUID();
  const firstWait = options.firstWaitMs ?? FIRST_WAIT_MS;
  const every = options.acknowledgeEvery ?? ACKNOWLEDGE_EVERY;
  let last: number | undefined;
  let wait = firstWait;
  while (!signal.aborted) {
    let iterator: AsyncIterator<StreamMessage<S, D>, unknown, unknown> | undefined;
    let reason: unknown = null;
    try {
      const input: StreamInput = last === undefined ? { stream } : { stream, resumeAfter: last };
      iterator = await options.open(input, { signal });
      let acknowledged = last ?? 0;
      for (;;) {
        const result = await iterator.next();
        if (result.done || signal.aborted) break;
        const message = result.value;
        if (message.kind === 'delta' && last !== undefined) {
          if (message.number <= last) continue;
          // A hole means that something was lost on the way: ask again from where we are.
          if (message.number !== last + 1) throw new Error('a number is missing in the stream');
        }
        wait = firstWait;
        last = message.number;
        yield message;
        if (message.kind !== 'delta' || last - acknowledged >= every) {
          acknowledged = last;
          await options.acknowledge({ stream, number: last });
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      if (FINAL_CODES.has(codeOf(error))) throw error;
      reason = error;
    } finally {
      // Not awaited: an iterator whose connection is gone may never answer.
      void iterator?.return?.()?.then(undefined, () => undefined);
    }
    if (signal.aborted) return;
    options.onBreak?.(reason, wait);
    await pause(wait * (0.75 + Math.random() * 0.5), signal);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}
