import { beginsAs, type FilePlace, lengthOfHead, type Mark } from './file-place.ts';
import { type LogReach, LogTrouble, RotatingNow } from './log-reach.ts';
import { LogReader } from './log-reader.ts';
import { type ChainFile, headOf, MOVED, packingOf } from './rotation-chain.ts';
import { isSameFile } from './same-file.ts';
import { UnpackError } from './unpack.ts';

/** How a file compares with a place. `whole`: it ends there, if that was asked for. `shorter`: it ends before. */
export type Match = 'whole' | 'content' | 'shorter' | 'other';

/**
 * @param ends whether the file ends at the place is asked for as well
 * @returns whether a file holds what was read up to a place; throws `RotatingNow` when it moves meanwhile
 */
export async function matchOf(
  reach: LogReach,
  file: ChainFile,
  place: FilePlace,
  ends = false,
): Promise<Match> {
  // What is packed in a way that is not read here can be known by its time of change only.
  if (packingOf(file) === 'other') return hasTimeOf(file, place) ? 'content' : 'other';
  try {
    if (packingOf(file) !== 'none' && lengthOfHead(place.head) > 0) {
      const head = await headOf(reach, file, lengthOfHead(place.head));
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
    const same = isSameFile(file, place);
    if (error instanceof LogTrouble && !same && !(error instanceof RotatingNow)) return 'other';
    throw error;
  }
}

/** @returns whether a file was changed last when a place was; packing and renaming keep that time */
export function hasTimeOf(file: ChainFile, { modifiedAt }: { modifiedAt: number }): boolean {
  const at = Math.trunc(file.modifiedAt);
  // Some packers keep seconds only.
  return at === modifiedAt || (at % 1_000 === 0 && at === modifiedAt - (modifiedAt % 1_000));
}

/** @returns a place behind content of which only the length and both ends are known */
export function placeBehind(
  identity: Pick<FilePlace, 'device' | 'inode' | 'bornAt' | 'modifiedAt' | 'packed'>,
  content: { bytes: number; head: string; tail: Mark },
): FilePlace {
  const { device, inode, bornAt, modifiedAt, packed } = identity;
  const { bytes, head, tail } = content;
  const rest = { offset: bytes, size: bytes, live: false, way: 'unknown', settled: true } as const;
  return { device, inode, bornAt, modifiedAt, packed, head, tail, ...rest };
}
