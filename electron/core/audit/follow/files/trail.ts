import { z } from 'zod';
import { type FilePlace, mark, markOf } from './file-place.ts';
import { type ChainFile, packingOf } from './rotation-chain.ts';
import { isSameFile } from './same-file.ts';

/** Rotated files that are remembered at most. */
const MOST_REMEMBERED = 8;
/** Bytes by which most packed files are seen to be another one before they are unpacked any further. */
const HEAD_KEPT = 48;

/** A rotated file that has been read, or that was there before this log was followed. Numbers are as they were seen last. */
export const trailFile = z.object({
  device: z.string().regex(/^\d{1,20}$/),
  inode: z.string().regex(/^\d{1,20}$/),
  bornAt: z.int(),
  modifiedAt: z.int(),
  packed: z.boolean(),
  /** Unpacked bytes, the first ones in base64, and the mark of the last ones; null where it was never read. */
  content: z
    .object({
      bytes: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
      head: z.base64().max(4 * Math.ceil(HEAD_KEPT / 3)),
      tail: mark,
    })
    .nullable(),
});
export type TrailFile = z.infer<typeof trailFile>;

/**
 * The rotated files right before the one that is read, without one left out, the newest last. A rotation renames and packs them and
 * removes the oldest, and never changes their order: wherever one of them is surely found, the others and what comes after them
 * can be counted off, whatever they contain.
 */
export type Trail = readonly TrailFile[];
export const trail = z.array(trailFile).max(MOST_REMEMBERED);

/** @returns the trail with what is needed of it: a packed file stays the file that it is, so nothing older has to be remembered */
function needed(files: readonly TrailFile[]): Trail {
  const packed = files.findLastIndex((file) => file.packed);
  return files.slice(Math.max(0, packed, files.length - MOST_REMEMBERED));
}

/** @returns a file that was read up to a place, as one of a trail */
export function passedAt(place: FilePlace): TrailFile {
  const { device, inode, bornAt, modifiedAt, packed, offset, size } = place;
  const content = offset === 0 && size > 0 ? null : contentOf(place);
  return { device, inode, bornAt, modifiedAt, packed, content };
}

function contentOf({ head, offset, tail }: FilePlace): NonNullable<TrailFile['content']> {
  const kept = Buffer.from(head, 'base64').subarray(0, Math.min(HEAD_KEPT, offset));
  return { bytes: offset, head: kept.toString('base64'), tail };
}

/** @returns the trail with one more file at its end */
export function withPassed(files: Trail, file: TrailFile): Trail {
  return needed([...files.filter((one) => !isSameFile(one, file)), file]);
}

/** @returns the trail with what was read of its file meanwhile, when that is in it */
export function withRead(files: Trail, place: FilePlace | null): Trail {
  if (!place || place.offset === 0) return files;
  return files.map((file) => {
    if (!isSameFile(file, place) || (file.content?.bytes ?? 0) >= place.offset) return file;
    return { ...file, modifiedAt: place.modifiedAt, content: contentOf(place) };
  });
}

/**
 * The trail as its files are on the disk now.
 * @param files what stands in the chain before the file that is read next
 * @param last where the newest of the old trail is among them
 */
export function trailOf(files: readonly ChainFile[], old: Trail, last: number | null): Trail {
  const now = files.map((file, index): TrailFile => {
    const { device, inode, bornAt, size } = file;
    const known = last === null ? undefined : old[old.length - 1 - (last - index)];
    const packed = packingOf(file) !== 'none';
    const empty = size === 0 ? NOTHING : null;
    const content = (index <= (last ?? -1) ? known?.content : undefined) ?? empty;
    return { device, inode, bornAt, modifiedAt: Math.trunc(file.modifiedAt), packed, content };
  });
  // What was removed stays known as the one before: without it, a chain that begins later would look like one that begins here.
  return now.length > 0 ? needed(now) : old.slice(-1);
}

const NOTHING = { bytes: 0, head: '', tail: markOf(Buffer.alloc(0)) };

/** @returns whether this is that file, whatever is in it: a rotated file is never written anew, and packed only once */
export function isSurely(file: ChainFile, known: TrailFile): boolean {
  if (file.rotated === null || (packingOf(file) !== 'none') !== known.packed) return false;
  if (!isSameFile(file, known)) return false;
  // Where the file system does not say when it was made, an inode that was used again shows by its time of change.
  return file.bornAt !== 0 && known.bornAt !== 0 ? true : Math.trunc(file.modifiedAt) === known.modifiedAt;
}

/** @returns whether this may be that file, as far as can be said without its content */
export function mayBe(file: ChainFile, known: TrailFile): boolean {
  if (file.rotated === null) return false;
  const packed = packingOf(file) !== 'none';
  return packed === known.packed ? isSameFile(file, known) : packed;
}
