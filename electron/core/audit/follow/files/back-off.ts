/** Steps in vain that are free, and how many more there are with each second: rotations take some. */
const FREE_STEPS = 300;
const STEPS_A_SECOND = 2;
/** How often bytes may be missing that should be there: a file grows between two looks. */
const FREE_HOLLOWS = 3;
const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Asks ever less often where something is claimed and never comes: a node that lies must not be asked without pause. What is read
 * makes it begin anew.
 */
export class BackOff {
  #left = FREE_STEPS;
  #countedAt = performance.now();
  #hollows = 0;
  #pauseMs = 0;
  #due = false;
  #why = '';

  /** Something was read. */
  read(): void {
    this.#left = FREE_STEPS;
    this.#hollows = 0;
    this.#pauseMs = 0;
    this.#due = false;
  }

  /** A step gave nothing, and there is said to be more. */
  inVain(): void {
    const now = performance.now();
    const seconds = Math.max(0, now - this.#countedAt) / 1_000;
    this.#left = Math.min(FREE_STEPS, this.#left + seconds * STEPS_A_SECOND);
    this.#countedAt = now;
    if (this.#left < 1) this.#later('Its files change all the time, and nothing in them can be read.');
    else this.#left -= 1;
  }

  /** The end was read. @param missing bytes that the file is said to have beyond it */
  atEnd(missing: number): void {
    this.#hollows = missing > 0 ? this.#hollows + 1 : 0;
    if (missing === 0 || this.#hollows <= FREE_HOLLOWS) return;
    this.#later(`It is said to have ${missing} more bytes, and none of them can be read.`);
  }

  /** @returns how long to wait now, in milliseconds, and the words for it; null when there is nothing to wait for */
  take(): { pauseMs: number; words: string } | null {
    if (!this.#due) return null;
    this.#due = false;
    // The pause itself gives no steps.
    this.#countedAt = performance.now() + this.#pauseMs;
    const seconds = Math.ceil(this.#pauseMs / 1_000);
    const when = seconds === 1 ? 'in a second' : `in ${seconds} seconds`;
    return { pauseMs: this.#pauseMs, words: `${this.#why} Looked at again ${when}.` };
  }

  #later(why: string): void {
    this.#why = why;
    this.#pauseMs = Math.min(Math.max(this.#pauseMs * 2, FIRST_MS), LONGEST_MS);
    this.#due = true;
  }
}
