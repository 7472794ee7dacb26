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

  /** @param odd it may be a rotation going on: throws `RotatingNow` until that was found often enough in a row */
  waitWhile(odd: boolean): void {
    this.#times = odd ? this.#times + 1 : 0;
    if (odd && this.#times < TIMES) throw new RotatingNow(this.#words);
    this.#times = 0;
  }
}
