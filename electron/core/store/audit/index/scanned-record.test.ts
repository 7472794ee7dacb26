import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OWN_TERMS, valueText } from '#shared/domain/audit/event-values.ts';
import { readRecordText, recordText, type StoredEvent } from '../record-text.ts';
import { exampleEvent, numbersFrom } from '../testing/example-events.ts';
import { ScannedRecord } from './scanned-record.ts';

const SALT = 'A'.repeat(22);
const anyText = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    'a',
    'b',
    '"',
    '\\',
    '\\"',
    ',"raw":"',
    '"}',
    '}',
    ']',
    '\u0000\n',
    '\ud800',
    '',
    '__proto__',
    '12',
    '/usr/bin/python3 -m x',
  ),
);
const scalar = fc.oneof(
  anyText,
  anyText,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const event = fc.record<Partial<StoredEvent>>({
  number: fc.integer({ min: 1, max: 2 ** 40 }),
  at: fc.integer({ min: -1_000, max: 2 ** 42 }),
  timeText: fc.oneof(anyText, fc.constant(null)),
  node: fc.oneof(anyText, fc.constant('miu')),
  source: fc.oneof(anyText, fc.constant('log')),
  logsource: fc.record({
    product: fc.constantFrom(null, 'linux'),
    category: fc.constantFrom(null, 'process_creation', 'x"'),
    service: fc.oneof(anyText, fc.constant(null)),
  }),
  severity: fc.constantFrom(null, 'info' as const),
  group: fc.oneof(fc.constant(null), anyText),
  derived: fc.boolean(),
  cut: fc.constantFrom(null, { bytes: 3, sha256: 'ab'.repeat(32) }),
  message: anyText,
  raw: fc.oneof(anyText, fc.constant('same')),
  fields: fc.oneof(
    fc.constant({}),
    fc.constant({ User: 'miu', pid: 7, CommandLine: 'sh -c "x"' }),
    fc.dictionary(anyText, fc.oneof(scalar, scalar, fc.array(scalar, { maxLength: 3 })), { maxKeys: 5 }),
  ),
});

it('takes of a text what reading it as an event gives, whatever came before', () => {
  const scanned = new ScannedRecord();
  const other = exampleEvent(numbersFrom(1), 1_795_000_000_000);
  fc.assert(
    fc.property(event, fc.constantFrom('', '\u0000', 'before'), (given, before) => {
      const text = recordText({ ...other, number: 1, ...given }, SALT);
      const read = readRecordText(text);
      if (read === null) throw new Error('Not a text of an event');
      expect(scanned.read(before + text, before.length)).toBe(true);
      expect([scanned.number, scanned.at]).toEqual([read.number, read.at]);
      const own = OWN_TERMS.map((name) =>
        name === 'product' || name === 'category' || name === 'service' ? read.logsource[name] : read[name],
      );
      expect(scanned.own).toEqual(own);
      expect(scanned.raw()).toBe(read.raw);
      expect(scanned.message ?? scanned.raw()).toBe(read.message);
      // Not as JSON.parse reads them: V8 13.6 takes the name `"` for `\\` behind another of the same shape that has it.
      const pairs = Object.entries(given.fields ?? {}).flatMap(([name, held]) =>
        (Array.isArray(held) ? held : [held]).map((value) => `${name}\n${valueText(value)}`),
      );
      const { names, values } = scanned;
      expect(values).toHaveLength(names.length);
      const had = names.map((name, place) => `${name}\n${values[place]}`);
      // Names that are numbers come first in an object.
      expect(had.sort()).toEqual(pairs.sort());
    }),
    { numRuns: 1_000 },
  );
});

it.each([
  '',
  '{}',
  '{"number":1,"at":2}',
  `{"number":1,"at":2,"timeFrom":"log","receivedAt":2,"node":"n","source":"s","fields":{"a":{"b":1}},"raw":"x","salt":"${SALT}"}`,
  `{"number":1,"at":2,"timeFrom":"log","receivedAt":2,"node":"n","source":"s","fields":{"a":[[1]]},"raw":"x","salt":"${SALT}"}`,
  `{"number":1,"at":2,"timeFrom":"log","receivedAt":2,"node":"n","source":"s","fields":{"a":"b","raw":"x","salt":"${SALT}"}`,
  `{"number":1,"at":2,"timeFrom":"log","receivedAt":2,"node":"n","source":"s","fields":{},"raw":"x"}`,
  `{"number":1,"at":2,"timeFrom":"log","receivedAt":2,"source":"s","fields":{},"raw":"x","salt":"${SALT}"}`,
])('leaves a text to others that is written in another way: %s', (text) => {
  expect(new ScannedRecord().read(text)).toBe(false);
});
