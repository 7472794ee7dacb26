import { isAscii } from 'node:buffer';
import type { UnpackedBlock } from './blocks.ts';

const LINE_FEED = 0x0a;

/** Texts of a block that are looked at one by one; after that all of it is looked through at once. */
const ONE_BY_ONE = 4;

/** A block while it is searched: a text is only made of the bytes of those that are asked for. */
export class LoadedBlock {
  readonly #bytes: Buffer;
  /** Where each text begins; behind the last one, where the next would. */
  readonly #starts: number[] = [];
  #asked = 0;
  #needles: readonly string[] = [];
  #found: Uint8Array | null = null;

  constructor({ bytes, count }: UnpackedBlock) {
    this.#bytes = bytes ?? Buffer.alloc(0);
    for (let start = 1; start <= this.#bytes.length && this.#starts.length < count; ) {
      this.#starts.push(start);
      const next = this.#bytes.indexOf(LINE_FEED, start);
      start = (next < 0 ? this.#bytes.length : next) + 1;
      if (next < 0 || this.#starts.length === count) this.#starts.push(start);
      if (next < 0) break;
    }
  }

  /** Texts that it has. */
  get count(): number {
    return Math.max(0, this.#starts.length - 1);
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** @param place from 0 @returns undefined when there is none */
  text(place: number): string | undefined {
    const end = this.#starts[place + 1];
    return end === undefined ? undefined : this.#bytes.toString('utf8', this.#starts[place], end - 1);
  }

  /**
   * Whether a text has all of some pieces in it, in lower case.
   * @param needles ASCII; the same list again and again
   */
  has(place: number, needles: readonly string[]): boolean {
    if (this.#needles !== needles) {
      this.#needles = needles;
      this.#asked = 0;
      this.#found = null;
    }
    this.#asked += 1;
    if (this.#found === null && this.#asked > ONE_BY_ONE) this.#found = this.#look(needles);
    if (this.#found !== null) return this.#found[place] === 1;
    const lower = this.text(place)?.toLowerCase();
    return lower !== undefined && needles.every((needle) => lower.includes(needle));
  }

  /** All texts at once. What is not ASCII may get another length in lower case, so these are gone through one by one. */
  #look(needles: readonly string[]): Uint8Array {
    const found = new Uint8Array(this.count).fill(1);
    if (!isAscii(this.#bytes)) {
      for (let place = 0; place < found.length; place += 1) {
        const lower = this.text(place)?.toLowerCase() ?? '';
        if (!needles.every((needle) => lower.includes(needle))) found[place] = 0;
      }
      return found;
    }
    const lower = this.#bytes.toString('latin1').toLowerCase();
    for (const needle of needles) {
      // No needle has a line feed in it, so what is found lies in one text.
      let at = lower.indexOf(needle);
      for (let place = 0; place < found.length; place += 1) {
        const start = this.#starts[place] as number;
        if (at >= 0 && at < start) at = lower.indexOf(needle, start);
        if (at < 0 || at >= (this.#starts[place + 1] as number)) found[place] = 0;
      }
    }
    return found;
  }
}
