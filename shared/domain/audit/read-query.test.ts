import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PatternPart, Query } from './query.ts';
import { readQuery } from './read-query.ts';
import { writeFieldEquals, writeQuery } from './write-query.ts';

const field = (name: string, ...pattern: PatternPart[]): Query => ({ kind: 'field', field: name, pattern });
const text = (word: string, phrase = false): Query => ({ kind: 'text', text: word, phrase });
const many = { any: 'many' } as const;

describe('readQuery', () => {
  it.each<[string, Query]>([
    ['', { kind: 'all' }],
    ['  *  ', { kind: 'all' }],
    ['curl', text('curl')],
    ['"two words"', text('two words', true)],
    ['a b', { kind: 'and', of: [text('a'), text('b')] }],
    ['a OR b AND c', { kind: 'or', of: [text('a'), { kind: 'and', of: [text('b'), text('c')] }] }],
    ['(a OR b) c', { kind: 'and', of: [{ kind: 'or', of: [text('a'), text('b')] }, text('c')] }],
    ['NOT a', { kind: 'not', of: text('a') }],
    ['-User:root', { kind: 'not', of: field('User', 'root') }],
    ['Image:*/curl', field('Image', many, '/curl')],
    ['Image:"*/curl"', field('Image', '*/curl')],
    ['Image:\\*x', field('Image', '*x')],
    ['"odd name":x', field('odd name', 'x')],
    ['url:http://x', field('url', 'http://x')],
    ['cu?l', field('raw', many, 'cu', { any: 'one' }, 'l', many)],
    [
      'pid:>=10',
      { kind: 'range', field: 'pid', from: '10', fromIncluded: true, to: null, toIncluded: false },
    ],
    [
      'pid:{1 TO 9]',
      { kind: 'range', field: 'pid', from: '1', fromIncluded: false, to: '9', toIncluded: true },
    ],
    ['at:-15m', { kind: 'since', agoMs: 900_000 }],
    [
      'at:[-1h TO now}',
      { kind: 'range', field: 'at', from: '-1h', fromIncluded: true, to: 'now', toIncluded: false },
    ],
    ['has:User', { kind: 'has', field: 'User' }],
    ['"has":User', field('has', 'User')],
    ['\\AND', text('AND')],
  ])('reads %s', (given, query) => {
    expect(readQuery(given)).toEqual({ ok: true, query });
  });

  it.each<[string, number, string]>([
    ['(a', 0, 'not closed'],
    ['a)', 1, 'closes nothing'],
    ['()', 0, 'nothing between'],
    ['a AND', 5, 'missing'],
    ['OR b', 0, 'missing before OR'],
    ['"abc', 0, 'not closed'],
    ['User: x', 5, 'needs a value'],
    ['pid:[1 2]', 7, '[from TO to]'],
    ['pid:[1 TO 2', 4, 'not closed'],
    ['at:yesterday', 3, 'A time reads'],
    ['x at:>=[', 7, 'A time reads'],
    ['us*r:x', 0, 'name without'],
    ['a\\', 1, 'escapes nothing'],
    ['x'.repeat(2_049), 2_048, 'at most'],
    [`${'('.repeat(40)}a`, 33, 'deep'],
    [`${'a '.repeat(129)}`, 256, '128 conditions'],
  ])('says where %s is wrong', (given, at, message) => {
    expect(readQuery(given)).toEqual({ ok: false, at, message: expect.stringContaining(message) });
  });

  it('never throws, and says a place in the text', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '"',
      ':',
      'AND ',
      ' OR ',
      'NOT ',
      '-',
      '[',
      ' TO ',
      ']',
      '\\',
      '*',
      '?',
      ' ',
      'at',
      'a',
    );
    const given = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 30 }).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(given, (query) => {
        const read = readQuery(query);
        if (!read.ok) expect(read.at).toBeLessThanOrEqual(query.length);
        else expect(readQuery(writeQuery(read.query))).toEqual(read);
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads what was written as the same query', () => {
    fc.assert(
      fc.property(queries, (query) => {
        const written = writeQuery(query);
        fc.pre(written.length <= 2_048);
        expect(readQuery(written)).toEqual({ ok: true, query });
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes a clicked value as it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40 }), fc.string({ maxLength: 40 }), (name, value) => {
        fc.pre(name.toLowerCase() !== 'at');
        expect(readQuery(writeFieldEquals(name, value))).toEqual({ ok: true, query: field(name, value) });
      }),
    );
  });
});

const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }).filter((given) => given.toLowerCase() !== 'at'),
  fc.constantFrom('User', 'has', 'AND', '-x', 'a.b'),
);
const value = fc.string({ minLength: 1, maxLength: 12 });
const wild = fc.constantFrom<PatternPart>({ any: 'one' }, many);
/** Pieces as they come out of reading: no two texts and no two stars beside each other. */
const pattern = fc.array(fc.oneof(value, wild), { minLength: 1, maxLength: 5 }).filter((parts) =>
  parts.every((part, index) => {
    const next = parts[index + 1];
    if (next === undefined) return true;
    if (typeof part === 'string') return typeof next !== 'string';
    return typeof next === 'string' || part.any !== 'many' || next.any !== 'many';
  }),
);
const leaf = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text: value, phrase: fc.boolean() }),
  fc.record({ kind: fc.constant('field' as const), field: name, pattern }),
  fc.record({ kind: fc.constant('has' as const), field: name }),
  fc.record({
    kind: fc.constant('since' as const),
    agoMs: fc.integer({ min: 1, max: 9_999 }).map((n) => n * 1_000),
  }),
  fc
    .record({
      kind: fc.constant('range' as const),
      field: name,
      from: fc.option(value),
      fromIncluded: fc.boolean(),
      to: fc.option(value),
      toIncluded: fc.boolean(),
    })
    .map((range) => ({
      ...range,
      fromIncluded: range.from !== null && range.fromIncluded,
      toIncluded: range.to !== null && range.toIncluded,
    })),
);
const { queries } = fc.letrec<{ queries: Query }>((tie) => ({
  queries: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({ kind: fc.constant('not' as const), of: tie('queries') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('queries'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));
