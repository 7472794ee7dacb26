/** A name or value as the index knows it: 48 bits of a hash that nobody outside can foresee. */
export interface TermKey {
  /** 32 bits; the upper 8 are the bucket. */
  high: number;
  /** 16 bits. */
  low: number;
}

/** What a field is hashed to, and where the hashes of its values begin. */
export interface FieldKeys {
  has: TermKey;
  seedHigh: number;
  seedLow: number;
}

/** Names that are remembered; more than that come from somebody who makes them up. */
const MOST_NAMES = 8_192;

/**
 * Hashes fields and values in any case of their letters, the same for ever in one database.
 * The hash is FNV-1a beside a second multiplicative one, both begun at a random seed: collisions cost a look at an event and
 * cannot be made on purpose.
 */
export class TermHash {
  readonly #seed: number;
  readonly #names = new Map<string, FieldKeys>();
  #high = 0;
  #low = 0;

  /** @param seed 32 random bits of this database */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** @param name in lower case */
  field(name: string): FieldKeys {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    this.#run(name, this.#seed ^ 0x811c9dc5, this.#seed);
    const [seedHigh, seedLow] = [this.#high, this.#low];
    this.#finish();
    const keys = { has: { high: this.#high, low: this.#low }, seedHigh: seedHigh ^ 0x5bd1e995, seedLow };
    if (this.#names.size >= MOST_NAMES) this.#names.clear();
    this.#names.set(name, keys);
    return keys;
  }

  /** Key of all events in which a field has this whole value; read from {@link lastHigh} and {@link lastLow}. */
  value({ seedHigh, seedLow }: FieldKeys, value: string): void {
    this.#run(value, seedHigh, seedLow);
    this.#finish();
  }

  /** The upper part of the key that was asked for last; spares an object for each value of each event. */
  get lastHigh(): number {
    return this.#high;
  }

  get lastLow(): number {
    return this.#low;
  }

  #run(given: string, high: number, low: number): void {
    let text = given;
    let lowered = false;
    for (let index = 0; index < text.length; index += 1) {
      let code = text.charCodeAt(index);
      if (code > 127 && !lowered) {
        // Some letters become another number of letters in lower case: only the whole text says which. What is before this
        // one is ASCII, and has its length in either case.
        text = text.toLowerCase();
        lowered = true;
        code = text.charCodeAt(index);
      } else if (code >= 65 && code <= 90) code += 32;
      high = Math.imul(high ^ code, 0x01000193);
      low = Math.imul(((low << 5) | (low >>> 27)) ^ code, 0x9e3779b1);
    }
    this.#high = high;
    this.#low = low;
  }

  #finish(): void {
    let high = this.#high;
    high = Math.imul(high ^ (high >>> 16) ^ this.#low, 0x85ebca6b);
    high = Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
    this.#high = (high ^ (high >>> 16)) >>> 0;
    const low = Math.imul(this.#low ^ (this.#low >>> 15), 0x2c1b3c6d);
    this.#low = (low ^ (low >>> 16)) & 0xffff;
  }
}
