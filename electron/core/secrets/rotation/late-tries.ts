import type { Clock } from '#core/console/clock.ts';

const FIRST_MS = 60_000;
const MOST_MS = 3_600_000;

/**
 * When a node that is back and cannot be proven is tried again: each try restarts its mycoSwarm, and whoever writes over its secret would have
 * it restart for ever. After a minute first, then after twice as long each time, an hour at most.
 */
export class LateTries {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #waits = new Map<string, { at: number; ms: number }>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  isDue(node: string): boolean {
    const waits = this.#waits.get(node);
    return waits === undefined || this.#clock.now().getTime() >= waits.at;
  }

  failed(node: string): void {
    const ms = Math.min(MOST_MS, 2 * (this.#waits.get(node)?.ms ?? FIRST_MS / 2));
    this.#waits.set(node, { at: this.#clock.now().getTime() + ms, ms });
  }

  worked(node: string): void {
    this.#waits.delete(node);
  }

  /** A person asks for them now. */
  forget(): void {
    this.#waits.clear();
  }
}
