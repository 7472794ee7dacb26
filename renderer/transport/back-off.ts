const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/** How long to wait before the next try: doubled after each, and spread a little, as readers of streams do it. */
export class BackOff {
  #wait = FIRST_MS;

  /** @returns milliseconds to wait before the try that comes now */
  next(): number {
    const wait = this.#wait;
    this.#wait = Math.min(wait * 2, LONGEST_MS);
    return wait * (0.75 + Math.random() * 0.5);
  }

  /** A try held: the next break begins with a short wait again. */
  held(): void {
    this.#wait = FIRST_MS;
  }
}
