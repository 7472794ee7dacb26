/** How much of the newest second counts in what is shown. */
const WEIGHT = 0.3;

/** Something counted, as so many a second: smoothed over a few seconds, so that it can be read. */
export class Rate {
  #count = 0;
  #rate = 0;
  #lastAt: number;

  /** @param now milliseconds of any clock that only goes forward */
  constructor(now: number) {
    this.#lastAt = now;
  }

  add(count: number): void {
    this.#count += count;
  }

  /** To be called about once a second. */
  tick(now: number): void {
    const seconds = (now - this.#lastAt) / 1_000;
    if (seconds <= 0) return;
    this.#lastAt = now;
    this.#rate += WEIGHT * (this.#count / seconds - this.#rate);
    if (this.#count === 0 && this.#rate < 0.05) this.#rate = 0;
    this.#count = 0;
  }

  /** A second. */
  get value(): number {
    return Math.round(this.#rate * 10) / 10;
  }
}
