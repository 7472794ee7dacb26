import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../match/fold.ts';
import { AhoCorasick } from './aho-corasick.ts';

const unit = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('a', 'B', 'z', 'Z', '/') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.constantFrom('K', 'İ', 'Σ', 'ς', 'É') },
);
const text = (maxLength: number) => fc.array(unit, { maxLength }).map((units) => units.join(''));

function found(patterns: readonly string[], subject: string): number[] {
  const numbers = new Set<number>();
  const automaton = new AhoCorasick(new Map(patterns.map((pattern, number) => [pattern, [number]])));
  automaton.scan(subject, (values) => {
    for (const value of values) numbers.add(value);
  });
  return [...numbers].sort((a, b) => a - b);
}

describe('the search for many texts', () => {
  it('finds what is there, in any case, and nothing else', () => {
    fc.assert(
      fc.property(fc.uniqueArray(text(4).map(fold), { maxLength: 12 }), text(24), (list, subject) => {
        const patterns = list.filter((pattern) => pattern !== '');
        const expected = patterns.flatMap((pattern, number) =>
          fold(subject).includes(pattern) ? [number] : [],
        );
        expect(found(patterns, subject)).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it('finds them all where none is so short that every place has to be looked at', () => {
    const longer = fc.array(unit, { minLength: 3, maxLength: 5 }).map((units) => fold(units.join('')));
    const subjects = fc.tuple(text(6), longer, text(6)).map((parts) => parts.join(''));
    let hits = 0;
    fc.assert(
      fc.property(
        fc.uniqueArray(longer, { minLength: 1, maxLength: 12 }),
        subjects,
        text(4),
        (list, subject, after) => {
          const whole = `${subject}${list[0]?.toUpperCase()}${after}`;
          for (const one of [subject, whole]) {
            const expected = list.flatMap((pattern, number) => (fold(one).includes(pattern) ? [number] : []));
            hits += expected.length;
            expect(found(list, one)).toEqual(expected);
          }
        },
      ),
      { numRuns: 1_000 },
    );
    expect(hits).toBeGreaterThan(500);
  });

  it('folds every letter of ASCII', () => {
    for (let code = 65; code <= 90; code += 1)
      for (const times of [1, 3]) {
        const pattern = String.fromCharCode(code + 32).repeat(times);
        expect(found([pattern], pattern.toUpperCase())).toEqual([0]);
      }
    // The sign of the kelvin is a k in lower case.
    expect(found(['kab'], '\u212aab')).toEqual([0]);
    expect(found(['['], '{'), 'a sign that is 32 from another is no letter').toEqual([]);
  });

  it('may find too much, and never too little, when there are more letters than it tells apart', () => {
    const patterns = Array.from({ length: 1_000 }, (_, number) => `${String.fromCharCode(0x4e00 + number)}x`);
    for (const number of [0, 254, 255, 999])
      expect(found(patterns, patterns[number] ?? '')).toContain(number);
  });
});
