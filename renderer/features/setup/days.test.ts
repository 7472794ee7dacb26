import { expect, it } from 'vitest';
import { dayFromNow, endOfDay } from './days.ts';

it('counts days from the local date', () => {
  const now = new Date(2026, 10, 21, 19, 20).getTime();
  expect(dayFromNow(now, 1)).toBe('2026-11-22');
  expect(dayFromNow(now, 41)).toBe('2027-01-01');
});

it('lets the last day count whole', () => {
  const end = new Date(endOfDay('2026-12-12'));
  expect([end.getFullYear(), end.getMonth(), end.getDate(), end.getHours()]).toEqual([2026, 11, 12, 23]);
});
