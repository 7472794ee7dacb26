import type { Clock } from '#core/console/clock.ts';
import type { Connections } from './connections.ts';

/** A person reads a plan for so long; connections to nodes are kept open meanwhile. In milliseconds. */
const KEPT_MS = 25_000;

/**
 * Keeps the connections of the newest plan for the rotation that may follow: fifty logins cost more than everything that a rotation does on
 * the nodes. Shared connections end by themselves 30 s after they were used last (`ControlPersist`), so they are not kept longer.
 */
export class SpareConnections {
  readonly #clock: Clock;
  #kept: { plan: string; connections: Connections; off: () => void } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps them for this plan; those of an earlier one are closed. */
  async keep(plan: string, connections: Connections): Promise<void> {
    const before = this.#kept;
    const off = this.#clock.after(KEPT_MS, () => void this.close());
    this.#kept = { plan, connections, off };
    before?.off();
    await before?.connections.close();
  }

  /** @returns what was kept for this plan, which belongs to the caller from here on; null when there is nothing */
  take(plan: string): Connections | null {
    if (this.#kept?.plan !== plan) return null;
    const { connections, off } = this.#kept;
    off();
    this.#kept = null;
    return connections;
  }

  async close(): Promise<void> {
    const kept = this.#kept;
    this.#kept = null;
    kept?.off();
    await kept?.connections.close();
  }
}
