import { digestOf, matches, newSecret } from './secrets.ts';

/** Milliseconds for which a code opens the console. */
export const CODE_LASTS_MS = 2 * 60_000;
/** Codes that are open at one time; a link that nobody used makes room for the next. */
const MOST_CODES = 8;

/** Codes that open the console once. Only digests are kept. */
export class OneTimeCodes {
  readonly #now: () => number;
  #open: { digest: Buffer; until: number }[] = [];

  /** @param now milliseconds since the epoch */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @returns a fresh code of 256 bits, good once and for two minutes */
  issue(): string {
    const code = newSecret();
    this.#open.push({ digest: digestOf(code), until: this.#now() + CODE_LASTS_MS });
    if (this.#open.length > MOST_CODES) this.#open.shift();
    return code;
  }

  /** @returns whether the code was open; it is not any more. Every open code is compared, found or not. */
  redeem(code: string): boolean {
    const now = this.#now();
    let found = false;
    this.#open = this.#open.filter((entry) => {
      const same = matches(code, entry.digest);
      const valid = now < entry.until;
      if (same && valid) found = true;
      return valid && !same;
    });
    return found;
  }
}
