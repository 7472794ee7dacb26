import { expect, test } from 'vitest';
import { utcOffsetOf } from './zone.ts';

const WINTER = Date.UTC(2026, 10, 22);
const SUMMER = Date.UTC(2026, 6, 1);

test.each([
  ['Etc/UTC', WINTER, 0],
  ['Europe/Berlin', WINTER, 60],
  ['Europe/Berlin', SUMMER, 120],
  ['America/St_Johns', WINTER, -210],
  ['Asia/Kathmandu', WINTER, 345],
  ['Mars/Olympus', WINTER, null],
  ['', WINTER, null],
  ['Europe/Berlin\u202e', WINTER, null],
  ['x'.repeat(300), WINTER, null],
])('%s', (zone, at, minutes) => {
  expect(utcOffsetOf(zone, at)).toBe(minutes);
});
