import { beginsAs, type FilePlace, HEAD_BYTES, lengthOfHead, markOf, TAIL_BYTES } from './file-place.ts';
import { type LogReach, LogTrouble, RotatingNow } from './log-reach.ts';
import { LogReader, type ReaderOptions } from './log-reader.ts';
import { behind, type ChainFile, headOf, isEmpty, MOVED, packingOf } from './rotation-chain.ts';
import { isSameFile } from './same-file.ts';
import { UnpackError } from './unpack.ts';

/**
 * Where a follower is in a chain, and what it has not read.
 *
 * A log is a sequence of generations: what was written between two rotations. The chain shows the newest of them, each once and
 * in order. A position names two: `before`, which was read to its end, and `current`, which came next and was read up to an
 * offset. What makes it sure:
 *
 * 1. `before` is always a rotated file. A rotated file is renamed, packed or removed, and never written anew, so its inode with
 *    its time of birth names it; only packing gives it another inode, and then its content is compared to the last byte.
 * 2. An inode alone never names `current`: after a copy and a cut it holds the next generation. It must hold what was read, too.
 * 3. `current` came right after `before`: that was seen. So it is looked for only behind `before`, and the first file there that
 *    begins with what was read is it. A later one that begins alike is a later generation.
 * 4. What is behind `current` is unread, all of it, in the order of the chain. Nothing else is.
 * 5. Of what was not begun, nothing is `current`: it is what comes first behind `before`, whatever inode was opened.
 * 6. When `before` is not there any more, `current` is looked for in all files. Where several begin with what was read, inode and
 *    time of change decide; where these do not, it goes on in the newest, so that nothing is read twice, and that is told as a gap.
 * 7. Where the file of `current` is there and does not hold what was read, it was cut: it has a later generation, and so has
 *    every file behind it. `current` can stand before it only.
 * 8. When neither is there, files were removed, which is told as a gap; what was changed after the last look is read.
 */
export interface Bearings {
  chain: readonly ChainFile[];
  /** `none`: nothing was rotated before this log was followed. */
  anchor: 'none' | 'found' | 'lost';
  /** The file of `before`. */
  anchorFile: ChainFile | null;
  /** False: several files could be it, and the newest was taken. */
  sure: boolean;
  /** The file of `current`. `shorter`: a copy that ends before the offset. */
  current: { file: ChainFile; how: 'same' | 'content' | 'shorter' } | null;
  /** Files without content between `before` and what is read next. */
  empty: readonly ChainFile[];
  /** What was not read, behind `current`; where there is none, behind `before`. */
  rest: readonly ChainFile[];
}

/**
 * Finds out where a position is in a chain.
 * @param current null, or one of which nothing was read: what is unread begins behind `before`
 */
export async function takeBearings(
  reach: LogReach,
  chain: readonly ChainFile[],
  before: FilePlace | null,
  current: FilePlace | null,
): Promise<Bearings> {
  const anchors = before ? await anchorsOf(reach, chain, before) : [];
  const anchor = before === null ? 'none' : anchors.length > 0 ? 'found' : 'lost';
  const last = anchors.at(-1);
  const from = last === undefined ? 0 : last + 1;
  const base = { chain, anchor, anchorFile: last === undefined ? null : (chain[last] ?? null) } as const;
  if (current === null || current.offset === 0) {
    const files =
      anchor === 'lost' && before
        ? chain.filter(({ rotated, modifiedAt }) => rotated === null || modifiedAt >= before.modifiedAt)
        : chain.slice(from);
    const next = files.findIndex((file) => !file.copyOfLive && (file.rotated === null || !isEmpty(file)));
    const empty = files.slice(0, next === -1 ? undefined : next).filter(isEmpty);
    const rest = next === -1 ? [] : unread(files.slice(next));
    return { ...base, sure: anchors.length <= 1, current: null, empty, rest };
  }
  const sureOfAnchor = anchor === 'none' || anchors.length === 1;
  const files = sureOfAnchor ? chain.slice(from) : chain;
  const found = await currentOf(reach, files, current, sureOfAnchor);
  if (found === null) {
    return { ...base, sure: anchors.length <= 1, current: null, empty: [], rest: unread(chain.slice(from)) };
  }
  const rest = unread(behind(chain, found.file));
  return { ...base, sure: found.sure, current: found, empty: [], rest };
}

