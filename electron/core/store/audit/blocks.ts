import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { z } from 'zod';

/** A row as it is stored: texts of events that follow each other, a line feed before each. */
export const blockRow = z.object({
  first: z.int(),
  count: z.int(),
  form: z.int(),
  lines: z.instanceof(Buffer),
});

const PLAIN = 0;
const ZSTD = 1;

/** Shorter texts are not worth packing. */
const WORTH_PACKING = 512;
/** No block that was written here is longer; what claims to be is not unpacked. */
const LONGEST = 512 * 1024 * 1024;

/** Texts of events from number `first` on. */
export interface UnpackedBlock {
  first: number;
  count: number;
  /** UTF-8, a line feed before each text; null when it cannot be unpacked. */
  bytes: Buffer | null;
}

/** @param texts JSON on one line each @returns them as UTF-8, a line feed before each */
export function blockBytes(texts: readonly string[]): Buffer {
  // Texts in pieces are put together once: `join` would make each of them whole first.
  let all = `\n${texts[0] ?? ''}`;
  for (let index = 1; index < texts.length; index += 1) all += `\n${texts[index]}`;
  return Buffer.from(all);
}

/** @param bytes of {@link blockBytes} @returns them as they are stored: raw, or a frame of Zstandard (RFC 8878) */
export function packBlock(bytes: Buffer): { form: number; lines: Buffer } {
  if (bytes.length < WORTH_PACKING) return { form: PLAIN, lines: bytes };
  const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 };
  return { form: ZSTD, lines: zstdCompressSync(bytes, { params }) };
}

/** Unpacks a row, whatever somebody made of it. */
export function unpackBlock({ first, count, form, lines }: z.infer<typeof blockRow>): UnpackedBlock {
  let bytes: Buffer | null = lines;
  if (form === ZSTD) {
    try {
      bytes = zstdDecompressSync(lines, { maxOutputLength: LONGEST, chunkSize: pieceFor(lines) });
    } catch {
      bytes = null;
    }
  }
  return { first, count, bytes: bytes?.[0] === 0x0a ? bytes : null };
}

/** Unpacking into one piece takes half as long as into several that are joined. */
const [LEAST_PIECE, MOST_PIECE] = [1_024, 1_048_576];

/**
 * How long a piece must be so that a frame fits into one: by its content size where it says that in 4 bytes, as zstd writes it for what
 * lies between 64 KiB and 4 GiB, or 2 bytes, for what is shorter (RFC 8878, section 3.1.1.1). It is only believed as far as it costs nothing.
 */
function pieceFor(frame: Buffer): number {
  const descriptor = frame.length < 9 ? 0 : frame.readUInt8(4);
  const isSingle = (descriptor & 0x20) !== 0;
  const size = !isSingle ? 0 : descriptor >>> 6 === 2 ? frame.readUInt32LE(5) : frame.readUInt16LE(5) + 256;
  return Math.min(Math.max(size + 64, LEAST_PIECE), MOST_PIECE);
}

/** @returns the texts of a block, at most as many as it says it has */
export function textsOfBlock({ count, bytes }: UnpackedBlock): string[] {
  return bytes === null || count < 1 ? [] : bytes.toString('utf8', 1).split('\n').slice(0, count);
}
