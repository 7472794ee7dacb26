import { RotatingNow } from './log-reach.ts';

/** How long a rotation is given until files are compared again; after so many times it is said, and looked at less often. */
const ROTATING_MS = 40;
const ROTATING_TIMES = 50;

/** Lets a rotation that is going on end, for a while. */
export class RotationPause {
  #times = 0;

  /** Nothing was in the way. */
  over(): void {
    this.#times = 0;
  }

  /** @returns true after a short pause when a rotation was in the way that may be over by then; false for any other trouble */
  async after(trouble: unknown): Promise<boolean> {
    this.#times = trouble instanceof RotatingNow ? this.#times + 1 : 0;
    if (this.#times === 0 || this.#times >= ROTATING_TIMES) return false;
    await new Promise((resolve) => setTimeout(resolve, ROTATING_MS));
    return true;
  }
}
