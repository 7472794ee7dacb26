import { basename } from 'node:path';
import { beginsAs, type FilePlace, HEAD_BYTES, lengthOfHead, markOf } from './file-place.ts';
import { type LogReach, LogTrouble, RotatingNow, type SeenFile } from './log-reach.ts';
import { LogReader } from './log-reader.ts';
import { inOrder, type Packing, type RotatedName, rotatedName } from './rotated-names.ts';
import { UnpackError } from './unpack.ts';

/** A file of a log: rotated, or the one that is written to (`rotated` is null). */
export interface ChainFile extends SeenFile {
  rotated: RotatedName | null;
}

/** @returns how the content is packed */
export function packingOf(file: ChainFile): Packing {
  return file.rotated?.packing ?? 'none';
}

type Identity = Pick<SeenFile, 'device' | 'inode' | 'bornAt'>;

/** @returns whether both have one inode, and not one that was used again; content is another question */
export function isSameFile(one: Identity, other: Identity): boolean {
  if (one.device !== other.device || one.inode !== other.inode) return false;
  return one.bornAt === other.bornAt || one.bornAt === 0 || other.bornAt === 0;
}

/**
 * Whether a rotated file is a copy that was made before its original was cut: the one that was written to next was there already
 * when the rotated one was written last. Packing keeps the time of change (gzip(1), zstd(1)), and makes a new inode.
 * @param files the file itself, and those behind it in order
 * @param otherwise the answer for a rotated file where the file system does not tell times of birth
 */
export function isCopy(file: ChainFile, files: readonly ChainFile[], otherwise: boolean): boolean {
  if (file.rotated === null) return false;
  if (files.every(({ bornAt }) => bornAt === 0)) return otherwise;
  return files.some((next) => {
    if (next === file || packingOf(next) !== 'none' || next.bornAt === 0) return false;
    return next.bornAt + CLOCK_GRAIN_MS < file.modifiedAt;
  });
}

/** Times of one file system come from clocks of different grain (multigrain timestamps), up to a tick apart. */
const CLOCK_GRAIN_MS = 50;
const MOVED = 'It is being rotated at this moment; looking again.';
const LISTINGS = 6;
const BETWEEN_MS = 15;

/**
 * Lists all files of a log in the order in which they were written: rotated ones, the oldest first, then the one that is written
 * to. A rotation renames one file after the other, so it is listed until two listings are equal.
 * @param path of the file that is written to
 */
