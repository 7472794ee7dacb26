import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Bytes at the beginning of a file by which it is known again when its inode is another one, or was used again. */
export const HEAD_BYTES = 512;
/** Bytes before a place that must still be there when reading goes on. */
export const TAIL_BYTES = 256;

const decimal = z.string().regex(/^\d{1,20}$/);
const bytes = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** How many bytes, and their SHA-256. */
export const mark = z.object({
  bytes: z.int().min(0).max(TAIL_BYTES),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Mark = z.infer<typeof mark>;

/** Up to where a file was read, and how the file is known again. Offsets count unpacked bytes. */
export const filePlace = z.object({
  device: decimal,
  inode: decimal,
  /** Milliseconds since 1970 when the inode was made, by the node's clock; 0 where the file system does not say (statx(2)). */
  bornAt: z.int(),
  /** Beginning of the file in base64, as much of it as there was: a copy that is shorter must be known too. */
  head: z.base64().max(4 * Math.ceil(HEAD_BYTES / 3)),
  /** Of what stands right before `offset`. */
  tail: mark,
  /** Where the first line begins that was not handed over. */
  offset: bytes,
  /** The largest size that was seen. */
  size: bytes,
  /** Time of change when it was last read, by the node's clock. */
  modifiedAt: z.int(),
  /** It was the file that is written to when it was read. */
  live: z.boolean().default(false),
  /** It was packed when it was read. */
  packed: z.boolean().default(false),
  /** How it became a rotated file, as far as that is proven. */
  way: z.enum(['copied', 'renamed', 'unknown']).default('unknown'),
  /** It was read to its end, and nothing will be added to it. */
  settled: z.boolean(),
});
export type FilePlace = z.infer<typeof filePlace>;
/** How a file came to be a rotated one. */
export type Way = FilePlace['way'];

/** @returns the mark of these bytes */
export function markOf(content: Buffer): Mark {
  return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

/** @returns whether these are the bytes that were marked */
export function isMarked(content: Buffer, wanted: Mark): boolean {
  return content.length === wanted.bytes && markOf(content).sha256 === wanted.sha256;
}

/** @returns whether these bytes, which are the beginning of a file or the whole of a short one, are how the place's file begins */
export function beginsAs(content: Buffer, head: string): boolean {
  const wanted = Buffer.from(head, 'base64');
  return content.length > 0 && content.equals(wanted.subarray(0, content.length));
}

/** @returns the number of bytes of a head */
export function lengthOfHead(head: string): number {
  return Buffer.byteLength(head, 'base64');
}

/** @returns the last bytes of both together, at most `TAIL_BYTES`, copied */
export function slide(tail: Buffer, next: Buffer): Buffer {
  if (next.length >= TAIL_BYTES) return Buffer.from(next.subarray(next.length - TAIL_BYTES));
  const both = Buffer.concat([tail, next]);
  return both.length > TAIL_BYTES ? both.subarray(both.length - TAIL_BYTES) : both;
}
