import { describe, expect, it } from 'vitest';
import { CONTEXT } from './testing/parse.ts';
import { clockTime, epochTime, readBsdTime, readIsoTime, timeOfValue } from './times.ts';

const iso = (at: number | null | undefined): string | null =>
  at == null ? null : new Date(at).toISOString();

describe('times of logs', () => {
  it.each([
    ['2026-11-22T09:00:00Z', '2026-11-22T09:00:00.000Z'],
    ['2026-11-22T09:00:00.1234567+01:00', '2026-11-22T08:00:00.123Z'],
    ['2026-11-22 09:00:00,5', '2026-11-22T08:00:00.500Z'],
    ['2026-11-22T09:00:00-0330', '2026-11-22T12:30:00.000Z'],
    ['2026-02-29T09:00:00Z', null],
    ['2026-13-01T09:00:00Z', null],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['2100-01-01T00:00:00Z', '2100-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(iso(readIsoTime(text, 0, CONTEXT)?.at)).toBe(expected);
  });

  it('puts a time without a year nearest to when it was received', () => {
    const newYear = { receivedAt: Date.UTC(2027, 0, 1, 0, 30), utcOffsetMinutes: 60 };
    expect(iso(readBsdTime('Dec 31 23:59:59', 0, newYear)?.at)).toBe('2026-12-31T22:59:59.000Z');
    expect(iso(readBsdTime('Jan  1 01:00:00', 0, newYear)?.at)).toBe('2027-01-01T00:00:00.000Z');
    expect(iso(readBsdTime('Feb 29 01:00:00', 0, newYear)?.at)).toBe('2028-02-29T00:00:00.000Z');
    expect(iso(readBsdTime('Feb 30 01:00:00', 0, newYear)?.at)).toBe(null);
  });

  it('puts a clock without a date on the nearest day', () => {
    const night = { receivedAt: Date.UTC(2026, 10, 22, 23, 2), utcOffsetMinutes: 60 };
    expect(iso(clockTime(23, 59, 58, night))).toBe('2026-11-22T22:59:58.000Z');
    expect(iso(clockTime(0, 1, 0, night))).toBe('2026-11-22T23:01:00.000Z');
    expect(clockTime(25, 0, 0, night)).toBe(null);
  });

  it('tells seconds, milli-, micro- and nanoseconds apart', () => {
    const at = Date.UTC(2026, 10, 22);
    for (const number of [at / 1_000, at, at * 1_000, at * 1_000_000]) expect(epochTime(number)).toBe(at);
    expect(epochTime(1e300)).toBe(null);
    expect(timeOfValue('1795305600.25', CONTEXT)).toBe(1_795_305_600_250);
    expect(timeOfValue({}, CONTEXT)).toBe(null);
  });
});
