import type { Topic } from '#core/console/service.ts';

/** A topic that tests can push to. */
export class TopicDouble<S, D> implements Topic<S, D> {
  readonly #snapshot: () => S;
  readonly #listeners = new Set<(delta: D) => void>();

  constructor(snapshot: () => S) {
    this.#snapshot = snapshot;
  }

  snapshot(): S {
    return this.#snapshot();
  }

  onDelta(listener: (delta: D) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  push(delta: D): void {
    for (const listener of this.#listeners) listener(delta);
  }
}
