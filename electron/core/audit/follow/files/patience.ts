import { RotatingNow } from './log-reach.ts';

/** How often something must be found that a rotation going on may explain, until it is believed. */
const TIMES = 5;

/** Waits for the end of a rotation before something is concluded. */
export class Patience {
  readonly #words: string;
  #times = 0;

  constructor(words: string) {
    this.#words = words;
  }

  /** Throws `RotatingNow` until it was asked often enough. */
  wait(): void {
    this.#times += 1;
    if (this.#times < TIMES) throw new RotatingNow(this.#words);
    this.#times = 0;
  }

  /** It is not as it was. */
  end(): void {
    this.#times = 0;
  }
}
