import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQuery } from '#shared/domain/audit/read-query.ts';
import { chosenValues, joinQuery, plainValue, quoteValue, splitQuery, toggleValue } from './query-text.ts';

describe('a query taken apart', () => {
  it('makes chips of conditions that are joined by AND, and leaves words as they are', () => {
    expect(splitQuery('(node:naru OR node:uncho) uid:1001 stopped tcp')).toEqual({
      chips: [
        { field: 'node', values: ['naru', 'uncho'], not: false },
        { field: 'uid', values: ['1001'], not: false },
      ],
      rest: 'stopped tcp',
    });
    expect(splitQuery('NOT node:boa AND "a phrase: x"').chips).toEqual([
      { field: 'node', values: ['boa'], not: true },
    ]);
  });

  it('moves nothing when an OR stands at the top, and nothing out of what is still being typed', () => {
    for (const text of ['node:naru OR uid:0', 'node:"na', '(node:naru', 'a) b']) {
      expect(splitQuery(text)).toEqual({ chips: [], rest: text });
    }
  });

  it('does not let an OR among the words reach the chips', () => {
    const text = joinQuery({ chips: [{ field: 'node', values: ['naru'], not: false }], rest: 'a OR b' });
    expect(text).toBe('node:naru (a OR b)');
  });

  it('comes together again to the same', () => {
    const word = fc.stringMatching(/^[a-z"\\ ():*]{1,8}$/);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('node', 'uid', 'a.b'), word), { maxLength: 4 }),
        (pairs) => {
          const text = pairs.reduce((query, [field, value]) => toggleValue(query, field, value), '');
          expect(joinQuery(splitQuery(text))).toBe(text);
        },
      ),
    );
  });
});

describe('a value', () => {
  it('means exactly itself, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(plainValue(quoteValue(value))).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom('uid', 'has', 'odd field', 'AND'), fc.string(), (field, value) => {
        const read = readQuery(toggleValue('', field, value));
        expect(read).toEqual({ ok: true, query: { kind: 'field', field, pattern: [value] } });
      }),
    );
    expect(quoteValue('a*b')).toBe('"a*b"');
    expect(quoteValue('say "x" \\')).toBe('"say \\"x\\" \\\\"');
  });

  it('is added beside its like, taken away by a second click, and turned by the opposite wish', () => {
    let query = toggleValue('', 'node', 'naru');
    expect(query).toBe('node:naru');
    query = toggleValue(query, 'node', 'uncho');
    expect(query).toBe('(node:naru OR node:uncho)');
    expect(chosenValues(query, 'node')).toEqual(['naru', 'uncho']);
    query = toggleValue(query, 'node', 'naru', true);
    expect(query).toBe('node:uncho NOT node:naru');
    query = toggleValue(query, 'node', 'uncho');
    expect(query).toBe('NOT node:naru');
  });
});
