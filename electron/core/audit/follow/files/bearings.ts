import type { FilePlace } from './file-place.ts';
import type { LogReach } from './log-reach.ts';
import { PlaceSearch } from './place-search.ts';
import { type ChainFile, isEmpty } from './rotation-chain.ts';
import { isSameFile } from './same-file.ts';
import { type Trail, trailOf } from './trail.ts';

export interface Bearings {
  /** Without what is copied at this moment. */
  chain: readonly ChainFile[];
  /** `none`: nothing was rotated before this log was followed. */
  anchor: 'none' | 'found' | 'lost';
  /** The newest file of the trail. */
  anchorFile: ChainFile | null;
  /** False: that nothing was removed or taken for another is not certain. */
  sure: boolean;
  /** The file of `current`. `shorter`: a copy that ends before the offset. */
  current: { file: ChainFile; how: 'same' | 'content' | 'shorter' } | null;
  /** Files between the trail and what is read next that are passed by. */
  over: readonly ChainFile[];
  /** What was not read, behind `current`; where there is none, behind the trail. */
  rest: readonly ChainFile[];
  /** The trail as it is on the disk now; that of before where it is not found. */
  trail: Trail;
}

/**
 * Finds out where a position is in a chain, and with it what was not read.
 *
 * A log is a sequence of generations: what was written between two rotations. The chain shows the newest of them, each once and in
 * order; the oldest are removed. A position knows the generations up to one, `current`, which was read up to an offset. So there is
 * one question, how many came after it, and every number is held against what rotations can do:
 *
 * 1. A rotated file is renamed, packed once or removed, and never written anew. Its inode with its time of birth names it, until it is
 *    packed. Where one of the trail is found so, all others are counted off from it.
 * 2. The inode that is written to goes on with the next generation after a copy and a cut, and not after a renaming; times of birth
 *    say which it was (`story.ts`).
 * 3. `current` holds what was read of it. An inode alone never names it.
 * 4. Of several numbers that are left, the content of the newest file of the trail decides, and then times of change, which packing keeps.
 *    What is no longer than a beginning that several may have is proof of nothing without its time.
 * 5. That everything was removed is always possible when nothing of the trail is there. What was read may then be just what
 *    every generation begins with, and a file that begins so is `current` or a later one: that cannot be told, and is a gap. So it
 *    is when several numbers are left; the smallest is taken then, so that nothing is read twice.
 *
 * @param current null, or one of which nothing was handed over: what is unread begins behind the trail
 * @returns throws `LogTrouble`
 */
export async function takeBearings(
  reach: LogReach,
  listed: readonly ChainFile[],
  trail: Trail,
  current: FilePlace | null,
): Promise<Bearings> {
  const search = new PlaceSearch(reach, listed, trail);
  const anchor = await search.anchor();
  const begun = current !== null && current.offset > 0;
  const found = begun ? await search.current(current, anchor) : null;
  const { chain } = search;
  const base = {
    chain,
    anchor: anchor.kind,
    anchorFile: anchor.last === null ? null : (chain[anchor.last] ?? null),
  } as const;
  if (found) {
    const file = chain[found.index] as ChainFile;
    const how = found.shorter ? 'shorter' : isSameFile(file, current as FilePlace) ? 'same' : 'content';
    return {
      ...base,
      sure: found.sure,
      current: { file, how },
      over: anchor.last !== null && anchor.sure ? chain.slice(anchor.last + 1, found.index) : [],
      rest: unread(chain.slice(found.index + 1)),
      trail: trailOf(chain.slice(0, found.index), trail, anchor.sure ? anchor.last : null),
    };
  }
  const files = chain.slice(anchor.next);
  const next = files.findIndex((file) => file.rotated === null || !isEmpty(file));
  return {
    ...base,
    sure: anchor.sure,
    current: null,
    over: files.slice(0, next === -1 ? undefined : next).filter(isEmpty),
    rest: next === -1 ? [] : unread(files.slice(next)),
    trail: anchor.last === null ? trail : trailOf(chain.slice(0, anchor.last + 1), trail, anchor.last),
  };
}

/** A file that has no content is passed by, unless it is the one that is written to. */
function unread(files: readonly ChainFile[]): ChainFile[] {
  return files.filter((file) => file.rotated === null || !isEmpty(file));
}
