import type { Topic } from '#core/console/service.ts';

/**
 * A topic with numbers: every delta gets the next one, and the last so many are kept for readers that come back after
 * a break or fall behind. All readers share this one buffer, so memory does not grow with them.
 */
export class ReplayedTopic<S, D> {
  readonly #topic: Topic<S, D>;
  readonly #deltas: D[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #unsubscribe: () => void;
  #latest: number;

  /**
   * @param keep how many deltas are kept
   * @param first number of the state before the first delta. By the clock, so that numbers of a console that ran
   * before are always lower: a reader that resumes with one of those gets a snapshot, not a wrong continuation.
   */
  constructor(topic: Topic<S, D>, keep: number, first: number = Date.now() * 1_000) {
    this.#topic = topic;
    this.#latest = first;
    this.#unsubscribe = topic.onDelta((delta) => {
      this.#latest += 1;
      this.#deltas.push(delta);
      if (this.#deltas.length > keep) this.#deltas.shift();
      for (const listener of this.#listeners) listener();
    });
  }

  /** Number of the newest delta. */
  get latest(): number {
    return this.#latest;
  }

  /** Deltas held in memory now; at most what was given as `keep`. */
  get held(): number {
    return this.#deltas.length;
  }

  /** Whether every delta after `number` is still here, so that a reader can go on from there. */
  canResumeAfter(number: number): boolean {
    return number <= this.#latest && number >= this.#latest - this.#deltas.length;
  }

  /** @returns the delta with this number; undefined when it is not here any more, or not yet. */
  delta(number: number): D | undefined {
    return this.#deltas[number - (this.#latest - this.#deltas.length) - 1];
  }

  /**
   * What is known now, and the number from which deltas go on. A delta that comes while the snapshot is being made
   * may be in both; deltas are whole new states of one thing, so applying one twice changes nothing.
   */
  async snapshot(): Promise<{ number: number; value: S }> {
    const number = this.#latest;
    return { number, value: await this.#topic.snapshot() };
  }

  /** Calls back after each delta. @returns the unsubscribe function */
  onDelta(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stop following the topic. */
  close(): void {
    this.#unsubscribe();
    this.#listeners.clear();
  }
}
