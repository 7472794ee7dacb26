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
  return Buffer.from(`\n${texts.join('\n')}`);
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
      bytes = zstdDecompressSync(lines, { maxOutputLength: LONGEST });
    } catch {
      bytes = null;
    }
  }
  return { first, count, bytes: bytes?.[0] === 0x0a ? bytes : null };
}

/** @returns the texts of a block, at most as many as it says it has */
export function textsOfBlock({ count, bytes }: UnpackedBlock): string[] {
  return bytes === null || count < 1 ? [] : bytes.toString('utf8', 1).split('\n').slice(0, count);
}
