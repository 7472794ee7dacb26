import type { SourceGap, SourceState } from '#shared/domain/audit/source.ts';
import type { FollowedBatch, FollowedLine, Follower, FollowerStatus } from '../follower.ts';
import { FileBefore } from './file-before.ts';
import { type FilePlace, type FilePosition, filePosition } from './file-place.ts';
import { BETWEEN_COPY_AND_CUT, CUT_WITHOUT_COPY, GONE_UNREAD, REMOVED_UNREAD } from './gap-words.ts';
import { type LogReach, LogTrouble, type Look, RotatingNow } from './log-reach.ts';
import { LogReader, type ReaderOptions } from './log-reader.ts';
import {
  behind,
  type ChainFile,
  endOf,
  findPlace,
  identityOf,
  isCopy,
  isSameFile,
  listChain,
  packingOf,
  sizeOf,
} from './rotation-chain.ts';
import { UnpackError } from './unpack.ts';
import { Waker } from './waker.ts';

/** How long a file that was rotated may still get the rest of a line, and further lines, from a writer that was not told. */
const SETTLE_MS = 2_000;
/** How long a rotation is given before files are compared again, and how often nothing must be found to be believed. */
const ROTATING_MS = 40;
/** After so many times it is said, and looked at less often. */
const ROTATING_TIMES = 50;
const NOT_FOUND_TIMES = 5;
const CLOSE_MS = 2_000;
/** Unread bytes from which on a follower is said to be catching up. */
const CATCHING_UP_BYTES = 1024 * 1024;

export interface FileFollowerOptions extends ReaderOptions {
  reach: LogReach;
  /** Absolute path of the file that is written to. */
  path: string;
  /** What was stored with the last batch; anything else is taken as "never followed". */
  position?: unknown;
  settleMs?: number | undefined;
}

type Gap = Omit<SourceGap, 'source'>;

