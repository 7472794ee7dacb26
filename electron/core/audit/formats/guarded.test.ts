import { expect, it } from 'vitest';
import type { LogFormat } from './format.ts';
import { FAULT_FIELD, guarded } from './guarded.ts';
import { rawRecord } from './record.ts';

const CONTEXT = { receivedAt: 1_795_340_000_000, utcOffsetMinutes: 0 };

/** Keeps one line back until the next one comes; throws at some. */
const fragile: LogFormat = {
  id: 'syslog',
  createParser: (state) => {
    let waiting = typeof state === 'string' ? state : null;
    if (waiting === 'poison') throw new TypeError('bad state');
    return {
      parse(line) {
        if (line.includes('poison')) throw new TypeError(`cannot read ${line}`);
        const records = waiting === null ? [] : [rawRecord(waiting)];
        waiting = line;
        return records;
      },
      flush() {
        const records = waiting === null ? [] : [rawRecord(waiting)];
        waiting = null;
        return records;
      },
      state: () => waiting,
    };
  },
  recognises: (lines) => {
    if (lines.includes('poison')) throw new RangeError('too much');
    return 1;
  },
};

it('makes a raw record with the fault of a line that a parser throws at, and goes on', () => {
  const parser = guarded(fragile).createParser();
  const records = ['one', 'poison <b>', 'two', 'three'].flatMap((line) => parser.parse(line, CONTEXT));
  records.push(...parser.flush(CONTEXT));
  expect(records.map(({ message }) => message)).toEqual(['one', 'poison <b>', 'two', 'three']);
  expect(records[1]?.fields).toEqual({
    [FAULT_FIELD]: 'Swarmkeep could not read this as syslog. TypeError: cannot read poison <b>',
  });
  expect(records[2]?.fields).toEqual({});
});

it('begins anew when what was kept makes it throw, and recognises nothing where it throws', () => {
  const parser = guarded(fragile).createParser('poison');
  expect(parser.parse('one', CONTEXT)).toEqual([]);
  expect(guarded(fragile).createParser('kept').flush(CONTEXT)[0]?.message).toBe('kept');
  expect(guarded(fragile).recognises(['poison'])).toBe(0);
  expect(guarded(fragile).recognises(['fine'])).toBe(1);
});

it('bounds the fault, and bears what is no error', () => {
  const other: LogFormat = {
    ...fragile,
    createParser: () => ({
      parse: () => {
        throw 'x'.repeat(10_000);
      },
      flush: () => {
        throw new Error('flush');
      },
      state: () => {
        throw new Error('state');
      },
    }),
  };
  const parser = guarded(other).createParser();
  const records = parser.parse('line', CONTEXT);
  expect(records.map(({ message }) => message).at(-1)).toBe('line');
  expect(String(records.at(-1)?.fields[FAULT_FIELD]).length).toBe(256);
  expect(parser.flush(CONTEXT)).toHaveLength(1);
  expect(parser.state()).toBeNull();
});
