import { AsyncIteratorClass } from '@orpc/server';
import type { StreamMessage } from '#shared/contract/stream.ts';
import type { ReplayedTopic } from './replayed-topic.ts';

/**
 * One reader of a topic. It holds two numbers and no messages: what was sent and what was acknowledged. At `window`
 * unacknowledged it waits; what the topic no longer has by then is said as `skipped` and made good by a snapshot.
 *
 * oRPC asks for the next message as fast as the transport takes it, and over a MessagePort that is without limit
 * (1.16.1 posts and never waits), hence the window. A cancelled call is told to us by `return` (HTTP) or only by the
 * signal (MessagePort: oRPC calls `return` after the next message, which may never come): the caller of
 * {@link StreamReader} must call {@link close} on abort.
 */
export class StreamReader<S, D> {
  readonly #topic: ReplayedTopic<S, D>;
  readonly #window: number;
  readonly #unsubscribe: () => void;
  readonly #onClose: () => void;
  readonly #pending: StreamMessage<S, D>[] = [];
  #sent: number | null;
  #acknowledged: number;
  #closed = false;
  #wake: () => void = () => undefined;

  /** @param resumeAfter last number that arrived at the reader; null for a new reader, which gets a snapshot */
  constructor(topic: ReplayedTopic<S, D>, window: number, resumeAfter: number | null, onClose: () => void) {
    this.#topic = topic;
    this.#window = window;
    this.#onClose = onClose;
    this.#sent = resumeAfter !== null && topic.canResumeAfter(resumeAfter) ? resumeAfter : null;
    this.#acknowledged = this.#sent ?? 0;
    this.#unsubscribe = topic.onDelta(() => this.#wake());
  }

  /** Messages sent and not acknowledged; never more than the window and the two messages of a skip. */
  get unacknowledged(): number {
    return this.#sent === null ? 0 : this.#sent - this.#acknowledged;
  }

  /** The reader has taken everything up to `number`. Numbers that were never sent count as what was sent. */
  acknowledge(number: number): void {
    if (this.#sent === null) return;
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(number, this.#sent));
    this.#wake();
  }

  /** Ends the stream; a `next` that waits gets its end. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unsubscribe();
    this.#wake();
    this.#onClose();
  }

  /** The messages. Taken once. */
  messages(): AsyncIteratorClass<StreamMessage<S, D>, void, void> {
    return new AsyncIteratorClass<StreamMessage<S, D>, void, void>(
      async (): Promise<IteratorResult<StreamMessage<S, D>, void>> => {
        const message = await this.#next();
        return message === null ? { done: true, value: undefined } : { done: false, value: message };
      },
      async () => this.close(),
    );
  }

  async #next(): Promise<StreamMessage<S, D> | null> {
    for (;;) {
      if (this.#closed) return null;
      const waiting = this.#pending.shift();
      if (waiting !== undefined) return waiting;
      if (this.#sent === null) {
        const { number, value } = await this.#topic.snapshot();
        this.#sent = number;
        this.#acknowledged = number;
        return { kind: 'snapshot', number, value };
      }
      const sent = this.#sent;
      if (sent >= this.#topic.latest || this.unacknowledged >= this.#window) {
        // No `await` between the look and the waiting, or a delta could slip through unnoticed.
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      if (this.#topic.canResumeAfter(sent)) {
        this.#sent = sent + 1;
        return { kind: 'delta', number: sent + 1, value: this.#topic.delta(sent + 1) as D };
      }
      const snapshot = await this.#topic.snapshot();
      this.#sent = snapshot.number;
      this.#pending.push({ kind: 'snapshot', ...snapshot });
      return { kind: 'skipped', number: snapshot.number, count: snapshot.number - sent };
    }
  }
}
