import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldValue } from '#shared/domain/audit/event.ts';
import { createEngine } from './engine.ts';
import type { SigmaEvent } from './match/event.ts';
import { matchesNaively } from './match/naive.ts';
import { readRuleSet } from './rule-set.ts';

/** Few and short pieces, so that rules and events meet; letters that fold in unusual ways, wildcards, escapes, dashes. */
const piece = fc.constantFrom(
  'a',
  'b',
  'AB',
  'ab',
  '/',
  '\\',
  '*',
  '?',
  '-',
  '–',
  ' ',
  'Σ',
  'ς',
  'σ',
  'İ',
  'K',
  'é',
  '1',
  '4',
  '.',
  '\n',
);
const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
const scalar: fc.Arbitrary<FieldValue> = fc.oneof(
  { weight: 6, arbitrary: text },
  {
    weight: 1,
    arbitrary: fc.constantFrom<FieldValue>(
      1,
      4,
      14,
      1.5,
      true,
      false,
      null,
      '10.0.0.4',
      '::1',
      '2026-11-22T04:14:00Z',
      '0x4',
    ),
  },
);
const field = fc.constantFrom('a', 'b', 'New Value', 'constructor', '__proto__');

const textModifiers = fc
  .tuple(
    fc.subarray(['contains', 'startswith', 'endswith', 'windash', 'cased', 'wide', 'base64offset'], {
      maxLength: 3,
    }),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([list, all, neq]) => [...list, ...(all ? ['all'] : []), ...(neq ? ['neq'] : [])]);
const others = fc.constantFrom(
  [['re'], ['a+b?', '^a|b$', '(a|/)\\.?', 'x*', '\\bab\\b']],
  [
    ['re', 'i'],
    ['AB', '[^a]b', 'k'],
  ],
  [['cidr'], ['10.0.0.0/8', '::/64', '::1/128']],
  [['exists'], [true, false]],
  [['gt'], [1, 3]],
  [['lte'], [4]],
  [['hour', 'gte'], [4]],
  [['minute'], [14]],
  [['fieldref'], ['a', 'b']],
  [['fieldref', 'contains'], ['b']],
  [['fieldref', 'cased', 'startswith', 'neq'], ['a']],
  [[], [null, '']],
) as fc.Arbitrary<[string[], FieldValue[]]>;
const item = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(textModifiers, fc.array(scalar, { minLength: 1, maxLength: 4 })) },
  { weight: 2, arbitrary: others },
);
const map = fc
  .array(fc.tuple(fc.oneof(field, fc.constant('')), item), { minLength: 1, maxLength: 3 })
  .map((items) =>
    items.map(([name, [modifiers, values]]) => [[name, ...modifiers].join('|'), values] as const),
  )
  // `Object.fromEntries` would lose a key of that name.
  .map((entries) => Object.fromEntries(entries.filter(([key]) => !key.startsWith('__proto__'))))
  .filter((made) => Object.keys(made).length > 0);
const selection = fc.oneof(
  map,
  fc.array(map, { minLength: 1, maxLength: 3 }),
  fc.array(text, { minLength: 1, maxLength: 3 }),
);
const condition = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('s1', 's2', 's3', '1 of s*', 'all of s*', '1 of them', 'all of them', 'any of s2'),
    tie('node').map((inner) => `not ${inner}`),
    fc.tuple(tie('node'), fc.constantFrom('and', 'or'), tie('node')).map(([a, by, b]) => `(${a} ${by} ${b})`),
    fc.tuple(tie('node'), fc.constantFrom('and', 'or'), tie('node')).map(([a, by, b]) => `${a} ${by} ${b}`),
  ),
})).node;
const rule = fc.record({ s1: selection, s2: selection, s3: selection, condition });
const event: fc.Arbitrary<SigmaEvent> = fc.record({
  fields: fc
    .array(
      fc.tuple(
        fc.constantFrom('a', 'b', 'NewValue', 'constructor', 'c'),
        fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })),
      ),
      { maxLength: 4 },
    )
    .map((entries) => Object.fromEntries(entries)),
  raw: text,
});

function compiled(detections: readonly object[]) {
  return readRuleSet(
    detections.map((detection, index) => ({
      file: `${index}.yml`,
      origin: 'imported' as const,
      // JSON is YAML.
      text: JSON.stringify({ title: `rule ${index}`, logsource: { product: 'test' }, detection }),
    })),
  );
}

describe('the engine and its slow twin', () => {
  it('say the same about any rules and events', () => {
    let [used, matched] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 1, maxLength: 6 }),
        fc.array(event, { minLength: 1, maxLength: 12 }),
        (made, events) => {
          const rules = compiled(made).detections.map((loaded) => loaded.rule);
          const engine = createEngine(rules);
          used += rules.length;
          for (const one of events) {
            const slow = rules.flatMap(({ expression }, number) =>
              matchesNaively(expression, one) ? [number] : [],
            );
            matched += slow.length;
            expect(engine.match(one, null)).toEqual(slow);
          }
        },
      ),
      { numRuns: 300 },
    );
    // A test in which nothing is compiled or nothing matches would hold for any engine.
    expect(used).toBeGreaterThan(300);
    expect(matched).toBeGreaterThan(300);
  }, 60_000);

  it('send an event to the rules of its log only, and to all rules when it says nothing', () => {
    const sources = [
      { product: 'linux' },
      { product: 'linux', category: 'process_creation' },
      { product: 'linux', service: 'auditd' },
      { product: 'windows', category: 'process_creation' },
      { category: 'process_creation' },
    ].map((source) => ({ product: null, category: null, service: null, ...source }));
    const { detections } = compiled([{ s: { a: 'x' }, condition: 's' }]);
    const expression = detections[0]?.rule.expression;
    if (expression === undefined) throw new Error('the rule does not compile');
    const engine = createEngine(sources.map((logsource) => ({ logsource, expression })));
    const ask = (source: { product?: string; category?: string; service?: string }) =>
      engine.match(
        { fields: { a: 'X' }, raw: '' },
        { product: null, category: null, service: null, ...source },
      );
    expect(ask({ product: 'linux', category: 'process_creation' })).toEqual([0, 1, 4]);
    expect(ask({ product: 'linux', service: 'auditd' })).toEqual([0, 2]);
    expect(ask({ product: 'linux' })).toEqual([0, 1, 2, 4]);
    expect(ask({ product: 'windows', category: 'dns_query' })).toEqual([]);
    expect(ask({ category: 'process_creation' })).toEqual([0, 1, 3, 4]);
    expect(ask({})).toEqual([0, 1, 2, 3, 4]);
  });
});
