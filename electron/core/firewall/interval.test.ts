import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, intersect, intersects, isSubset, normalize, subtract, union } from './interval.ts';

const interval = fc
  .tuple(fc.bigInt(0n, 40n), fc.bigInt(0n, 6n))
  .map(([low, length]) => [low, low + length] as const);
const set = fc.array(interval, { maxLength: 8 }).map(normalize);
const values = Array.from({ length: 48 }, (_, index) => BigInt(index));

describe('interval sets', () => {
  it('agree with sets of single values', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        for (const value of values) {
          const inA = a.some(([low, high]) => low <= value && value <= high);
          const inB = b.some(([low, high]) => low <= value && value <= high);
          expect(contains(a, value)).toBe(inA);
          expect(contains(intersect(a, b), value)).toBe(inA && inB);
          expect(contains(subtract(a, b), value)).toBe(inA && !inB);
          expect(contains(union(a, b), value)).toBe(inA || inB);
        }
        expect(intersects(a, b)).toBe(intersect(a, b).length > 0);
        expect(isSubset(a, b)).toBe(subtract(a, b).length === 0);
      }),
    );
  });

  it('are sorted, apart, and leave out what is no range', () => {
    fc.assert(
      fc.property(fc.array(interval), (intervals) => {
        const joined = normalize(intervals);
        for (const [index, [low]] of joined.entries())
          if (index > 0) expect(low).toBeGreaterThan((joined[index - 1]?.[1] ?? 0n) + 1n);
      }),
    );
    expect(normalize([[5n, 4n]])).toEqual([]);
  });
});
