import { allBits, SEGMENT_BLOCKS, type SegmentBits, WORDS_OF_BLOCK } from './layout.ts';

/** Slots that three characters in a row are hashed to; each has one bit for every block of a segment. */
const SLOTS = 16_384;
/** Rows in which the slots of a segment are stored, so that a search reads only those that it needs. */
export const GRAM_PARTS = 16;
const SLOTS_OF_PART = SLOTS / GRAM_PARTS;

/** More characters in a row than are looked for: the first ones are rare enough. */
const MOST_SLOTS = 8;

const slotOf = (a: number, b: number, c: number): number =>
  Math.imul(Math.imul(Math.imul(a, 0x9e3779b1) ^ b, 0x85ebca6b) ^ c, 0xc2b2ae35) >>> 18;

/**
 * Whether each letter becomes the same in lower case wherever it stands. All do but the Greek capital sigma, for which there is one at the
 * end of a word (Unicode, SpecialCasing.txt): a piece of such a text may not be lowered as the text is.
 */
export const ownLetters = (text: string): boolean => !text.includes('\u03a3');

/** Which blocks of a segment have which three characters in a row, in any case; while the segment grows. */
export class GramCollector {
  readonly #slots = new Uint32Array(SLOTS);

  /** @param block of the segment, from 0 */
  add(given: string, block: number): void {
    const text = given.toLowerCase();
    const slots = this.#slots;
    const bit = 1 << block;
    let [a, b] = [text.charCodeAt(0), text.charCodeAt(1)];
    for (let index = 2; index < text.length; index += 1) {
      const c = text.charCodeAt(index);
      const slot = slotOf(a, b, c);
      slots[slot] = (slots[slot] as number) | bit;
      a = b;
      b = c;
    }
  }

  clear(): void {
    this.#slots.fill(0);
  }

  /** @returns the rows to be stored under their numbers */
  parts(): Buffer[] {
    const bytes = Buffer.from(this.#slots.buffer);
    return Array.from({ length: GRAM_PARTS }, (_, part) =>
      Buffer.from(bytes.subarray(part * 4 * SLOTS_OF_PART, (part + 1) * 4 * SLOTS_OF_PART)),
    );
  }
}

/** @returns slots that all must be set where a text lies; none when it is too short to say anything */
export function slotsOf(given: string): number[] {
  const text = given.toLowerCase();
  const slots = new Set<number>();
  for (let index = 2; index < text.length && slots.size < MOST_SLOTS; index += 1) {
    slots.add(slotOf(text.charCodeAt(index - 2), text.charCodeAt(index - 1), text.charCodeAt(index)));
  }
  return [...slots];
}

/**
 * @param slots of {@link slotsOf}
 * @param read a row as it is stored; null when there is none: then every block may have it
 * @returns all events of the blocks that may have the text
 */
export function blocksWith(slots: readonly number[], read: (part: number) => Buffer | null): SegmentBits {
  let blocks = 0xffff_ffff;
  for (const slot of slots) {
    const row = read(Math.floor(slot / SLOTS_OF_PART));
    if (row === null) return allBits();
    blocks = (blocks & row.readUInt32LE(4 * (slot % SLOTS_OF_PART))) >>> 0;
    if (blocks === 0) break;
  }
  const bits = new Uint32Array(SEGMENT_BLOCKS * WORDS_OF_BLOCK);
  for (let block = 0; block < SEGMENT_BLOCKS; block += 1) {
    if ((blocks & (1 << block)) !== 0)
      bits.fill(0xffff_ffff, block * WORDS_OF_BLOCK, (block + 1) * WORDS_OF_BLOCK);
  }
  return bits;
}
