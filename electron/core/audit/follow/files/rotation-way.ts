import type { FilePlace, Way } from './file-place.ts';
import { behind, type ChainFile, CLOCK_GRAIN_MS, packingOf } from './rotation-chain.ts';
import { isSameFile } from './same-file.ts';

/**
 * How a rotated file came to be, from times of birth (statx(2)). Renaming gives the next generation a new inode; copying and cutting
 * lets it have the old one, and the copy a new one. So a plain rotated file that was born after the inode of a later generation is
 * a copy, and one that was born before that of the very next generation was renamed. A packed file has an inode of its own, and
 * only its time of change is left, which packing keeps (gzip(1), zstd(1)).
 * @param later what is behind it in the chain, in order
 */
export function wayOf(file: ChainFile, later: readonly ChainFile[]): Way {
  const plain = packingOf(file) === 'none';
  const at = plain ? file.bornAt : file.modifiedAt;
  const grain = plain ? 0 : CLOCK_GRAIN_MS;
  if (file.rotated === null || at === 0) return 'unknown';
  for (const other of later) {
    if (packingOf(other) !== 'none' || other.bornAt === 0) continue;
    if (other.bornAt + grain < at) return 'copied';
  }
  const [next, ...rest] = later.filter(({ copyOfLive }) => !copyOfLive);
  if (!next || packingOf(next) !== 'none' || next.bornAt <= at + grain) return 'unknown';
  // A copy was born later than the generation that it is of, so it says nothing of the one before.
  return next.rotated === null || wayOf(next, rest) === 'renamed' ? 'renamed' : 'unknown';
}

/**
 * How the file of a place came to be rotated, when it was found again.
 * @param how `same`: its inode and its content are still together
 */
export function wayOfPlace(
  place: FilePlace,
  file: ChainFile,
  how: 'same' | 'content',
  chain: readonly ChainFile[],
): Way {
  if (file.rotated === null) return 'unknown';
  if (place.way !== 'unknown') return place.way;
  if (place.live && how === 'same') return 'renamed';
  if (place.live && how === 'content') {
    // Its inode is there with another content, or its content with another inode.
    const emptied = chain.some((other) => other !== file && place.bornAt !== 0 && isSameFile(other, place));
    if (emptied || packingOf(file) === 'none') return 'copied';
  }
  const later = behind(chain, file);
  // Had it been cut, its inode would be the live one, or a rotated one that is not packed.
  const isElsewhere = later.every((other) => packingOf(other) === 'none' && !isSameFile(other, place));
  if (place.live && isElsewhere && later.at(-1)?.rotated === null) return 'renamed';
  return wayOf(file, later);
}
