import { SEGMENT_WORDS, type SegmentBits } from './layout.ts';

/** Buckets of a segment: by the upper 8 bits of a key. */
export const BUCKETS = 256;

/** Bytes of an entry: key 4 + 2, then where its positions are. */
const ENTRY = 10;
/** Marks an entry with one position, which stands in its place. */
const SINGLE = 0x8000_0000;
/** From so many positions on a bit for each event is shorter. */
const AS_BITS = 256;

/** Terms of a segment that there is room for at the beginning. */
const FIRST_ROOM = 16_384;
/** Longer runs of terms that begin alike are not sorted by shifting them. */
const LONG_RUN = 32;

/**
 * Which events of a segment have which terms, while the segment grows. A term is kept once, however many events have it, with its first
 * position; each further position points back at the one before.
 */
export class TermCollector {
  #high = new Uint32Array(FIRST_ROOM);
  #low = new Uint16Array(FIRST_ROOM);
  #first = new Uint16Array(FIRST_ROOM);
  #counts = new Uint16Array(FIRST_ROOM);
  /** Newest further position of each term; only where there are two positions or more. */
  #newest = new Int32Array(FIRST_ROOM);
  #terms = 0;
  /** By the lower bits of the key: number of the term, and one more; 0 where none is. */
  #table = new Int32Array(4 * FIRST_ROOM);
  #at = new Uint16Array(FIRST_ROOM);
  #before = new Int32Array(FIRST_ROOM);
  #further = 0;

