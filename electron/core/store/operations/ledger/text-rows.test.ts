import fc from 'fast-check';
import { expect, it } from 'vitest';
import { leafHash } from '#core/ledger/hash.ts';
import { leavesOf, packRow, rowOf, textsOf, unpackTexts } from './text-rows.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme-ascii' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\0', 'ü', '\u{1f344}', 'a'.repeat(3_000)),
);
const oneLine = text.filter((one) => !one.includes('\n') && one.isWellFormed());

it('hashes a row of texts to the leaves of each, and leaves the row as it was', () => {
  fc.assert(
    fc.property(fc.array(oneLine, { minLength: 1, maxLength: 8 }), (texts) => {
      const row = rowOf(texts);
      expect(leavesOf(row, texts)).toEqual(texts.map(leafHash));
      expect(row.equals(rowOf(texts))).toBe(true);
      const stored = { first: 1, count: texts.length, ...packRow(row) };
      expect(textsOf(unpackTexts(stored))).toEqual(texts);
    }),
    { numRuns: 500 },
  );
});
