import { describe, expect, it } from 'vitest';
import { count, dayAndClock, dayInWords, pointInTime, relativeTime } from './time-words.ts';

const now = new Date(2026, 10, 21, 19, 20).getTime();
const at = (...[month, day, hour, minute]: [number, number, number, number]) =>
  new Date(2026, month, day, hour, minute).toISOString();

describe('relativeTime', () => {
  it.each([
    [at(10, 21, 19, 20), 'just now', '19:20'],
    [at(10, 21, 19, 19), '1 minute ago', '19:19'],
    [at(10, 21, 18, 52), '28 minutes ago', '18:52'],
    [at(10, 21, 16, 0), '3 hours ago', '16:00'],
    [at(10, 21, 1, 12), 'today at 01:12', '01:12'],
    [at(10, 20, 21, 4), 'yesterday at 21:04', 'yesterday'],
    [at(10, 17, 12, 0), '4 days ago', '4 days ago'],
    [at(10, 3, 12, 0), '3 November', '3 Nov'],
  ])('%s', (instant, long, short) => {
    expect(relativeTime(instant, now)).toBe(long);
    expect(relativeTime(instant, now, true)).toBe(short);
  });

  it('names the year when it is another one', () => {
    expect(dayInWords(new Date(2027, 0, 4).toISOString(), now, true)).toBe('4 Jan 2027');
  });

  it('looks ahead too', () => {
    expect(relativeTime(at(10, 21, 19, 50), now)).toBe('in 30 minutes');
    expect(relativeTime(at(10, 21, 22, 20), now)).toBe('at 22:20');
    expect(relativeTime(at(11, 12, 22, 20), now)).toBe('on 12 December');
  });

  it('says nothing of an instant that is none', () => {
    expect(relativeTime('', now)).toBe('');
  });
});

it('writes the line above the sentence', () => {
  expect(dayAndClock(now)).toBe('Saturday 21 November, 19:20');
});

it('counts with a noun', () => {
  expect([count(1, 'minute'), count(1200, 'line')]).toEqual(['1 minute', '1,200 lines']);
});

describe('pointInTime', () => {
  it('stays the same while the clock goes on, and names another year', () => {
    const at = new Date(2026, 10, 22, 1, 38).toISOString();
    expect(pointInTime(at, new Date(2026, 10, 22, 4, 0).getTime())).toBe('22 November, 01:38');
    expect(pointInTime(at, new Date(2027, 0, 2).getTime())).toBe('22 November 2026, 01:38');
  });
});
