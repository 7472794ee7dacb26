import type { FollowedBatch, FollowedLine, Follower, FollowerStatus } from '../follower.ts';
import { Doubts } from './doubts.ts';
import { beginsLike, endOf, lastPlaceIn } from './file-ends.ts';
import type { FilePlace } from './file-place.ts';
import { type FilePosition, filePosition } from './file-position.ts';
import { FileStatus } from './file-status.ts';
import { type FileFollowerOptions, SETTLE_MS } from './follower-options.ts';
import { GapTeller } from './gap-teller.ts';
import { CUT_WITHOUT_COPY, GONE_UNREAD, GROWS_ON, LOOK_ALIKE } from './gap-words.ts';
import { type LogReach, LogTrouble, RotatingNow, type SeenFile } from './log-reach.ts';
import { LogReader } from './log-reader.ts';
import { Pace } from './pace.ts';
import { ReadingRoom } from './reading-room.ts';
import { behind, type ChainFile, packingOf, sizeOf } from './rotation-chain.ts';
import { RotationPause } from './rotation-pause.ts';
import { wayOf, wayOfPlace } from './rotation-way.ts';
import { isSameFile } from './same-file.ts';
import { UnpackError } from './unpack.ts';
import { Waker } from './waker.ts';
import { Whereabouts } from './whereabouts.ts';
import { WhilePacked } from './while-packed.ts';

const CLOSE_MS = 2_000;

