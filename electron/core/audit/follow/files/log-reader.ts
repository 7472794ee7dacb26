import type { FollowedLine } from '../follower.ts';
import { LineSplitter } from '../lines/line-splitter.ts';
import {
  beginsAs,
  type FilePlace,
  HEAD_BYTES,
  isMarked,
  lengthOfHead,
  markOf,
  slide,
  type Way,
} from './file-place.ts';
import { type LogReach, type OpenLog, RotatingNow, type SeenFile } from './log-reach.ts';
import type { Packing } from './rotated-names.ts';
import { UNPACK_LIMITS, UnpackError, type UnpackLimits, unpacked } from './unpack.ts';

const SMALL_READ = 64 * 1024;
const LARGE_READ = 1024 * 1024;
const EMPTY = Buffer.alloc(0);
const LOOK_MS = 500;

/** What came of reading on. */
export type Pulled =
  | { kind: 'bytes'; bytes: Buffer }
  | { kind: 'end' }
  /** What had been read is not there any more: the file was cut, and perhaps written anew. */
  | { kind: 'cut' }
  /** The file cannot be reached any more. */
  | { kind: 'gone' }
  | { kind: 'damaged'; detail: string };

export interface ReaderOptions {
  /** For tests: bytes of a line that are kept. */
  longestLine?: number | undefined;
  limits?: UnpackLimits | undefined;
}

/** Why a file could not be opened at a place: it is no longer there, or it is not the one that the place is of. */
export type NotOpened = 'gone' | 'other' | 'shorter';

/**
 * Reads one file on from a place, plain or packed, and makes lines of it. Before each piece it makes sure that what stands
 * before it is still what was read.
 */
export class LogReader {
  readonly packing: Packing;
  readonly splitter: LineSplitter;
  file: SeenFile;
  /** It had the log's own name when it was opened. */
  live = false;
  way: Way = 'unknown';
  /** As the file was when that was judged. */
  judgedBy: SeenFile | null = null;
  settled = false;
  /** Leading NULs are the hole that a writer leaves who goes on at its old offset in a file that was cut. */
  skipHole = false;
  /** `performance.now()` of the last bytes. */
  grewAt = performance.now();
  readonly #log: OpenLog;
  readonly #pieces: AsyncGenerator<Buffer, void> | null;
  #head: Buffer = EMPTY;
  /** What stands before `#readTo`, and before `#offset`. */
  #tail: Buffer = EMPTY;
  #tailOfLines: Buffer = EMPTY;
  #readTo = 0;
  #offset = 0;
  #size = 0;
  #next = SMALL_READ;
  #lookedAt = performance.now();
  /** Unpacked and not taken yet: while the place was looked for, or given already. */
  #rest: Buffer = EMPTY;

  private constructor(log: OpenLog, file: SeenFile, packing: Packing, options: ReaderOptions) {
    this.#log = log;
    this.file = file;
    this.packing = packing;
    this.splitter = new LineSplitter(options.longestLine);
    const packed = packing === 'gzip' || packing === 'zstd' ? packing : null;
    this.#pieces = packed ? unpacked(rawPieces(log), packed, options.limits ?? UNPACK_LIMITS) : null;
  }

  /**
   * @param place null: from the beginning
   * @returns throws `LogTrouble` when the file may not be read, `UnpackError` when it cannot be unpacked as far as the place
   */
  static async open(
    reach: LogReach,
    file: SeenFile,
    packing: Packing,
    place: FilePlace | null,
    options: ReaderOptions = {},
  ): Promise<LogReader | NotOpened> {
    if (packing === 'other') throw new UnpackError('It is packed in a way that is not read here.');
    const log = await reach.open(file);
    if (log === null) return 'gone';
    const reader = new LogReader(log, file, packing, options);
    try {
      const trouble = reader.#pieces ? await reader.#skipTo(place) : await reader.#goTo(place);
      if (trouble === null) return reader;
      await reader.close();
      return trouble;
    } catch (error) {
      await reader.close();
      throw error;
    }
  }

