import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TextPart } from '../rule/expression.ts';
import { fold } from './fold.ts';
import { anyTextMatcher, textMatcher } from './text-test.ts';

const piece = fc.constantFrom('a', 'B', 'ab', '/', '/a', '', 'é', '1');
const wild = fc.constantFrom<TextPart>({ any: 'many' }, { any: 'one' }, { any: 'dash' });
const many: TextPart = { any: 'many' };
const pattern: fc.Arbitrary<TextPart[]> = fc.oneof(
  { weight: 4, arbitrary: piece.map((end) => [many, end]) },
  { weight: 1, arbitrary: piece.map((start) => [start, many]) },
  { weight: 1, arbitrary: piece.map((inner) => [many, inner, many]) },
  { weight: 1, arbitrary: piece.map((whole) => [whole]) },
  { weight: 1, arbitrary: fc.array(fc.oneof(piece, wild), { maxLength: 4 }) },
);
const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));

describe('one of several patterns', () => {
  it('is found when any of them is found by itself', () => {
    let matched = 0;
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 8 }),
        text,
        fc.boolean(),
        (patterns, given, cased) => {
          const compared = cased ? given : fold(given);
          const expected = patterns.some((parts) => textMatcher(parts, cased)(compared));
          if (expected) matched += 1;
          expect(anyTextMatcher(patterns, cased)(compared)).toBe(expected);
        },
      ),
      { numRuns: 2_000 },
    );
    expect(matched).toBeGreaterThan(300);
  });

  it('may grow in lower case only by the letter that is known to', () => {
    const growing: number[] = [];
    for (let unit = 0; unit < 0x10000; unit += 1)
      if (fold(String.fromCharCode(unit)).length !== 1) growing.push(unit);
    expect(growing).toEqual([0x130]);
  });
});
