import { beginsAs, type FilePlace, HEAD_BYTES, markOf, TAIL_BYTES } from './file-place.ts';
import { type LogReach, RotatingNow } from './log-reach.ts';
import { LogReader, type ReaderOptions } from './log-reader.ts';
import { type ChainFile, headOf, MOVED, packingOf } from './rotation-chain.ts';

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
    packed: packingOf(file) !== 'none',
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
