import { basename } from 'node:path';
import { type LogReach, LogTrouble, RotatingNow, type SeenFile } from './log-reach.ts';
import { LogReader } from './log-reader.ts';
import { inOrder, type Packing, type RotatedName, rotatedName } from './rotated-names.ts';
import { isSameFile } from './same-file.ts';
import { UnpackError } from './unpack.ts';

/** A file of a log: rotated, or the one that is written to (`rotated` is null). */
export interface ChainFile extends SeenFile {
  rotated: RotatedName | null;
  /** It holds what the file that is written to begins with: a rotation by copying is between its copy and its cut. */
  copyOfLive: boolean;
}

/** @returns how the content is packed */
export function packingOf(file: ChainFile): Packing {
  return file.rotated?.packing ?? 'none';
}

/** @returns whether there is nothing in it, as far as its size tells */
export function isEmpty(file: ChainFile): boolean {
  return file.size === 0;
}

/** @returns what stands behind a file of the chain */
export function behind(chain: readonly ChainFile[], file: ChainFile): ChainFile[] {
  return chain.slice(chain.indexOf(file) + 1);
}

/** @returns whether a file has another size or time of change than it had, or is under its name no more */
export async function hasChanged(reach: LogReach, { folder, name, ...file }: SeenFile): Promise<boolean> {
  const look = await reach.look(`${folder}/${name}`, true);
  if (look.kind !== 'file' || !isSameFile(look.file, file)) return true;
  return look.file.size !== file.size || look.file.modifiedAt !== file.modifiedAt;
}

/** @returns the same, a little later than it was seen */
export async function isChanging(reach: LogReach, file: SeenFile): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, CHANGING_MS));
  return hasChanged(reach, file);
}

/** @returns bytes of all files together, packed as they are */
export function sizeOf(files: readonly ChainFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** Times of birth and of change come from clocks of different grain (multigrain timestamps), up to a tick apart. */
export const CLOCK_GRAIN_MS = 50;
export const MOVED = 'It is being rotated at this moment; looking again.';
const LISTINGS = 6;
const BETWEEN_MS = 15;
/** A packer writes more often than this. */
const CHANGING_MS = 100;
/** Bytes at the beginning and at the end of a copy that are compared with the file that it may be of. */
const COMPARED_BYTES = 64 * 1024;

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
    if (signature === before) return markCopyOfLive(reach, chain);
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
    return rotated && !(live && isSameFile(live, file)) ? [{ ...file, rotated, copyOfLive: false }] : [];
  });
  return live ? [...inOrder(files), { ...live, rotated: null, copyOfLive: false }] : inOrder(files);
}

/** A copy whose original was not cut yet must not be read beside it. A renamed file is older than the one that came after it. */
async function markCopyOfLive(reach: LogReach, chain: ChainFile[]): Promise<ChainFile[]> {
  const live = chain.at(-1);
  const newest = chain.at(-2);
  if (!live || !newest || live.rotated || isEmpty(live) || isEmpty(newest)) return chain;
  const born = live.bornAt !== 0 && newest.bornAt !== 0;
  // What was written last before that file was made is not of it; some packers keep seconds only.
  const second = newest.modifiedAt % 1_000 === 0 ? 1_000 : 1;
  if (live.bornAt !== 0 && newest.modifiedAt + second <= live.bornAt) return chain;
  if (packingOf(newest) === 'none') {
    if (newest.size > live.size || (born && newest.bornAt < live.bornAt)) return chain;
  }
  return (await isBeginningOf(reach, newest, live))
    ? [...chain.slice(0, -2), { ...newest, copyOfLive: true }, live]
    : chain;
}

/** Compares the beginning, and of a plain file what stands at its end: two generations that begin alike go on differently. */
async function isBeginningOf(reach: LogReach, one: ChainFile, live: ChainFile): Promise<boolean> {
  const head = await headOf(reach, one, COMPARED_BYTES);
  if (head === null || head.length === 0) return false;
  if (packingOf(one) === 'none' && head.length < Math.min(COMPARED_BYTES, one.size)) return false;
  const [log, other] = [
    await openPlain(reach, live),
    packingOf(one) === 'none' ? await openPlain(reach, one) : null,
  ];
  try {
    const beginning = await log.read(0, head.length);
    if (beginning === null) throw new RotatingNow(MOVED);
    if (!head.equals(beginning)) return false;
    if (other === null || one.size <= head.length) return true;
    const from = Math.max(head.length, one.size - COMPARED_BYTES);
    // What a read gives stays only until the next one of the same file.
    const [end, same] = [await other.read(from, one.size - from), await log.read(from, one.size - from)];
    if (end === null || same === null) throw new RotatingNow(MOVED);
    return end.equals(same);
  } finally {
    await log.close();
    await other?.close();
  }
}

async function openPlain(reach: LogReach, file: SeenFile) {
  const log = await reach.open(file);
  if (log === null) throw new RotatingNow(MOVED);
  return log;
}

/** @returns the first bytes of the unpacked content; null when the file cannot be read (any more) */
export async function headOf(reach: LogReach, file: ChainFile, length: number): Promise<Buffer | null> {
  let head: Buffer = Buffer.alloc(0);
  try {
    const reader = await LogReader.open(reach, file, packingOf(file), null);
    if (reader === 'gone') throw new RotatingNow(MOVED);
    if (typeof reader === 'string') return null;
    try {
      while (head.length < length) {
        const pulled = await reader.pull();
        if (pulled.kind === 'gone' || pulled.kind === 'cut') throw new RotatingNow(MOVED);
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
