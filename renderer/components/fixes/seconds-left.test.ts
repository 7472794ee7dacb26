import { expect, test } from 'vitest';
import { announcement, minutesAndSeconds } from './seconds-left.ts';

test('writes minutes and seconds', () => {
  expect([408, 60, 9, 0].map(minutesAndSeconds)).toEqual(['6:48', '1:00', '0:09', '0:00']);
});

test('announces the beginning, each minute, ten seconds and the end, and nothing between', () => {
  const said = Array.from({ length: 131 }, (_, index) => 130 - index).flatMap((left, index) => {
    const words = announcement(left, index === 0);
    return words === null ? [] : [`${left}: ${words}`];
  });
  expect(said).toEqual([
    '130: 2 minutes 10 seconds left.',
    '120: 2 minutes left.',
    '60: 1 minute left.',
    '10: 10 seconds left.',
    '0: The time is over.',
  ]);
});
