import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { type Hash, leafHash, leafHashInPlace } from '#core/ledger/hash.ts';
import { LEDGER_EVENT_LIMIT } from '#shared/domain/ledger.ts';

/** Events of one row of texts, at most. */
export const TEXTS_IN_A_ROW = 256;

/** Shorter texts are kept as they are: a person with the sqlite3 shell can read them. */
const WORTH_PACKING = 2_048;

/** No row that was written here is longer: every UTF-16 unit takes at most three bytes. */
const LONGEST_ROW = TEXTS_IN_A_ROW * (3 * LEDGER_EVENT_LIMIT + 1);

const LINE_FEED = 0x0a;
const PLAIN = 0;
const DEFLATED = 1;

/** A row as it is stored. */
export const textRow = z.object({
  first: z.int(),
  count: z.int(),
  form: z.int(),
  lines: z.instanceof(Buffer),
});

/** Texts of events from number `first` on. */
export interface LedgerTextRow {
  first: number;
  count: number;
  /** UTF-8, a line feed before each text, so that a leaf can be hashed where it lies; null when the row cannot be unpacked. */
  bytes: Uint8Array | null;
}

/** @returns texts as one row, in UTF-8, a line feed before each; canonical JSON has no line feed in it */
export function rowOf(texts: readonly string[]): Buffer {
  return Buffer.from(`\n${texts.join('\n')}`);
}

/**
 * The leaves of a row that was made of these texts, in their order. Hashing them where they lie takes a fifth less than making UTF-8 of
 * each text anew.
 */
export function leavesOf(row: Buffer, texts: readonly string[]): Hash[] {
  const units = texts.reduce((sum, text) => sum + 1 + text.length, 0);
  // Only ASCII takes as many bytes as it has UTF-16 units.
  if (row.length !== units) return texts.map(leafHash);
  let start = 1;
  return texts.map((text) => {
    const end = start + text.length;
    const leaf = leafHashInPlace(row, start, end);
    row[start - 1] = LINE_FEED;
    start = end + 1;
    return leaf;
  });
}

/** @returns a row as it is stored */
export function packRow(bytes: Buffer): { form: number; lines: Buffer } {
  return bytes.length < WORTH_PACKING
    ? { form: PLAIN, lines: bytes }
    : { form: DEFLATED, lines: deflateRawSync(bytes, { level: 1 }) };
}

/** Unpacks a row, whatever somebody made of it: what does not begin as it should counts as not to be unpacked. */
export function unpackTexts({
  first,
  count,
  form,
  lines,
}: z.infer<typeof textRow>): LedgerTextRow & { bytes: Buffer | null } {
  const bytes = form === DEFLATED ? inflated(lines) : lines;
  return { first, count, bytes: bytes?.[0] === LINE_FEED ? bytes : null };
}

function inflated(lines: Buffer): Buffer | null {
  try {
    return inflateRawSync(lines, { maxOutputLength: LONGEST_ROW });
  } catch {
    return null;
  }
}

/** @returns the texts of a row, at most as many as it says it has */
export function textsOf({ count, bytes }: LedgerTextRow): string[] {
  if (bytes === null || count < 1) return [];
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('utf8', 1)
    .split('\n')
    .slice(0, count);
}
