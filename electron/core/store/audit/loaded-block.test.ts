import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockBytes, packBlock, textsOfBlock, unpackBlock } from './blocks.ts';
import { LoadedBlock } from './loaded-block.ts';

const piece = fc.constantFrom('ab', 'AB', 'b', 'k', 'K', 'İ', 'i', 'é', ' ', '{"a":1}', '');
const plain = fc.constantFrom('ab', 'AB', 'b', 'c', ' ', '{"a":1}', '');
const textOf = (from: fc.Arbitrary<string>) =>
  fc.array(from, { maxLength: 5 }).map((pieces) => pieces.join(''));
const texts = fc.oneof(
  fc.array(textOf(piece), { minLength: 1, maxLength: 12 }),
  fc.array(textOf(plain), { minLength: 1, maxLength: 12 }),
);
const needles = fc.uniqueArray(fc.constantFrom('ab', 'b', 'k', 'i', 'bab', '{"a', ' '), {
  minLength: 1,
  maxLength: 3,
});

describe('a block while it is searched', () => {
  it('has the texts that were packed, and finds in them what is in them', () => {
    fc.assert(
      fc.property(texts, needles, needles, fc.nat(3), (given, wanted, others, missing) => {
        const count = Math.max(1, given.length - missing);
        const unpacked = { first: 1, count, bytes: blockBytes(given) };
        const block = new LoadedBlock(unpacked);
        expect(block.count).toBe(count);
        for (const list of [wanted, others, wanted]) {
          for (let place = 0; place < count; place += 1) {
            expect(block.text(place)).toBe(given[place]);
            const lower = given[place]?.toLowerCase() ?? '';
            expect(block.has(place, list)).toBe(list.every((needle) => lower.includes(needle)));
          }
        }
        expect(block.text(count)).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it('has no texts where there are none', () => {
    for (const bytes of [null, Buffer.alloc(0)]) {
      const block = new LoadedBlock({ first: 1, count: 5, bytes });
      expect([block.count, block.text(0), block.has(0, ['a'])]).toEqual([0, undefined, false]);
    }
    expect(new LoadedBlock({ first: 1, count: 0, bytes: Buffer.from('\na') }).count).toBe(0);
    expect(new LoadedBlock({ first: 1, count: 9, bytes: Buffer.from('\na\nb') }).count).toBe(2);
  });
});

describe('a packed block', () => {
  it('is unpacked whatever its length, and whatever it says of it', () => {
    for (const length of [
      500, 511, 512, 767, 768, 65_535, 65_791, 65_792, 65_793, 300_000, 1_048_575, 3_000_000,
    ]) {
      const text = Array.from({ length: length - 1 }, (_, index) =>
        String.fromCharCode(97 + ((index * index) % 23)),
      ).join('');
      const { form, lines } = packBlock(blockBytes([text]));
      expect(textsOfBlock(unpackBlock({ first: 1, count: 1, form, lines }))).toEqual([text]);
    }
    const { form, lines } = packBlock(blockBytes(['a'.repeat(70_000)]));
    const liar = Buffer.from(lines);
    liar.writeUInt32LE(0xffff_ffff, 5);
    expect(unpackBlock({ first: 1, count: 1, form, lines: liar }).bytes).toBeNull();
    expect(unpackBlock({ first: 1, count: 1, form, lines: lines.subarray(0, 6) }).bytes).toBeNull();
  });
});
