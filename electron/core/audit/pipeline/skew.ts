/** Batches that are remembered, and how many of them say enough. */
const REMEMBERED = 9;
const ENOUGH = 3;
/** Lines come a moment after they were written: below this nothing is wrong with a clock. */
const LEAST_MS = 2_000;

/**
 * How far the clock behind a log is from this computer's, told from lines that come at once: the middle of the newest
 * batches, so that one line that was held up says nothing.
 */
export class Skew {
  readonly #newest: number[] = [];

  /** @param ms time of receipt less the time that the line says, of a batch that was waited for */
  heard(ms: number): void {
    this.#newest.push(ms);
    if (this.#newest.length > REMEMBERED) this.#newest.shift();
  }

  /** Milliseconds that the log's times are behind this computer's clock, negative when ahead; null when none can be said. */
  get value(): number | null {
    if (this.#newest.length < ENOUGH) return null;
    const middle = this.#newest.toSorted((a, b) => a - b)[this.#newest.length >> 1] ?? 0;
    return Math.abs(middle) < LEAST_MS ? 0 : Math.trunc(middle);
  }
}
