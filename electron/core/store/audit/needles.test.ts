import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matcherOf } from '#shared/domain/audit/match-query.ts';
import { readQuery } from '#shared/domain/audit/read-query.ts';
import { needlesOf } from './needles.ts';
import { readRecordText, recordText } from './record-text.ts';
import { exampleEvent, numbersFrom } from './testing/example-events.ts';

/** Letters that change their number or their form in lower case, and what JSON writes in another way. */
const piece = fc.constantFrom(
  'a',
  'K',
  'k',
  'K',
  'İ',
  'i',
  'Σ',
  'ς',
  'σ',
  'ß',
  '"',
  '\\',
  '\n',
  '\u0001',
  '\ud800',
  '7',
  ' ',
  'é',
);
const text = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));

function needlesIn(query: string): string[] {
  const read = readQuery(query);
  if (!read.ok) throw new Error(read.message);
  return needlesOf(read.query);
}

describe('needles of a query', () => {
  it('are in the stored text of every event that is meant', () => {
    let meant = 0;
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.constantFrom('text', 'field', 'wild'),
        (before, wanted, after, kind) => {
          const whole = before + wanted + after;
          const event = {
            ...exampleEvent(numbersFrom(1), 1_795_000_000_000),
            raw: kind === 'text' ? whole : 'x',
            number: 1,
          };
          event.fields = { Name: kind === 'field' ? wanted : whole };
          const any = { any: 'many' } as const;
          const query =
            kind === 'text'
              ? ({ kind, text: wanted, phrase: true } as const)
              : ({
                  kind: 'field',
                  field: 'name',
                  pattern: kind === 'field' ? [wanted] : [any, wanted, any],
                } as const);
          // As it is read from the disk: half of a surrogate pair does not stay one.
          const stored = recordText(event, 'salt');
          const read = readRecordText(stored);
          if (read === null || !matcherOf(query, 0)(read)) return;
          meant += 1;
          for (const needle of needlesOf(query)) expect(stored.toLowerCase()).toContain(needle);
        },
      ),
      { numRuns: 2_000 },
    );
    expect(meant).toBeGreaterThan(500);
  });

  it('are what must be there, and nothing that need not', () => {
    expect(needlesIn('curl User:Root')).toEqual(['curl', 'root']);
    expect(needlesIn('curl OR wget')).toEqual([]);
    expect(needlesIn('NOT curl')).toEqual([]);
    expect(needlesIn('User:m*n')).toEqual(['m', 'n']);
    expect(needlesIn('größe')).toEqual([]);
    expect(needlesIn('"a\\"b"')).toEqual([]);
    expect(needlesIn('bytes:>10 has:User')).toEqual([]);
  });
});
