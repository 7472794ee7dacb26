import { createHash, type Hash } from 'node:crypto';
import type { FollowedLine } from '../follower.ts';

/** Bytes of a line that are kept; what is longer is cut, marked and hashed. */
export const LONGEST_LINE = 16 * 1024 * 1024;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * Makes lines of bytes that come in pieces of any size. A line ends with LF or CR LF. What has no end yet waits, in at most
 * `longest` bytes of memory however long the line becomes.
 */
export class LineSplitter {
  readonly #longest: number;
  #kept = Buffer.alloc(0);
  #length = 0;
  /** Bytes of the unfinished line, kept or not. */
  #total = 0;
  #hash: Hash | null = null;
  /** A CR at the end of what came, that is not hashed before it is known not to belong to the line end. */
  #heldReturn = false;

  constructor(longest = LONGEST_LINE) {
    this.#longest = longest;
  }

  /** Bytes that came since the last line end. */
  get waiting(): number {
    return this.#total;
  }

  /**
   * @param chunk is not kept: what waits is copied
   * @param lines receives the lines that end in this chunk, in order
   * @returns the offset in the chunk behind the last line end; 0 when no line ends in it
   */
  push(chunk: Buffer, lines: FollowedLine[]): number {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      if (this.#total > 0) {
        this.#keep(chunk, start, end);
        lines.push(this.#take());
      } else if (end - start > this.#longest) {
        this.#keep(chunk, start, end);
        lines.push(this.#take());
      } else {
        const last = end > start && chunk[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
        lines.push({ text: chunk.toString('utf8', start, last), cut: null });
      }
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk, start, chunk.length);
    return start;
  }

  /** Takes what waits as a line: nothing more will come. @returns null when nothing waits */
  finish(): FollowedLine | null {
    return this.#total === 0 ? null : this.#take();
  }

  /** Forgets what waits. */
  reset(): void {
    this.#kept = Buffer.alloc(0);
    this.#length = 0;
    this.#total = 0;
    this.#hash = null;
    this.#heldReturn = false;
  }

  #keep(chunk: Buffer, start: number, end: number): void {
    if (end === start) return;
    this.#total += end - start;
    const room = Math.min(this.#longest + 1 - this.#length, end - start);
    if (room > 0) {
      this.#grow(this.#length + room);
      chunk.copy(this.#kept, this.#length, start, start + room);
      this.#length += room;
    }
    // One byte more than is allowed is kept, because it may be the CR of a line that just fits.
    if (this.#total <= this.#longest + 1) return;
    if (!this.#hash) {
      this.#hash = createHash('sha256').update(this.#kept.subarray(0, this.#length - 1));
      this.#heldReturn = this.#kept[this.#length - 1] === CARRIAGE_RETURN;
      if (!this.#heldReturn) this.#hash.update(this.#kept.subarray(this.#length - 1, this.#length));
    }
    const from = start + Math.max(room, 0);
    if (from >= end) return;
    if (this.#heldReturn) this.#hash.update('\r');
    this.#heldReturn = chunk[end - 1] === CARRIAGE_RETURN;
    this.#hash.update(chunk.subarray(from, this.#heldReturn ? end - 1 : end));
  }

  #grow(needed: number): void {
    if (needed <= this.#kept.length) return;
    // Large buffers that are thrown away are garbage faster than it is collected: beyond a megabyte there is one.
    const wanted = needed > 1_048_576 ? this.#longest + 1 : Math.max(needed, this.#kept.length * 2, 256);
    const size = Math.min(wanted, this.#longest + 1);
    const larger = Buffer.allocUnsafeSlow(size);
    this.#kept.copy(larger, 0, 0, this.#length);
    this.#kept = larger;
  }

  #take(): FollowedLine {
    const kept = this.#kept.subarray(0, this.#length);
    const ended = (this.#hash ? this.#heldReturn : kept.at(-1) === CARRIAGE_RETURN) ? 1 : 0;
    const bytes = this.#total - ended;
    let line: FollowedLine;
    if (bytes <= this.#longest) {
      line = { text: kept.toString('utf8', 0, bytes), cut: null };
    } else {
      const hash = this.#hash ?? createHash('sha256').update(kept.subarray(0, bytes));
      // A character that the cut would tear is left out: a decoder that streams waits for its end.
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
      const text = decoder.decode(kept.subarray(0, this.#longest), { stream: true });
      line = { text, cut: { bytes, sha256: hash.digest('hex') } };
    }
    // A long line may have left a large buffer, which the next short one does not need.
    if (this.#kept.length > 65_536) this.#kept = Buffer.alloc(0);
    this.#length = 0;
    this.#total = 0;
    this.#hash = null;
    this.#heldReturn = false;
    return line;
  }
}