  /** Bytes of the beginning that are known. */
  get headBytes(): number {
    return this.#head.length;
  }

  get readTo(): number {
    return this.#readTo;
  }

  /** Bytes that are there, as far as was seen. */
  get unread(): number {
    return Math.max(0, this.#size - this.#readTo);
  }

  /** Bytes that the newest look says are behind what can be read, at the end of a plain file. */
  get missing(): number {
    return Math.max(0, this.file.size - this.#readTo);
  }

  /** More is expected than a first look takes. */
  get hasMore(): boolean {
    return this.#pieces !== null || this.#next === LARGE_READ;
  }

  get place(): FilePlace {
    return {
      device: this.file.device,
      inode: this.file.inode,
      bornAt: this.file.bornAt,
      head: this.#head.toString('base64'),
      tail: markOf(this.#tailOfLines),
      offset: this.#offset,
      size: Math.max(this.#size, this.#readTo),
      modifiedAt: Math.trunc(this.file.modifiedAt),
      live: this.live,
      packed: this.#pieces !== null,
      way: this.way,
      settled: this.settled,
    };
  }

  /** Reads on. What it gives is not taken before {@link take}. */
  async pull(): Promise<Pulled> {
    if (this.#pieces) return this.#pullPacked(this.#pieces);
    const overlap = this.#tail.length;
    const bytes = await this.#log.read(this.#readTo - overlap, overlap + this.#next);
    if (bytes === null) return { kind: 'gone' };
    if (bytes.length < overlap || this.#tail.compare(bytes, 0, overlap) !== 0) return { kind: 'cut' };
    // Of what was not read yet, the beginning was seen when it was opened.
    const seen = this.#head.subarray(this.#readTo);
    if (!bytes.subarray(overlap, overlap + seen.length).equals(seen)) return { kind: 'cut' };
    if (bytes.length === overlap) {
      this.#next = SMALL_READ;
      return { kind: 'end' };
    }
    if (bytes.length === overlap + this.#next) this.#next = LARGE_READ;
    return { kind: 'bytes', bytes: bytes.subarray(overlap) };
  }

  /** Makes lines of what {@link pull} gave. */
  take(bytes: Buffer, lines: FollowedLine[]): void {
    this.#rest = EMPTY;
    this.grewAt = performance.now();
    if (this.#head.length < HEAD_BYTES && this.#readTo + bytes.length > this.#head.length) {
      const known = Math.max(0, this.#head.length - this.#readTo);
      const wanted = HEAD_BYTES - this.#head.length;
      this.#head = Buffer.concat([this.#head, bytes.subarray(known, known + wanted)]);
    }
    const hole = this.skipHole ? leadingZeros(bytes) : 0;
    if (hole < bytes.length) this.skipHole = false;
    const content = bytes.subarray(hole);
    const end = this.splitter.push(content, lines);
    if (hole + end > 0) {
      this.#tailOfLines = slide(this.#tail, bytes.subarray(0, hole + end));
      this.#offset = this.#readTo + hole + end;
    }
    this.#tail = slide(this.#tail, bytes);
    this.#readTo += bytes.length;
    this.#size = Math.max(this.#size, this.#readTo);
  }

  /** Takes what has no line end yet as a line: the file has come to its end. */
  finish(lines: FollowedLine[]): void {
    const line = this.splitter.finish();
    if (line === null) return;
    lines.push(line);
    this.#offset = this.#readTo;
    this.#tailOfLines = this.#tail;
  }

  /** Looks how large the file has become, for {@link unread} and the time of change. */
  async look(): Promise<void> {
    this.#lookedAt = performance.now();
    const file = await this.#log.look();
    if (file === null) return;
    this.file = file;
    if (!this.#pieces) this.#size = Math.max(this.#size, file.size);
  }

  /** Looks now and then while there is always more, so that it is known how much is waiting. */
  async lookAgain(): Promise<void> {
    if (performance.now() - this.#lookedAt > LOOK_MS) await this.look();
  }

  async close(): Promise<void> {
    await this.#pieces?.return();
    await this.#log.close();
  }

  async #goTo(place: FilePlace | null): Promise<NotOpened | null> {
    this.#size = this.file.size;
    const head = await this.#log.read(0, HEAD_BYTES);
    if (head === null) return 'gone';
    this.#head = Buffer.from(head);
    if (place === null) return null;
    const length = lengthOfHead(place.head);
    if (length > 0 && !beginsAs(this.#head.subarray(0, length), place.head)) return 'other';
    const tail = await this.#log.read(place.offset - place.tail.bytes, place.tail.bytes);
    if (tail === null) return 'gone';
    if (tail.length < place.tail.bytes || this.file.size < place.offset) return 'shorter';
    if (!isMarked(tail, place.tail)) return 'other';
    this.#begin(place, Buffer.from(tail));
    return null;
  }

  async #skipTo(place: FilePlace | null): Promise<NotOpened | null> {
    if (place === null || !this.#pieces) return null;
    let rest: Buffer = EMPTY;
    while (this.#readTo < place.offset) {
      const next = await this.#pieces.next();
      if (next.done) return beginsAs(this.#head, place.head) ? 'shorter' : 'other';
      const within = next.value.subarray(0, place.offset - this.#readTo);
      rest = next.value.subarray(within.length);
      if (this.#head.length < HEAD_BYTES) {
        this.#head = Buffer.concat([this.#head, next.value.subarray(0, HEAD_BYTES - this.#head.length)]);
      }
      this.#tail = slide(this.#tail, within);
      this.#readTo += within.length;
    }
    // The mark of the head may reach further than the place.
    const length = lengthOfHead(place.head);
    while (this.#head.length < length) {
      const next = await this.#pieces.next();
      if (next.done) break;
      rest = Buffer.concat([rest, next.value]);
      this.#head = Buffer.concat([this.#head, next.value]).subarray(0, HEAD_BYTES);
    }
    if (length > 0 && !beginsAs(this.#head.subarray(0, length), place.head)) return 'other';
    const tail = this.#tail.subarray(this.#tail.length - place.tail.bytes);
    if (!isMarked(tail, place.tail)) return 'other';
    this.#begin(place, this.#tail);
    this.#rest = Buffer.from(rest);
    return null;
  }

  #begin(place: FilePlace, tail: Buffer): void {
    this.#tail = tail;
    this.#tailOfLines = tail;
    this.#readTo = place.offset;
    this.#offset = place.offset;
    this.#size = Math.max(this.#size, place.size);
    this.way = place.way;
  }

  async #pullPacked(pieces: AsyncGenerator<Buffer, void>): Promise<Pulled> {
    if (this.#rest.length > 0) return { kind: 'bytes', bytes: this.#rest };
    try {
      const next = await pieces.next();
      if (next.done) return { kind: 'end' };
      this.#rest = next.value;
      return { kind: 'bytes', bytes: next.value };
    } catch (error) {
      if (error instanceof UnpackError) return { kind: 'damaged', detail: error.message };
      if (error instanceof GoneError) return { kind: 'gone' };
      throw error;
    }
  }
}

/** The file was packed, renamed or removed while its packed bytes were read. */
class GoneError extends RotatingNow {}

async function* rawPieces(log: OpenLog): AsyncGenerator<Buffer> {
  for (let offset = 0; ; ) {
    const piece = await log.read(offset, SMALL_READ);
    if (piece === null) throw new GoneError('It was rotated while it was read; looking again.');
    if (piece.length === 0) return;
    offset += piece.length;
    yield piece;
  }
}

function leadingZeros(bytes: Buffer): number {
  let count = 0;
  while (count < bytes.length && bytes[count] === 0) count += 1;
  return count;
}