/** Follows one file through its rotations. Design section 7; logrotate(8) for what rotations there are. */
export class FileFollower implements Follower {
  readonly #options: FileFollowerOptions;
  readonly #reach: LogReach;
  readonly #path: string;
  readonly #settleMs: number;
  readonly #change: ReturnType<LogReach['onChange']>;
  #reader: LogReader | null = null;
  /** Where to go on when nothing is open. */
  #resume: FilePlace | null = null;
  #before = new FileBefore(null);
  #begun = false;
  /** The log is rotated by copying and cutting, as far as was seen since the last file was opened. */
  #copies = false;
  /** What the reader gave first was compared with what was rotated in the meantime. */
  #inOrder = false;
  #notFound = 0;
  #rotating = 0;
  #ahead = 0;
  #at = Date.now();
  #gaps: Gap[] = [];
  #moved = false;
  #state: SourceState = 'waiting';
  #trouble = '';
  #closed = false;
  readonly #waker = new Waker();
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: FileFollowerOptions) {
    this.#options = options;
    this.#reach = options.reach;
    this.#path = options.path;
    this.#settleMs = options.settleMs ?? SETTLE_MS;
    const stored = filePosition.safeParse(options.position);
    if (stored.success) {
      this.#begun = true;
      this.#resume = stored.data.current;
      this.#before = new FileBefore(stored.data.before);
      this.#at = stored.data.at;
    }
    this.#change = this.#reach.onChange(this.#path, () => this.#waker.wake());
  }

  next(): Promise<FollowedBatch | null> {
    const batch = this.#running.then(() => this.#next());
    this.#running = batch.catch(() => {});
    return batch;
  }

  status(): FollowerStatus {
    const reader = this.#reader;
    const lagBytes = reader ? reader.unread + this.#ahead : null;
    const state = this.#state === 'live' && (lagBytes ?? 0) > CATCHING_UP_BYTES ? 'catching-up' : this.#state;
    return { state, trouble: this.#trouble, lagBytes, owner: reader?.file.owner ?? null };
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#change.stop();
      this.#waker.wake();
    }
    const ended = this.#running.then(async () => {
      await this.#reader?.close();
      await this.#before.close();
      this.#reader = null;
    });
    // A node that does not answer must not hold up whoever closes; what is open is closed when it has answered or not.
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
  }

  async #next(): Promise<FollowedBatch | null> {
    while (!this.#closed) {
      this.#waker.reset();
      const lines: FollowedLine[] = [];
      let more = false;
      try {
        more = await this.#step(lines);
        this.#rotating = 0;
      } catch (error) {
        if (!(error instanceof LogTrouble)) throw error;
        this.#rotating = error instanceof RotatingNow ? this.#rotating + 1 : 0;
        if (this.#rotating > 0 && this.#rotating < ROTATING_TIMES) {
          await new Promise((resolve) => setTimeout(resolve, ROTATING_MS));
          more = true;
        } else {
          this.#say('waiting', error.message);
        }
      }
      if (lines.length > 0 || this.#gaps.length > 0 || this.#moved) return this.#batch(lines);
      if (!more && !this.#closed) await this.#waker.wait(this.#change.pollMs());
    }
    return null;
  }

  #batch(lines: FollowedLine[]): FollowedBatch {
    const receivedAt = Date.now();
    this.#at = receivedAt;
    const gaps = this.#gaps;
    this.#gaps = [];
    this.#moved = false;
    const position: FilePosition = {
      form: 'file-1',
      current: this.#reader?.place ?? this.#resume,
      before: this.#before.place,
      at: receivedAt,
    };
    return { path: this.#path, lines, receivedAt, gaps, position };
  }

  #say(state: SourceState, trouble = ''): void {
    this.#state = state;
    this.#trouble = trouble.slice(0, 1_024);
  }

  #gap(kind: Gap['kind'], bytes: number | null, detail: string): void {
    const now = Date.now();
    const from = new Date(Math.min(this.#at, now)).toISOString();
    this.#gaps.push({ kind, from, to: new Date(now).toISOString(), bytes, detail: detail.slice(0, 1_024) });
  }

  /** @returns whether to go on at once */
  async #step(lines: FollowedLine[]): Promise<boolean> {
    if (!this.#begun) await this.#begin();
    await this.#before.openUnsettled(this.#reach, this.#path, this.#options);
    const reader = this.#reader;
    if (!reader) return this.#resume ? this.#find(this.#resume, lines) : this.#goOn(lines);
    const pulled = await reader.pull();
    switch (pulled.kind) {
      case 'bytes':
        if (!this.#inOrder && (await this.#cameInBetween(reader))) return true;
        this.#inOrder = true;
        reader.take(pulled.bytes, lines);
        this.#say('live');
        return true;
      case 'end':
        return this.#atEnd(reader, lines);
      case 'damaged':
        this.#gap('damaged', null, `${reader.file.name}, ${reader.file.size} bytes packed: ${pulled.detail}`);
        return this.#leave(reader, lines);
      default:
        return this.#find(reader.place, lines);
    }
  }

  /** First time: what was rotated before is only remembered, what is there is read from its beginning. */
  async #begin(): Promise<void> {
    const chain = await listChain(this.#reach, this.#path);
    const newest = chain.filter(({ rotated }) => rotated !== null).at(-1);
    if (newest) this.#before.place = await endOf(this.#reach, newest);
    this.#begun = true;
  }

  /** Opens what was written next after the file before. */
  async #goOn(lines: FollowedLine[]): Promise<boolean> {
    const chain = await listChain(this.#reach, this.#path);
    const before = this.#before.place;
    const { files, known } = await behind(this.#reach, chain, before, null);
    if (!known) this.#notFoundAgain();
    this.#notFound = 0;
    const next = files[0];
    if (!next) {
      this.#sayWhy(await this.#reach.look(this.#path));
      return false;
    }
    if (!known && next.rotated) {
      this.#gap('rotated-away', null, REMOVED_UNREAD);
    }
    const copies = this.#copies || before?.copied === true;
    return this.#open(next, files, isCopy(next, files, copies), lines);
  }

  /** A file that was not found may have been between two names: it is looked for some times more. */
  #notFoundAgain(): void {
    this.#notFound += 1;
    if (this.#notFound < NOT_FOUND_TIMES) throw new RotatingNow('Looking for the rotated file.');
  }

  async #open(
    next: ChainFile,
    files: readonly ChainFile[],
    copied: boolean,
    lines: FollowedLine[],
  ): Promise<boolean> {
    try {
      const reader = await LogReader.open(this.#reach, next, packingOf(next), null, this.#options);
      if (typeof reader === 'string') return false;
      reader.copied = copied;
      reader.skipHole = this.#copies && !copied;
      this.#copies = false;
      this.#reader = reader;
      this.#inOrder = false;
      this.#ahead = sizeOf(files.slice(1));
      this.#say('live');
      return true;
    } catch (error) {
      if (!(error instanceof UnpackError)) throw error;
      this.#gap('damaged', null, `${next.name}, ${next.size} bytes packed: ${error.message}`);
      await this.#before.settle(lines);
      this.#before.place = await endOf(this.#reach, next);
      return true;
    }
  }

  /** Finds the file of a place again, after a start or when what had been read is no longer where it was. */
  async #find(place: FilePlace, lines: FollowedLine[]): Promise<boolean> {
    const chain = await listChain(this.#reach, this.#path);
    const live = chain.at(-1)?.rotated === null ? chain.at(-1) : undefined;
    const wasCut = live !== undefined && isSameFile(live, place);
    const found = await findPlace(this.#reach, chain, place);
    const file = found ? chain[found.index] : undefined;
    if (found && file && found.how !== 'shorter') {
      const copied = found.how === 'content' && (wasCut || packingOf(file) === 'none');
      return this.#reopen(file, place, place.copied || copied, chain.slice(found.index + 1), lines);
    }
    if (!file && place.head !== '') this.#notFoundAgain();
    this.#notFound = 0;
    const { files } = file
      ? { files: chain.slice(chain.indexOf(file) + 1) }
      : await behind(this.#reach, chain, place, this.#before.place);
    await this.#before.settle(lines);
    const readTo = this.#reader?.readTo ?? place.offset;
    this.#reader?.finish(lines);
    await this.#reader?.close();
    this.#reader = null;
    this.#resume = null;
    this.#moved = true;
    this.#before.place = { ...place, ...(file ? identityOf(file) : {}), copied: wasCut, settled: true };
    if (place.head !== '') {
      const bytes = place.size > readTo ? place.size - readTo : null;
      if (wasCut || file) this.#gap('copytruncate', bytes, CUT_WITHOUT_COPY);
      else this.#gap('rotated-away', bytes, GONE_UNREAD);
    }
    this.#copies = wasCut;
    const next = files[0];
    if (!next) return true;
    return this.#open(next, files, isCopy(next, files, wasCut), lines);
  }

  async #reopen(
    file: ChainFile,
    place: FilePlace,
    copied: boolean,
    files: readonly ChainFile[],
    lines: FollowedLine[],
  ): Promise<boolean> {
    try {
      const reader = await LogReader.open(this.#reach, file, packingOf(file), place, this.#options);
      if (typeof reader === 'string') return false;
      await this.#reader?.close();
      reader.copied = copied;
      this.#reader = reader;
      this.#resume = null;
      this.#inOrder = place.head !== '';
      this.#ahead = sizeOf(files);
      this.#say('live');
    } catch (error) {
      if (!(error instanceof UnpackError)) throw error;
      this.#gap('damaged', null, `${file.name}, ${file.size} bytes packed: ${error.message}`);
      await this.#before.settle(lines);
      this.#resume = null;
      this.#before.place = { ...place, ...identityOf(file), copied, settled: true };
    }
    return true;
  }

  async #atEnd(reader: LogReader, lines: FollowedLine[]): Promise<boolean> {
    if (reader.packing !== 'none') return this.#leave(reader, lines);
    await reader.look();
    const look = await this.#reach.look(this.#path);
    if (look.kind === 'file' && isSameFile(look.file, reader.file)) {
      this.#ahead = 0;
      this.#say('live');
      if (reader.readTo === 0 && (await this.#cameInBetween(reader))) return true;
      return this.#readLate(lines);
    }
    if (look.kind !== 'file') this.#sayWhy(look);
    const chain = await listChain(this.#reach, this.#path);
    const { files } = await behind(this.#reach, chain, reader.place, this.#before.place);
    const next = files[0];
    this.#ahead = sizeOf(files);
    if (!next) return this.#readLate(lines);
    // What was written between the last read and the rotation stands before all that is in the next file.
    const again = await reader.pull();
    if (again.kind === 'bytes') {
      reader.take(again.bytes, lines);
      return true;
    }
    // The rest of a line may still come, as long as the writer was not told to open the new file.
    const settled = reader.copied || next.rotated !== null || reader.splitter.waiting === 0;
    if (!settled && performance.now() - reader.grewAt < this.#settleMs) return false;
    return this.#leave(reader, lines);
  }

  /** Ends a file that was read to its end. */
  async #leave(reader: LogReader, lines: FollowedLine[]): Promise<boolean> {
    await this.#before.settle(lines);
    reader.finish(lines);
    if (reader.copied) {
      this.#gap('copytruncate', reader.unread > 0 ? reader.unread : null, BETWEEN_COPY_AND_CUT);
      this.#copies = true;
    }
    this.#reader = null;
    this.#moved = true;
    if (reader.packing === 'none') {
      reader.grewAt = performance.now();
      this.#before.follow(reader);
    } else {
      reader.settled = true;
      this.#before.place = reader.place;
      await reader.close();
    }
    return true;
  }

  /**
   * A file that had nothing in it yet may have been written, copied and cut, all between two looks.
   * @returns whether something else has to be read first; the reader is closed then
   */
  async #cameInBetween(reader: LogReader): Promise<boolean> {
    const chain = await listChain(this.#reach, this.#path);
    const { files, known } = await behind(this.#reach, chain, this.#before.place, null);
    const next = files[0];
    if (!known || !next?.rotated || isSameFile(next, reader.file)) return false;
    const live = chain.at(-1);
    this.#copies = reader.copied || (live !== undefined && isSameFile(live, reader.file));
    await reader.close();
    this.#reader = null;
    return true;
  }

  /** @returns whether a late writer added something to the file before */
  async #readLate(lines: FollowedLine[]): Promise<boolean> {
    const { grew, settled } = await this.#before.read(lines);
    this.#moved ||= settled;
    return grew;
  }

  #sayWhy(look: Look): void {
    if (look.kind === 'missing') this.#say('waiting', look.trouble);
    else if (look.kind === 'refused') this.#say('failed', look.trouble);
  }
}
