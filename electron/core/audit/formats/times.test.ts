import fc from 'fast-check';
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

  it('is read as one expression says, wherever it stands and whatever is wrong with it', () => {
    const form =
      /(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?([Zz]|[+-]\d\d:?\d\d)(?![\d:]))?/y;
    const slowly = (text: string, start: number): { at: number | null; end: number } | null => {
      form.lastIndex = start;
      const match = form.exec(text);
      if (match === null) return null;
      const [all, year, month, day, hour, minute, second, fraction = '', zone] = match;
      const date = `${year}-${month}-${day}`;
      const from = Date.parse(`${date}T00:00:00Z`);
      const isDay =
        !Number.isNaN(from) && new Date(from).toISOString().startsWith(date) && Number(year) >= 100;
      const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60;
      const sign = zone?.startsWith('-') ? -1 : 1;
      const east =
        zone === undefined
          ? CONTEXT.utcOffsetMinutes
          : /z/i.test(zone)
            ? 0
            : sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
      const seconds = Number(hour) * 3_600 + Number(minute) * 60 + Number(second);
      const at = from + seconds * 1_000 + Number(`${fraction}000`.slice(0, 3)) - east * 60_000;
      return { at: isDay && isTime ? at : null, end: start + all.length };
    };
    const number = (most: number, digits: number) =>
      fc.nat(most).map((value) => String(value).padStart(digits, '0'));
    const year = fc.oneof(fc.constant('2026'), number(9_999, 4));
    const part = fc.tuple(
      fc.oneof(fc.constant(''), fc.constantFrom('x', ' ', '1')),
      year,
      fc.constantFrom('-', '-', '-', '/'),
      number(13, 2),
      number(32, 2),
      fc.constantFrom('T', 't', ' ', '_'),
      number(25, 2),
      number(61, 2),
      number(61, 2),
      fc.constantFrom('', '', '.', ',', '.1', ',25', '.123', '.1234', '.999999999', '.1234567890', '.x'),
      fc.constantFrom(
        '',
        'Z',
        'z',
        ' Z',
        '+01:00',
        '-0330',
        ' -11:30',
        '+1',
        '+01:0',
        '+01:000',
        'Z:',
        'Z1',
        '  Z',
        '+0100:',
        '-99:99',
      ),
      fc.constantFrom('', '', ' text', '5', ':'),
    );
    let read = 0;
    fc.assert(
      fc.property(
        part,
        fc.nat(40),
        ([before, y, hyphen, mo, d, between, h, mi, s, fraction, zone, after], cut) => {
          const whole = `${before}${y}-${mo}${hyphen}${d}${between}${h}:${mi}:${s}${fraction}${zone}${after}`;
          for (const text of [whole, whole.slice(0, cut)]) {
            const expected = slowly(text, before.length);
            if (expected?.at != null) read += 1;
            expect(readIsoTime(text, before.length, CONTEXT)).toEqual(expected);
          }
        },
      ),
      { numRuns: 5_000 },
    );
    expect(read).toBeGreaterThan(500);
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
