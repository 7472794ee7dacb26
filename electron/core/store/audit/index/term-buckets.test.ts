import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noBits, SEGMENT_EVENTS } from './layout.ts';
import { markTerm, TermCollector } from './term-buckets.ts';

interface Term {
  high: number;
  low: number;
}

/** Few upper halves, so that terms meet in buckets, runs and places of the table. */
const term: fc.Arbitrary<Term> = fc.record({
  high: fc.oneof(
    fc.constantFrom(0, 1, 0x0000_ffff, 0x0001_0000, 0x00ff_ffff, 0x0100_0000, 0xffff_ffff),
    fc.nat(0xffff_ffff),
  ),
  low: fc.oneof(fc.constantFrom(0, 1, 0xffff), fc.nat(0xffff)),
});

function collected(collector: TermCollector, marks: readonly [Term, number][]): Map<number, Buffer> {
  for (const [{ high, low }, position] of marks) collector.mark(collector.term(high, low), position);
  const stored = new Map([...collector.buckets()].map(({ bucket, entries }) => [bucket, entries]));
  collector.clear();
  return stored;
}

function positionsOf(stored: ReadonlyMap<number, Buffer>, { high, low }: Term): number[] {
  const bits = noBits();
  const entries = stored.get(high >>> 24);
  if (entries !== undefined) markTerm(entries, high, low, bits);
  return Array.from({ length: SEGMENT_EVENTS }, (_, position) => position).filter(
    (position) => ((bits[position >> 5] ?? 0) >>> (position & 31)) & 1,
  );
}

/** @param every only every so many terms are looked at */
function expectAll(stored: ReadonlyMap<number, Buffer>, marks: readonly [Term, number][], every = 1): void {
  const right = new Map<string, { term: Term; positions: Set<number> }>();
  for (const [one, position] of marks) {
    const key = `${one.high} ${one.low}`;
    const known = right.get(key) ?? { term: one, positions: new Set<number>() };
    known.positions.add(position);
    right.set(key, known);
  }
  for (const { term: one, positions } of [...right.values()].filter(
    (_, index) => index < 9 || index % every === 0,
  )) {
    expect(positionsOf(stored, one)).toEqual([...positions].sort((a, b) => a - b));
  }
}

describe('terms of a segment', () => {
  it('are found again with exactly the positions that they were marked with', () => {
    const collector = new TermCollector();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(term, fc.nat(SEGMENT_EVENTS - 1)), { maxLength: 60 }),
        term,
        (given, other) => {
          const marks = given.toSorted((a, b) => a[1] - b[1]);
          const stored = collected(collector, marks);
          expectAll(stored, marks);
          if (!marks.some(([{ high, low }]) => high === other.high && low === other.low))
            expect(positionsOf(stored, other)).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are in an event once, however often they are said of it', () => {
    const collector = new TermCollector();
    const one = { high: 9, low: 9 };
    const often = collected(
      collector,
      Array.from({ length: 70_000 }, () => [one, 5]),
    );
    expect(often).toEqual(collected(collector, [[one, 5]]));
  });

  it('may be in one event, some, or nearly all, and more than there was room for', () => {
    const collector = new TermCollector();
    for (let round = 0; round < 2; round += 1) {
      const marks: [Term, number][] = [];
      for (let position = 0; position < SEGMENT_EVENTS; position += 1) {
        // Twice in one event counts once.
        marks.push([{ high: 7, low: 1 }, position], [{ high: 7, low: 1 }, position]);
        if (position % 16 === 0) marks.push([{ high: 0x0700_0000, low: 2 }, position]);
        if (position % 15 === 0) marks.push([{ high: 0x0700_0000, low: 3 }, position]);
        for (let own = 0; own < 6; own += 1)
          marks.push([{ high: Math.imul(position * 6 + own, 0x9e3779b1) >>> 0, low: own }, position]);
      }
      const stored = collected(collector, marks);
      expectAll(stored, marks, 997);
      const entries = [...stored.values()].reduce((sum, bucket) => sum + bucket.readUInt32LE(0), 0);
      expect(entries).toBe(new Set(marks.map(([one]) => `${one.high} ${one.low}`)).size);
    }
  });
});
