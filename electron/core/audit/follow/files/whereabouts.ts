import { type Bearings, takeBearings } from './bearings.ts';
import { FileBefore } from './file-before.ts';
import { endOf } from './file-ends.ts';
import type { FilePlace } from './file-place.ts';
import { type FilePosition, trailIn } from './file-position.ts';
import type { LogReach } from './log-reach.ts';
import type { LogReader, ReaderOptions } from './log-reader.ts';
import { Patience } from './patience.ts';
import { mayBeCommon } from './place-search.ts';
import { type ChainFile, isEmpty, listChain } from './rotation-chain.ts';
import { isSameFile } from './same-file.ts';
import { isSurely, passedAt, type Trail, type TrailFile, trailOf, withPassed, withRead } from './trail.ts';

/** Files that are remembered of what was rotated before a log was followed. */
const REMEMBERED_AT_FIRST = 3;

/** What a follower knows of the files before the one that it reads, and where it is in the chain by that. */
export class Whereabouts {
  readonly before: FileBefore;
  readonly #reach: LogReach;
  readonly #path: string;
  readonly #passing = new Patience('It is between two names, or being copied; looking again.');
  #trail: Trail;

  /** @param stored null: the log was never followed */
  constructor(reach: LogReach, path: string, stored: FilePosition | null) {
    this.#reach = reach;
    this.#path = path;
    this.before = new FileBefore(stored?.before ?? null);
    this.#trail = stored ? trailIn(stored) : [];
  }

  get #known(): Trail {
    return withRead(this.#trail, this.before.place);
  }

  /** What is stored of it with what was read. */
  get stored(): { before: FilePlace | null; trail: TrailFile[] } {
    return { before: this.before.place, trail: [...this.#known] };
  }

  /** Goes on watching the file before after a start. Throws `LogTrouble`. */
  openUnsettled(options: ReaderOptions): Promise<void> {
    return this.before.openUnsettled(this.#reach, this.#path, this.#known, options);
  }

  /** What was rotated before this log is followed is remembered, and not read. */
  async begin(): Promise<void> {
    const chain = await listChain(this.#reach, this.#path);
    const rotated = chain.filter((file) => file.rotated !== null && !file.copyOfLive);
    for (const file of rotated.slice(-REMEMBERED_AT_FIRST)) {
      const end = await endOf(this.#reach, file);
      this.#trail = withPassed(this.#trail, passedAt(end));
      if (!isEmpty(file)) this.before.place = end;
    }
  }

  /** Finds out where a place is now. Throws `LogTrouble`. */
  async bearings(current: FilePlace | null): Promise<Bearings> {
    const bearings = await this.#take(current);
    this.#passing.waitWhile(this.#isPassing(bearings));
    if (bearings.sure) this.#trail = bearings.trail;
    return bearings;
  }

  async #take(current: FilePlace | null): Promise<Bearings> {
    const chain = await listChain(this.#reach, this.#path);
    return takeBearings(this.#reach, chain, this.#known, current);
  }

  /**
   * What is seen only while a rotation goes on: without a file that is written to, any inode may have been that; a copy was short when it
   * was listed, and is whole now; and one that is empty yet looks like a generation without content.
   */
  #isPassing({ chain, current }: Bearings): boolean {
    const live = chain.at(-1);
    const newest = chain.at(-2);
    if (current?.how === 'shorter') return true;
    if (current?.how === 'content' && live?.rotated !== null) return true;
    if (current === null || current.file !== live || !newest || !isEmpty(newest)) return false;
    return !this.#known.some((known) => isSurely(newest, known));
  }

  /** Whether a file is still the one of which little was read, as others may begin too: it may have been copied, cut and written. */
  async isStill(reader: LogReader): Promise<boolean> {
    if (!reader.live || !mayBeCommon(reader.place)) return true;
    // Not taken as the trail: a copy of this very file that is empty yet would be remembered as a generation before it.
    const { current } = await this.#take(reader.place);
    // One that was removed or renamed to another name can be read on as long as it is open.
    return current === null || isSameFile(current.file, reader.file);
  }

  /** It goes on where these bearings say, certain or not. */
  accept({ trail }: Bearings): void {
    this.#trail = trail;
  }

  /** It goes on in a file that was not begun; whatever stands before that is passed. */
  begins({ chain, anchorFile }: Bearings, next: ChainFile): void {
    const last = anchorFile ? chain.indexOf(anchorFile) : null;
    this.#trail = trailOf(chain.slice(0, chain.indexOf(next)), this.#trail, last);
  }

  /** A file of the chain is not read on, and nothing of it is watched. */
  left(place: FilePlace): void {
    this.before.place = place;
    this.passed(place);
  }

  /** A file of the chain was read to its end. */
  passed(place: FilePlace): void {
    this.#trail = withPassed(this.#trail, passedAt(place));
  }
}
