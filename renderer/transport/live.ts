import type { StreamInput, StreamMessage } from '#shared/contract/stream.ts';

/** What a followed stream tells its reader. */
export interface LiveReader<S, D> {
  snapshot(value: S): void;
  delta(value: D): void;
  /** `count` deltas were left out because this reader was too slow; a snapshot follows. */
  skipped?(count: number): void;
}

/** How a stream is reached: the procedure, and where numbers are acknowledged. */
export interface LiveSource<S, D> {
  open(input: StreamInput, signal: AbortSignal): Promise<AsyncIterable<StreamMessage<S, D>>>;
  acknowledge(input: { stream: string; number: number }): Promise<unknown>;
}

/** Acknowledge at the latest after this many messages; the producer holds back after 1,000. */
const ACKNOWLEDGE_EVERY = 100;
const ACKNOWLEDGE_AFTER_MS = 500;
const RETRY_MS = [250, 500, 1_000, 2_000, 5_000] as const;

/**
 * Follow a stream until the signal aborts: acknowledges what arrived, and after a break resumes behind the last number.
 * @param source where the stream comes from
 * @param reader is told of every message in order
 * @param signal ends the following
 * @param wait resolves after so many milliseconds; replaced in tests
 */
export async function follow<S, D>(
  source: LiveSource<S, D>,
  reader: LiveReader<S, D>,
  signal: AbortSignal,
  wait: (milliseconds: number, signal: AbortSignal) => Promise<void> = pause,
): Promise<void> {
  const stream = crypto.randomUUID();
  let last: number | null = null;
  let failures = 0;
  while (!signal.aborted) {
    const acknowledger = new Acknowledger(source, stream);
    try {
      const input: StreamInput = last === null ? { stream } : { stream, resumeAfter: last };
      for await (const message of await source.open(input, signal)) {
        failures = 0;
        last = message.number;
        if (message.kind === 'snapshot') reader.snapshot(message.value);
        else if (message.kind === 'delta') reader.delta(message.value);
        else reader.skipped?.(message.count);
        acknowledger.took(message.number);
      }
    } catch {
      // Whatever broke it, the answer is the same: come back, and ask for what was missed.
    } finally {
      acknowledger.stop();
    }
    if (signal.aborted) return;
    const delay = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 5_000;
    failures += 1;
    await wait(delay, signal);
  }
}

/** Gathers numbers so that a burst is acknowledged once, not a thousand times. */
class Acknowledger {
  readonly #source: Pick<LiveSource<unknown, unknown>, 'acknowledge'>;
  readonly #stream: string;
  #number = 0;
  #open = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: Pick<LiveSource<unknown, unknown>, 'acknowledge'>, stream: string) {
    this.#source = source;
    this.#stream = stream;
  }

  took(number: number): void {
    this.#number = number;
    this.#open += 1;
    if (this.#open >= ACKNOWLEDGE_EVERY) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), ACKNOWLEDGE_AFTER_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #send(): void {
    this.stop();
    this.#open = 0;
    // A lost acknowledgement is made good by the next one, or by the break that caused it.
    this.#source.acknowledge({ stream: this.#stream, number: this.#number }).catch(() => undefined);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