/** A file that has no content is passed by, unless it is the one that is written to. */
function unread(files: readonly ChainFile[]): ChainFile[] {
  return files.filter((file) => !file.copyOfLive && (file.rotated === null || !isEmpty(file)));
}

/** @returns the indices of the files that can be the one of a place that was read to its end; the oldest first */
async function anchorsOf(reach: LogReach, chain: readonly ChainFile[], place: FilePlace): Promise<number[]> {
  const rotated = [...chain.entries()].filter(([, file]) => file.rotated !== null);
  const same = rotated.find(([, file]) => file.bornAt !== 0 && place.bornAt !== 0 && isSameFile(file, place));
  if (same) return [same[0]];
  if (lengthOfHead(place.head) === 0) return [];
  const whole: number[] = [];
  const longer: number[] = [];
  for (const [index, file] of rotated) {
    // Without packing it would be the same inode.
    if (packingOf(file) === 'none' && isAnother(file, place)) continue;
    const match = await matchOf(reach, file, place, true);
    if (match === 'whole') whole.push(index);
    else if (match === 'content') longer.push(index);
  }
  return byTimeOfChange(chain, whole.length > 0 ? whole : longer, place);
}

/** Packing and renaming keep the time of change: where just one file of several has it, that is the one. */
function byTimeOfChange(chain: readonly ChainFile[], found: number[], place: FilePlace): number[] {
  if (found.length <= 1) return found;
  const same = found.filter((index) => hasTimeOf(chain[index], place));
  return same.length === 1 ? same : found;
}

function hasTimeOf(file: ChainFile | undefined, { modifiedAt }: FilePlace): boolean {
  if (!file) return false;
  const at = Math.trunc(file.modifiedAt);
  // Some packers keep seconds only.
  return at === modifiedAt || (at % 1_000 === 0 && at === modifiedAt - (modifiedAt % 1_000));
}

interface FoundCurrent {
  file: ChainFile;
  how: 'same' | 'content' | 'shorter';
  sure: boolean;
}

/** @param first the first that agrees is it */
async function currentOf(
  reach: LogReach,
  files: readonly ChainFile[],
  place: FilePlace,
  first: boolean,
): Promise<FoundCurrent | null> {
  const agreeing: number[] = [];
  let shorter: ChainFile | null = null;
  const howOf = (file: ChainFile) => (isSameFile(file, place) ? 'same' : 'content');
  for (const [index, file] of files.entries()) {
    if (file.copyOfLive) continue;
    // What was read under another name is not written to any more, and what is has another file.
    if (file.rotated === null && !place.live && isAnother(file, place)) continue;
    const same = file.bornAt !== 0 && place.bornAt !== 0 && isSameFile(file, place);
    const match = isEmpty(file) && file.rotated !== null ? 'other' : await matchOf(reach, file, place);
    if (same && match !== 'content') break;
    // What is not there any more leaves the order open, and nothing may be read twice.
    if (match === 'shorter' && file.rotated !== null) shorter = first ? (shorter ?? file) : file;
    if (match !== 'content') continue;
    if (first && !isOlder(file, place)) return { file, how: howOf(file), sure: true };
    agreeing.push(index);
  }
  const take = (index: number | undefined, sure: boolean): FoundCurrent | null => {
    const file = index === undefined ? undefined : files[index];
    return file ? { file, how: howOf(file), sure } : null;
  };
  if (agreeing.length === 0) return shorter ? { file: shorter, how: 'shorter', sure: true } : null;
  if (agreeing.length === 1 || first) return take(agreeing[0], true);
  const ofInode = agreeing.find((index) => {
    const file = files[index];
    return file?.rotated && file.bornAt !== 0 && isSameFile(file, place);
  });
  if (ofInode !== undefined) return take(ofInode, true);
  const ofTime = byTimeOfChange(files, agreeing, place);
  return ofTime.length === 1 ? take(ofTime[0], true) : take(agreeing.at(-1), false);
}

/** Whether it surely is another file, whatever is in it. */
function isAnother(file: ChainFile, place: FilePlace): boolean {
  return file.bornAt !== 0 && place.bornAt !== 0 && !isSameFile(file, place);
}