  /** @returns number of a term, good until {@link clear} */
  term(high: number, low: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let slot = high & mask;
    for (let number = table[slot] as number; number !== 0; number = table[slot] as number) {
      if (this.#high[number - 1] === high && this.#low[number - 1] === low) return number - 1;
      slot = (slot + 1) & mask;
    }
    const term = this.#terms;
    if (term === this.#high.length) {
      this.#growTerms();
      return this.term(high, low);
    }
    table[slot] = term + 1;
    this.#high[term] = high;
    this.#low[term] = low;
    this.#counts[term] = 0;
    this.#terms += 1;
    return term;
  }

  /** @param position of the event in its segment, from 0; never lower than that of the call before */
  mark(term: number, position: number): void {
    const count = this.#counts[term] as number;
    if (count === 0) this.#first[term] = position;
    else {
      const newest = count === 1 ? -1 : (this.#newest[term] as number);
      if ((newest < 0 ? this.#first[term] : this.#at[newest]) === position) return;
      if (this.#further === this.#at.length) this.#growFurther();
      this.#at[this.#further] = position;
      this.#before[this.#further] = newest;
      this.#newest[term] = this.#further;
      this.#further += 1;
    }
    this.#counts[term] = count + 1;
  }

  /** Forgets everything: the next segment begins. What one unusual segment needed is not kept for all others. */
  clear(): void {
    this.#terms = 0;
    this.#further = 0;
    if (this.#high.length > 4 * FIRST_ROOM) this.#roomForTerms(FIRST_ROOM);
    else this.#table.fill(0);
    if (this.#at.length > 32 * FIRST_ROOM) {
      this.#at = new Uint16Array(FIRST_ROOM);
      this.#before = new Int32Array(FIRST_ROOM);
    }
  }

  /** @returns the buckets that hold anything, to be stored under their numbers */
  *buckets(): Generator<{ bucket: number; entries: Buffer }> {
    const order = this.#sorted();
    // One piece of memory for all: it may have to go to another thread.
    let size = 0;
    for (let term = 0; term < this.#terms; term += 1)
      size += ENTRY + sizeOfList(this.#counts[term] as number);
    const packed = Buffer.allocUnsafeSlow(size + 4 * BUCKETS);
    let used = 0;
    for (let from = 0; from < order.length; ) {
      const bucket = this.#highAt(order, from) >>> 24;
      let to = from + 1;
      while (to < order.length && this.#highAt(order, to) >>> 24 === bucket) to += 1;
      const end = this.#pack(order.subarray(from, to), packed.subarray(used));
      yield { bucket, entries: packed.subarray(used, used + end) };
      used += end;
      from = to;
    }
  }

  #highAt(order: Uint32Array, index: number): number {
    return this.#high[order[index] ?? 0] ?? 0;
  }

  /** One bucket: the number of entries, the entries by key, the positions of those with more than one. @returns its length */
  #pack(order: Uint32Array, packed: Buffer): number {
    packed.writeUInt32LE(order.length, 0);
    let at = 4;
    let list = 4 + ENTRY * order.length;
    for (const term of order) {
      const count = this.#counts[term] as number;
      packed.writeUInt32LE(this.#high[term] as number, at);
      packed.writeUInt16LE(this.#low[term] as number, at + 4);
      packed.writeUInt32LE(count === 1 ? (SINGLE | (this.#first[term] as number)) >>> 0 : list, at + 6);
      at += ENTRY;
      if (count === 1) continue;
      if (count <= AS_BITS) this.#packList(term, count, packed, list);
      else this.#packBits(term, packed, list);
      list += sizeOfList(count);
    }
    return list;
  }

  #packList(term: number, count: number, packed: Buffer, start: number): void {
    packed.writeUInt16LE(count, start);
    packed.writeUInt16LE(this.#first[term] as number, start + 2);
    let at = start + 2 * count;
    for (let one = this.#newest[term] as number; one >= 0; one = this.#before[one] as number) {
      packed.writeUInt16LE(this.#at[one] as number, at);
      at -= 2;
    }
  }

  #packBits(term: number, packed: Buffer, start: number): void {
    packed.fill(0, start, start + 2 + 4 * SEGMENT_WORDS);
    const mark = (position: number): void => {
      const at = start + 2 + (position >> 3);
      packed[at] = (packed[at] as number) | (1 << (position & 7));
    };
    mark(this.#first[term] as number);
    for (let one = this.#newest[term] as number; one >= 0; one = this.#before[one] as number)
      mark(this.#at[one] as number);
  }

  /** Terms by key: counted into runs by the upper half, and each run by the rest. */
  #sorted(): Uint32Array {
    const count = this.#terms;
    const high = this.#high;
    const order = new Uint32Array(count);
    const ends = new Uint32Array(65_537);
    for (let term = 0; term < count; term += 1) {
      const slot = ((high[term] as number) >>> 16) + 1;
      ends[slot] = (ends[slot] as number) + 1;
    }
    for (let slot = 1; slot < ends.length; slot += 1) {
      ends[slot] = (ends[slot] as number) + (ends[slot - 1] as number);
    }
    for (let term = 0; term < count; term += 1) {
      const slot = (high[term] as number) >>> 16;
      const place = ends[slot] as number;
      order[place] = term;
      ends[slot] = place + 1;
    }
    for (let slot = 0, from = 0; slot < 65_536; slot += 1) {
      const to = ends[slot] as number;
      if (to - from > 1) this.#sortRun(order, from, to);
      from = to;
    }
    return order;
  }

  /** Nearly always two or three terms. */
  #sortRun(order: Uint32Array, from: number, to: number): void {
    const [high, low] = [this.#high, this.#low];
    const compare = (a: number, b: number): number =>
      (high[a] as number) - (high[b] as number) || (low[a] as number) - (low[b] as number);
    if (to - from > LONG_RUN) {
      order.subarray(from, to).sort(compare);
      return;
    }
    for (let index = from + 1; index < to; index += 1) {
      const term = order[index] as number;
      let place = index;
      for (; place > from && compare(order[place - 1] as number, term) > 0; place -= 1)
        order[place] = order[place - 1] as number;
      order[place] = term;
    }
  }

  #growTerms(): void {
    const { high, low, first, counts, newest } = {
      high: this.#high,
      low: this.#low,
      first: this.#first,
      counts: this.#counts,
      newest: this.#newest,
    };
    this.#roomForTerms(2 * high.length);
    this.#high.set(high);
    this.#low.set(low);
    this.#first.set(first);
    this.#counts.set(counts);
    this.#newest.set(newest);
    const mask = this.#table.length - 1;
    for (let term = 0; term < this.#terms; term += 1) {
      let slot = (high[term] as number) & mask;
      while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
      this.#table[slot] = term + 1;
    }
  }

  #roomForTerms(room: number): void {
    this.#high = new Uint32Array(room);
    this.#low = new Uint16Array(room);
    this.#first = new Uint16Array(room);
    this.#counts = new Uint16Array(room);
    this.#newest = new Int32Array(room);
    this.#table = new Int32Array(4 * room);
  }

  #growFurther(): void {
    const [at, before] = [this.#at, this.#before];
    this.#at = new Uint16Array(2 * at.length);
    this.#before = new Int32Array(2 * at.length);
    this.#at.set(at);
    this.#before.set(before);
  }
}

const sizeOfList = (count: number): number =>
  count === 1 ? 0 : count <= AS_BITS ? 2 + 2 * count : 2 + 4 * SEGMENT_WORDS;

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