/** Follows one file through its rotations (logrotate(8)). What makes it sure is said at `takeBearings`. */
export class FileFollower implements Follower {
  readonly #options: FileFollowerOptions;
  readonly #reach: LogReach;
  readonly #path: string;
  readonly #change: ReturnType<LogReach['onChange']>;
  #reader: LogReader | null = null;
  /** Where to go on when nothing is open. */
  #resume: FilePlace | null = null;
  readonly #where: Whereabouts;
  #begun = false;
  /** What the reader gave first was compared with what was rotated in the meantime. */
  #inOrder = false;
  readonly #doubts = new Doubts();
  readonly #packing: WhilePacked;
  readonly #pause = new RotationPause();
  readonly #pace: Pace;
  readonly #status = new FileStatus();
  readonly #gaps: GapTeller;
  #moved = false;
  #unstored = false; // Where it began is stored even when there is nothing to read yet.
  #closed = false;
  readonly #waker = new Waker();
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: FileFollowerOptions) {
    this.#options = options;
    this.#reach = options.reach;
    this.#path = options.path;
    this.#packing = new WhilePacked(options.reach);
    this.#pace = new Pace(options.room ?? new ReadingRoom());
    const stored = filePosition.safeParse(options.position);
    this.#gaps = new GapTeller(stored.data ?? null);
    this.#where = new Whereabouts(this.#reach, this.#path, stored.data ?? null);
    if (stored.success) {
      this.#begun = true;
      this.#resume = stored.data.current;
    }
    this.#change = this.#reach.onChange(this.#path, () => this.#waker.wake());
  }

  next(): Promise<FollowedBatch | null> {
    const batch = this.#running.then(() => this.#next());
    this.#running = batch.catch(() => {});
    return batch;
  }

  status(): FollowerStatus {
    return this.#status.of(this.#reader);
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#change.stop();
      this.#pace.end();
      this.#waker.wake();
    }
    const ended = this.#running.then(async () => {
      await this.#reader?.close();
      await this.#where.before.close();
      this.#reader = null;
    });
    // A node that does not answer must not hold up whoever closes; what is open is closed when it has answered or not.
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
  }

  async #next(): Promise<FollowedBatch | null> {
    this.#pace.taken();
    while (!this.#closed) {
      await this.#pace.rest(this.#status);
      this.#waker.reset();
      const lines: FollowedLine[] = [];
      let more = false;
      try {
        more = await this.#step(lines);
        this.#pause.over();
      } catch (error) {
        if (!(error instanceof LogTrouble)) throw error;
        more = await this.#pause.after(error);
        if (!more) this.#status.say('waiting', error.message);
        if (!more && error instanceof RotatingNow) this.#pace.backOff.inVain();
      }
      if (more && lines.length === 0) this.#pace.backOff.inVain();
      this.#moved ||= (this.#unstored && !more) || this.#where.before.takeSettled();
      if (lines.length > 0 || this.#gaps.waiting || this.#moved) return this.#batch(lines);
      if (more || this.#closed) continue;
      this.#pace.idle(this.#reader);
      await this.#waker.wait(this.#change.pollMs());
    }
    return null;
  }

  #batch(lines: FollowedLine[]): FollowedBatch {
    if (this.#where.before.takeEndless()) this.#gaps.tell('rotated-away', null, GROWS_ON);
    const { gaps, state } = this.#gaps.take();
    this.#moved = false;
    this.#unstored = false;
    const position: FilePosition = {
      form: 'file-1',
      current: this.#reader?.place ?? this.#resume,
      ...this.#where.stored,
      ...state,
    };
    return { path: this.#path, lines, receivedAt: state.at, gaps, position };
  }

  /** @returns whether to go on at once */
  async #step(lines: FollowedLine[]): Promise<boolean> {
    // What was rotated before is only remembered, what is there is read from its beginning.
    if (!this.#begun) await this.#where.begin();
    this.#unstored ||= !this.#begun;
    this.#begun = true;
    await this.#pace.turn(this.#status);
    await this.#where.openUnsettled(this.#options);
    const reader = this.#reader;
    if (!reader) return this.#resume ? this.#find(this.#resume, lines) : this.#goOn(lines);
    if (!(await this.#pace.mayRead(reader))) return this.#makeRoom(reader);
    const pulled = await reader.pull();
    if (pulled.kind === 'bytes') await this.#pace.keep();
    switch (pulled.kind) {
      case 'bytes':
        if (!this.#inOrder && !(await this.#isNext(reader, true, lines))) return true;
        if (this.#inOrder && !(await this.#where.isStill(reader))) return this.#find(reader.place, lines);
        this.#inOrder = true;
        this.#gaps.goesOn();
        await reader.lookAgain();
        reader.take(pulled.bytes, lines);
        this.#pace.backOff.read();
        this.#status.say('live');
        return true;
      case 'end':
        return this.#atEnd(reader, lines);
      case 'damaged':
        await this.#tellDamaged(reader.file, pulled.detail, reader.place);
        return this.#leave(reader, true, lines);
      default:
        return this.#find(reader.place, lines);
    }
  }

  /** Opens what was written next after the file before. */
  async #goOn(lines: FollowedLine[]): Promise<boolean> {
    const { anchor, sure, rest, over, chain } = await this.#where.bearings(null);
    this.#doubts.waitForFile(anchor === 'lost');
    const next = rest[0];
    if (!next) {
      this.#status.sayWhy(await this.#reach.look(this.#path));
      return false;
    }
    this.#doubts.waitForCopy(over, chain);
    if (!(await this.#open(next, chain, lines))) return false;
    this.#gaps.begins(anchor, sure);
    return true;
  }

  async #open(next: ChainFile, chain: readonly ChainFile[], lines: FollowedLine[]): Promise<boolean> {
    const reader = await this.#openAt(next, null, behind(chain, next), lines);
    if (typeof reader === 'string') return reader === 'passed';
    if (next.rotated !== null) await this.#where.before.release();
    reader.way = wayOf(next, behind(chain, next));
    reader.skipHole = this.#gaps.lastWasCut;
    this.#reader = reader;
    this.#inOrder = false;
    return true;
  }

  /** @returns `not-there` when there is another file now, or none; `passed` when it cannot be unpacked, and it goes on behind it */
  async #openAt(
    file: ChainFile,
    place: FilePlace | null,
    ahead: readonly ChainFile[],
    lines: FollowedLine[],
  ): Promise<LogReader | 'not-there' | 'passed'> {
    try {
      const reader = await LogReader.open(this.#reach, file, packingOf(file), place, this.#options);
      if (typeof reader === 'string') return 'not-there';
      reader.live = file.rotated === null;
      reader.judgedBy = file;
      this.#status.ahead = sizeOf(ahead);
      this.#status.say('live');
      return reader;
    } catch (error) {
      if (!(error instanceof UnpackError)) throw error;
      await this.#passDamaged(file, error.message, lines);
      return 'passed';
    }
  }

  /** Finds the file of a place again, after a start or when what had been read is no longer where it was. */
  async #find(place: FilePlace, lines: FollowedLine[]): Promise<boolean> {
    const bearings = await this.#where.bearings(place);
    const { chain, current, sure, rest, over } = bearings;
    if (current && current.how !== 'shorter') {
      const way = sure
        ? wayOfPlace(place, current.file, current.how, chain)
        : wayOf(current.file, behind(chain, current.file));
      this.#doubts.waitForCopy(over, chain);
      if (!(await this.#reopen(current.file, { ...place, way }, rest, lines))) return false;
      this.#where.accept(bearings);
      this.#gaps.passOver(over, chain);
      if (!sure) this.#gaps.tell('rotated-away', null, LOOK_ALIKE);
      return true;
    }
    if (place.offset === 0) return this.#letGo(place, rest[0]);
    this.#doubts.waitForFile(!current);
    const copy = current ? await lastPlaceIn(this.#reach, current.file, place, this.#options) : null;
    if (!(await this.#where.before.drain(lines))) return true;
    await this.#where.before.settle(lines);
    const readTo = this.#reader?.readTo ?? place.offset;
    this.#reader?.finish(lines);
    await this.#drop();
    if (copy) this.#where.left(copy);
    const bytes = place.size > readTo ? place.size - readTo : null;
    const live = chain.findLast((file) => file.rotated === null);
    if (current || (live && isSameFile(live, place))) this.#gaps.cut(bytes, CUT_WITHOUT_COPY);
    else this.#gaps.tell('rotated-away', bytes, GONE_UNREAD);
    return true;
  }

  /** Of a file no line was complete: it is read from its beginning where it is now, as what comes next. */
  async #letGo(place: FilePlace, next: ChainFile | undefined): Promise<boolean> {
    const readTo = this.#reader?.readTo ?? 0;
    const cut = readTo > 0 && !(next && (await beginsLike(this.#reach, next, place, readTo)));
    this.#doubts.waitForFile(cut);
    if (cut) this.#gaps.cut(readTo, CUT_WITHOUT_COPY);
    await this.#drop();
    return true;
  }

  async #reopen(
    file: ChainFile,
    place: FilePlace,
    ahead: readonly ChainFile[],
    lines: FollowedLine[],
  ): Promise<boolean> {
    const reader = await this.#openAt(file, place, ahead, lines);
    if (typeof reader === 'string') return reader === 'passed';
    await this.#reader?.close();
    this.#reader = reader;
    this.#resume = null;
    this.#inOrder = true;
    return true;
  }

  /** Goes on behind a packed file that cannot be read on. */
  async #passDamaged(file: ChainFile, why: string, lines: FollowedLine[]): Promise<void> {
    const end = await endOf(this.#reach, file);
    await this.#tellDamaged(file, why, this.#reader?.place ?? this.#resume);
    await this.#where.before.settle(lines);
    await this.#drop();
    this.#where.left(end);
  }

  async #tellDamaged(file: SeenFile, why: string, place: FilePlace | null): Promise<void> {
    await this.#beginAgainFor(await this.#packing.stillPacked(file), place);
    this.#gaps.tell('damaged', null, `${file.name}, ${file.size} bytes packed: ${why}`);
  }

  /** @param packing the file is still being packed: then it is begun again at the place, and this is thrown */
  async #beginAgainFor(packing: RotatingNow | null, place: FilePlace | null): Promise<void> {
    if (packing === null) return;
    await this.#drop();
    this.#resume = place && { ...place, way: 'unknown' };
    throw packing;
  }

  /** Others need the memory: it is read on from the beginning of the line when it is its turn. */
  async #makeRoom(reader: LogReader): Promise<boolean> {
    const { place } = reader;
    await this.#drop();
    this.#resume = place;
    return true;
  }

  async #drop(): Promise<void> {
    await this.#reader?.close();
    this.#reader = null;
    this.#resume = null;
    this.#moved = true;
  }

  async #atEnd(reader: LogReader, lines: FollowedLine[]): Promise<boolean> {
    if (reader.packing !== 'none') {
      if (reader.way === 'copied')
        await this.#beginAgainFor(await this.#packing.judgeAgain(reader), reader.place);
      if (!this.#inOrder && !(await this.#isNext(reader, true, lines))) return true;
      return this.#leave(reader, true, lines);
    }
    await reader.look();
    const look = await this.#reach.look(this.#path);
    if (reader.readTo === 0 && !(await this.#isNext(reader, false, lines))) return true;
    if (look.kind === 'file' && isSameFile(look.file, reader.file)) {
      this.#status.ahead = 0;
      this.#status.say('live');
      this.#pace.backOff.atEnd(reader.missing);
      if (!this.#pace.mayStay(reader)) return this.#makeRoom(reader);
      return this.#where.before.read(lines);
    }
    if (look.kind !== 'file') this.#status.sayWhy(look);
    const { current, sure, over, chain, rest: unread } = await this.#where.bearings(reader.place);
    // Where no line of it was complete yet, it is itself what comes next.
    const itself = !current && unread[0] !== undefined && isSameFile(unread[0], reader.file);
    const rest = itself ? unread.slice(1) : unread;
    this.#doubts.waitForFile(!current && !itself && reader.readTo > 0);
    const next = rest[0];
    this.#status.ahead = sizeOf(rest);
    if (!next) return this.#where.before.read(lines);
    // What was written between the last read and the rotation stands before all that is in the next file.
    const again = await reader.pull();
    if (again.kind === 'bytes') {
      reader.take(again.bytes, lines);
      return true;
    }
    // It was copied and cut, or packed, in the meantime: what was written until then stands elsewhere.
    if (again.kind !== 'end') return this.#find(reader.place, lines);
    if (!(await this.#where.before.drain(lines))) return true;
    if (current) this.#doubts.waitForCopy(over, chain);
    if (current) this.#gaps.passOver(over, chain);
    if (current && !sure) this.#gaps.tell('rotated-away', null, LOOK_ALIKE);
    // It has all that was read, although the log's name is another file's now.
    if (reader.live && look.kind === 'file') reader.way = 'renamed';
    // The rest of a line may still come, as long as the writer was not told to open the new file.
    const { settleMs = SETTLE_MS } = this.#options;
    const settled = reader.way === 'copied' || next.rotated !== null || reader.splitter.waiting === 0;
    if (!settled && performance.now() - reader.grewAt < settleMs) return false;
    return this.#leave(reader, current !== null || itself, lines);
  }

  /** Ends a file that was read to its end. */
  async #leave(reader: LogReader, inChain: boolean, lines: FollowedLine[]): Promise<boolean> {
    await this.#where.before.settle(lines);
    reader.finish(lines);
    await reader.look();
    if (inChain) this.#gaps.pass(reader.way, reader.unread > 0 ? reader.unread : null);
    else this.#gaps.lost();
    this.#reader = null;
    this.#moved = true;
    reader.grewAt = performance.now();
    if (inChain) this.#where.passed(reader.place);
    this.#where.before.follow(reader, inChain);
    if (reader.packing !== 'none') await this.#where.before.settle(lines);
    return true;
  }

  /**
   * A file of which nothing was read yet may have been written, copied and cut, or renamed, all between two looks.
   * @param hasMore there is something in it now
   * @returns whether it is what comes next; else it is let go
   */
  async #isNext(reader: LogReader, hasMore: boolean, lines: FollowedLine[]): Promise<boolean> {
    const bearings = await this.#where.bearings(null);
    const { anchor, sure, over, chain } = bearings;
    const [next] = bearings.rest;
    if (next && isSameFile(next, reader.file)) {
      if (hasMore) {
        this.#doubts.waitForFile(anchor === 'lost');
        this.#doubts.waitForCopy(over, chain);
        this.#gaps.begins(anchor, sure);
        this.#gaps.passOver(over, chain);
        this.#where.begins(bearings, next);
      }
      return true;
    }
    this.#reader = null;
    const live = chain.at(-1);
    // Somebody who was not told of the rotation may still write to it.
    if (hasMore || (live && isSameFile(live, reader.file))) await reader.close();
    else {
      await this.#where.before.settle(lines);
      this.#where.before.follow(reader, true);
    }
    return false;
  }
}