/** Whatever holds the content of a file that was written to, and is not that file, was made after it. */
function isOlder(file: ChainFile, { live, bornAt }: FilePlace): boolean {
  return live && file.bornAt !== 0 && bornAt !== 0 && file.bornAt < bornAt;
}

/** `whole`: it ends where the place is, if that was asked for. `shorter`: it ends before. */
type Match = 'whole' | 'content' | 'shorter' | 'other';

async function matchOf(reach: LogReach, file: ChainFile, place: FilePlace, ends = false): Promise<Match> {
  // What is packed in a way that is not read here can be known by its time of change only.
  if (packingOf(file) === 'other') return hasTimeOf(file, place) ? 'content' : 'other';
  const same = isSameFile(file, place);
  try {
    if (packingOf(file) !== 'none') {
      const head = await headOf(reach, file, Math.max(1, lengthOfHead(place.head)));
      if (head === null || !beginsAs(head, place.head)) return 'other';
    }
    const reader = await LogReader.open(reach, file, packingOf(file), place);
    if (reader === 'gone') throw new RotatingNow(MOVED);
    if (typeof reader === 'string') return reader;
    try {
      return ends && (await reader.pull()).kind === 'end' ? 'whole' : 'content';
    } finally {
      await reader.close();
    }
  } catch (error) {
    // It begins as it should and cannot be unpacked further: reading it will say so.
    if (error instanceof UnpackError) return 'content';
    // A file of the right inode that cannot be read is waited for; of the others, one that can be read may be the right one.
    if (error instanceof LogTrouble && !same && !(error instanceof RotatingNow)) return 'other';
    throw error;
  }
}

/**
 * The place behind all that a rotated file has, by which it is known again even when it is packed later. A packed one is not
 * unpacked for that: it stays the file that it is.
 */
export async function endOf(reach: LogReach, file: ChainFile): Promise<FilePlace> {
  const head = (await headOf(reach, file, HEAD_BYTES)) ?? Buffer.alloc(0);
  const { device, inode, bornAt, size, modifiedAt } = file;
  const tail = packingOf(file) === 'none' ? await tailOf(reach, file) : Buffer.alloc(0);
  return {
    device,
    inode,
    bornAt,
    head: head.toString('base64'),
    tail: markOf(tail),
    offset: tail.length === 0 ? 0 : size,
    size,
    modifiedAt: Math.trunc(modifiedAt),
    live: false,
    way: 'unknown',
    settled: true,
  };
}

async function tailOf(reach: LogReach, file: ChainFile): Promise<Buffer> {
  const log = await reach.open(file).catch(() => null);
  if (log === null) return Buffer.alloc(0);
  try {
    const length = Math.min(file.size, TAIL_BYTES);
    const tail = await log.read(file.size - length, length);
    return tail?.length === length ? Buffer.from(tail) : Buffer.alloc(0);
  } finally {
    await log.close();
  }
}

/** Reads a copy that ends before what was read of its original, to its end. @returns its own place there; throws `LogTrouble` */
export async function lastPlaceIn(
  reach: LogReach,
  file: ChainFile,
  original: FilePlace,
  options: ReaderOptions,
): Promise<FilePlace> {
  const reader = await LogReader.open(reach, file, packingOf(file), null, options);
  if (typeof reader === 'string') throw new RotatingNow(MOVED);
  try {
    for (;;) {
      const pulled = await reader.pull();
      if (pulled.kind === 'gone' || pulled.kind === 'cut') throw new RotatingNow(MOVED);
      if (pulled.kind !== 'bytes') break;
      reader.take(pulled.bytes, []);
    }
    reader.finish([]);
    reader.settled = true;
    const { place } = reader;
    if (!beginsAs(Buffer.from(place.head, 'base64'), original.head)) throw new RotatingNow(MOVED);
    return place;
  } finally {
    await reader.close();
  }
}

/** @returns whether a file begins with the first bytes that were seen of another, at most as many as its head has */
export async function beginsLike(
  reach: LogReach,
  file: ChainFile,
  place: FilePlace,
  bytes: number,
): Promise<boolean> {
  const seen = Buffer.from(place.head, 'base64').subarray(0, bytes);
  const head = await headOf(reach, file, seen.length);
  return head?.equals(seen) ?? false;
}