export async function listChain(reach: LogReach, path: string): Promise<ChainFile[]> {
  let before = '';
  for (let count = 1; ; count += 1) {
    const chain = await listOnce(reach, path);
    const signature = chain.map(({ name, device, inode }) => `${device}:${inode}:${name}`).join('\n');
    if (signature === before) return withoutCopyOfLive(reach, chain);
    if (count >= LISTINGS) throw new RotatingNow(MOVED);
    before = signature;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
}

async function listOnce(reach: LogReach, path: string): Promise<ChainFile[]> {
  const look = await reach.look(path, true);
  const live = look.kind === 'file' ? look.file : null;
  const folder = live?.folder ?? path.slice(0, Math.max(path.lastIndexOf('/'), 1));
  const base = live?.name ?? basename(path);
  const files = (await reach.rotated(folder, base)).flatMap((file) => {
    const rotated = rotatedName(base, file.name);
    return rotated && !(live && isSameFile(live, file)) ? [{ ...file, rotated }] : [];
  });
  return live ? [...inOrder(files), { ...live, rotated: null }] : inOrder(files);
}

/**
 * A rotation by copying has, for a moment, the copy and the file with the same content: the copy is left out then, or its
 * content would be read twice.
 */
async function withoutCopyOfLive(reach: LogReach, chain: ChainFile[]): Promise<ChainFile[]> {
  const live = chain.at(-1);
  const newest = chain.at(-2);
  if (!live || !newest || live.rotated || packingOf(newest) !== 'none') return chain;
  if (live.size === 0 || newest.size === 0 || newest.size > live.size) return chain;
  const length = Math.min(HEAD_BYTES, newest.size);
  const [one, other] = [await headOf(reach, live, length), await headOf(reach, newest, length)];
  return one !== null && other !== null && one.length === length && one.equals(other)
    ? [...chain.slice(0, -2), live]
    : chain;
}

/** @returns the first bytes of the unpacked content; null when the file cannot be read (any more) */
async function headOf(reach: LogReach, file: ChainFile, length: number): Promise<Buffer | null> {
  try {
    const reader = await LogReader.open(reach, file, packingOf(file), null);
    if (reader === 'gone') throw new RotatingNow(MOVED);
    if (typeof reader === 'string') return null;
    try {
      let head: Buffer = Buffer.alloc(0);
      while (head.length < length) {
        const pulled = await reader.pull();
        if (pulled.kind !== 'bytes') break;
        reader.take(pulled.bytes, []);
        head = Buffer.concat([head, pulled.bytes.subarray(0, length - head.length)]);
      }
      return head.subarray(0, length);
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (error instanceof RotatingNow) throw error;
    if (error instanceof LogTrouble || error instanceof UnpackError) return null;
    throw error;
  }
}

/** Where a place was found. `shorter`: a copy of the file that ends before the place. */
export interface FoundPlace {
  index: number;
  how: 'same' | 'content' | 'shorter';
}

/**
 * Finds the file of a place again: by device, inode and content, else by content alone, as a rotation that copies or packs leaves it.
 * @param place with a head: an empty file has nothing to be found by but its inode
 */
export async function findPlace(
  reach: LogReach,
  chain: readonly ChainFile[],
  place: FilePlace,
): Promise<FoundPlace | null> {
  const sameInode = chain.findIndex((file) => isSameFile(file, place));
  const inode = chain[sameInode];
  if (inode && (await matchOf(reach, inode, place, true)) === 'content') {
    return { index: sameInode, how: 'same' };
  }
  const length = lengthOfHead(place.head);
  if (length === 0) return null;
  const live = chain.at(-1);
  if (live && live.rotated === null && live !== inode && (await matchOf(reach, live, place)) === 'content') {
    // Device numbers change with a restart of the machine, and inodes when somebody edits a log.
    return { index: chain.length - 1, how: 'same' };
  }
  const heads: number[] = [];
  for (let index = chain.length - 1; index >= 0; index -= 1) {
    const file = chain[index];
    if (!file || file.rotated === null || index === sameInode) continue;
    const head = await headOf(reach, file, length);
    if (head !== null && beginsAs(head, place.head)) heads.push(index);
  }
  const matches: FoundPlace[] = [];
  for (const index of heads) {
    const file = chain[index];
    const how = file ? await matchOf(reach, file, place) : 'other';
    if (how !== 'other') matches.push({ index, how });
  }
  const whole = matches.filter(({ how }) => how === 'content');
  const best = whole.length > 0 ? whole : matches;
  if (best.length <= 1) return best[0] ?? null;
  // Several begin alike and go on alike: the one that was written to last when this place was read is not younger than it.
  const later = best.filter(({ index }) => (chain[index]?.modifiedAt ?? 0) >= place.modifiedAt);
  return later.at(-1) ?? best[0] ?? null;
}

async function matchOf(
  reach: LogReach,
  file: ChainFile,
  place: FilePlace,
  must = false,
): Promise<'content' | 'shorter' | 'other'> {
  try {
    const reader = await LogReader.open(reach, file, packingOf(file), place);
    if (reader === 'shorter') return 'shorter';
    if (reader === 'gone') throw new RotatingNow(MOVED);
    if (typeof reader === 'string') return 'other';
    await reader.close();
    return 'content';
  } catch (error) {
    // It begins as it should and cannot be unpacked further: reading it will say so.
    if (error instanceof UnpackError) return 'content';
    // A file of the right inode that cannot be read is waited for; of the others, one that can be read may be the right one.
    if (error instanceof LogTrouble && !must && !(error instanceof RotatingNow)) return 'other';
    throw error;
  }
}

/** Bytes of a beginning that say which file it is without what stands before the place. */
const TELLING_HEAD = 256;

function byHead(place: FilePlace): FilePlace {
  return lengthOfHead(place.head) < TELLING_HEAD
    ? place
    : { ...place, offset: 0, tail: markOf(Buffer.alloc(0)) };
}

/**
 * The files that were written after a place, in order.
 * @param place null: everything is after it
 * @param before the place before that one, by which it is told when the file of the place is there no more
 * @returns `known` is false when neither was found, and the times of change had to decide
 */
export async function behind(
  reach: LogReach,
  chain: readonly ChainFile[],
  place: FilePlace | null,
  before: FilePlace | null,
): Promise<{ files: ChainFile[]; known: boolean }> {
  if (place === null) return { files: [...chain], known: true };
  for (const known of [place, before]) {
    const found = known ? await findPlace(reach, chain, byHead(known)) : null;
    if (found) return { files: chain.slice(found.index + 1), known: true };
  }
  const files = chain.filter(({ rotated, modifiedAt }) => rotated === null || modifiedAt >= place.modifiedAt);
  return { files, known: false };
}

/** @returns the place behind all that a file has, by which the file is known again; it is not read for that */
export async function endOf(reach: LogReach, file: ChainFile): Promise<FilePlace> {
  const head = (await headOf(reach, file, HEAD_BYTES)) ?? Buffer.alloc(0);
  const { device, inode, bornAt, size, modifiedAt } = file;
  return {
    device,
    inode,
    bornAt,
    head: head.toString('base64'),
    tail: markOf(Buffer.alloc(0)),
    offset: 0,
    size,
    modifiedAt: Math.trunc(modifiedAt),
    copied: false,
    settled: true,
  };
}

/** @returns bytes of all files together, packed as they are */
export function sizeOf(files: readonly ChainFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** @returns what of a place names the file */
export function identityOf({ device, inode, bornAt }: ChainFile): Identity {
  return { device, inode, bornAt };
}
