import { SEGMENT_WORDS, type SegmentBits } from './layout.ts';

/** Buckets of a segment: by the upper 8 bits of a key. */
export const BUCKETS = 256;

/** Bytes of an entry: key 4 + 2, then where its positions are. */
const ENTRY = 10;
/** Marks an entry with one position, which stands in its place. */
const SINGLE = 0x8000_0000;
/** From so many positions on a bit for each event is shorter. */
const AS_BITS = 256;

/** Which events of a segment have which terms, while the segment grows. */
export class TermCollector {
  #high = new Uint32Array(65_536);
  #low = new Uint16Array(65_536);
  #at = new Uint16Array(65_536);
  #count = 0;

  /** @param position of the event in its segment, from 0; never lower than that of the call before */
  add(high: number, low: number, position: number): void {
    if (this.#count === this.#high.length) this.#grow();
    this.#high[this.#count] = high;
    this.#low[this.#count] = low;
    this.#at[this.#count] = position;
    this.#count += 1;
  }

  /** Forgets everything: the next segment begins. */
  clear(): void {
    this.#count = 0;
  }

  /** @returns the buckets that hold anything, to be stored under their numbers */
  *buckets(): Generator<{ bucket: number; entries: Buffer }> {
    const order = this.#sorted();
    for (let from = 0; from < order.length; ) {
      const bucket = this.#highAt(order, from) >>> 24;
      let to = from + 1;
      while (to < order.length && this.#highAt(order, to) >>> 24 === bucket) to += 1;
      yield { bucket, entries: this.#pack(order.subarray(from, to)) };
      from = to;
    }
  }

  #highAt(order: Uint32Array, index: number): number {
    return this.#high[order[index] ?? 0] ?? 0;
  }

  /** One bucket: the number of entries, the entries by key, the positions of those with more than one. */
  #pack(order: Uint32Array): Buffer {
    const terms: { high: number; low: number; from: number; to: number }[] = [];
    for (let index = 0; index < order.length; index += 1) {
      const entry = order[index] ?? 0;
      const [high, low] = [this.#high[entry] ?? 0, this.#low[entry] ?? 0];
      const last = terms.at(-1);
      if (last !== undefined && last.high === high && last.low === low) last.to = index + 1;
      else terms.push({ high, low, from: index, to: index + 1 });
    }
    const lists: Buffer[] = [];
    const head = Buffer.allocUnsafe(4 + ENTRY * terms.length);
    head.writeUInt32LE(terms.length, 0);
    let offset = head.length;
    terms.forEach(({ high, low, from, to }, index) => {
      const at = 4 + ENTRY * index;
      head.writeUInt32LE(high, at);
      head.writeUInt16LE(low, at + 4);
      const list = this.#positions(order, from, to);
      if (list.length === 1) head.writeUInt32LE((SINGLE | (list[0] ?? 0)) >>> 0, at + 6);
      else {
        head.writeUInt32LE(offset, at + 6);
        const packed = packPositions(list);
        lists.push(packed);
        offset += packed.length;
      }
    });
    return Buffer.concat([head, ...lists], offset);
  }

  #positions(order: Uint32Array, from: number, to: number): number[] {
    const list: number[] = [];
    for (let index = from; index < to; index += 1) {
      const at = this.#at[order[index] ?? 0] ?? 0;
      if (list.at(-1) !== at) list.push(at);
    }
    return list;
  }

  /** Entries by key, equal keys in the order of their positions: counted into runs by the upper half, and each run by the rest. */
  #sorted(): Uint32Array {
    const count = this.#count;
    const high = this.#high;
    const order = new Uint32Array(count);
    const starts = new Uint32Array(65_537);
    for (let entry = 0; entry < count; entry += 1) {
      const slot = ((high[entry] as number) >>> 16) + 1;
      starts[slot] = (starts[slot] as number) + 1;
    }
    for (let slot = 1; slot < starts.length; slot += 1) {
      starts[slot] = (starts[slot] as number) + (starts[slot - 1] as number);
    }
    const ends = starts.slice();
    for (let entry = 0; entry < count; entry += 1) {
      const slot = (high[entry] as number) >>> 16;
      const place = ends[slot] as number;
      order[place] = entry;
      ends[slot] = place + 1;
    }
    for (let slot = 0; slot < 65_536; slot += 1) {
      const [from, to] = [starts[slot] as number, ends[slot] as number];
      if (to - from > 1) this.#sortRun(order, from, to);
    }
    return order;
  }

  /** Nearly always a few entries, or many of one key. */
  #sortRun(order: Uint32Array, from: number, to: number): void {
    const [high, low] = [this.#high, this.#low];
    const compare = (a: number, b: number): number =>
      (high[a] as number) - (high[b] as number) || (low[a] as number) - (low[b] as number) || a - b;
    let sorted = true;
    for (let index = from + 1; index < to && sorted; index += 1) {
      sorted = compare(order[index - 1] as number, order[index] as number) < 0;
    }
    if (!sorted) order.subarray(from, to).sort(compare);
  }

  #grow(): void {
    const length = this.#high.length * 2;
    const [high, low, at] = [new Uint32Array(length), new Uint16Array(length), new Uint16Array(length)];
    high.set(this.#high);
    low.set(this.#low);
    at.set(this.#at);
    [this.#high, this.#low, this.#at] = [high, low, at];
  }
}

function packPositions(list: readonly number[]): Buffer {
  if (list.length <= AS_BITS) {
    const packed = Buffer.allocUnsafe(2 + 2 * list.length);
    packed.writeUInt16LE(list.length, 0);
    list.forEach((position, index) => {
      packed.writeUInt16LE(position, 2 + 2 * index);
    });
    return packed;
  }
  const packed = Buffer.alloc(2 + 4 * SEGMENT_WORDS);
  for (const position of list) {
    const at = 2 + (position >> 3);
    packed[at] = (packed[at] ?? 0) | (1 << (position & 7));
  }
  return packed;
}

/**
 * Marks the events that have a term.
 * @param entries a bucket as it is stored
 * @param bits gets a bit for each
 * @throws RangeError when the bucket is not one that was written here
 */
export function markTerm(entries: Buffer, high: number, low: number, bits: SegmentBits): void {
  let [from, to] = [0, entries.readUInt32LE(0)];
  while (from < to) {
    const middle = (from + to) >> 1;
    const at = 4 + ENTRY * middle;
    const order = entries.readUInt32LE(at) - high || entries.readUInt16LE(at + 4) - low;
    if (order === 0) {
      markPositions(entries, entries.readUInt32LE(at + 6), bits);
      return;
    }
    if (order < 0) from = middle + 1;
    else to = middle;
  }
}

function markPositions(entries: Buffer, where: number, bits: SegmentBits): void {
  const mark = (position: number): void => {
    const word = (position & 0xfff) >> 5;
    bits[word] = ((bits[word] ?? 0) | (1 << (position & 31))) >>> 0;
  };
  if (where >= SINGLE) {
    mark(where - SINGLE);
    return;
  }
  const count = entries.readUInt16LE(where);
  for (let index = 0; index < count; index += 1) mark(entries.readUInt16LE(where + 2 + 2 * index));
  if (count > 0) return;
  for (let word = 0; word < SEGMENT_WORDS; word += 1) {
    bits[word] = ((bits[word] ?? 0) | entries.readUInt32LE(where + 2 + 4 * word)) >>> 0;
  }
}
