import { expect, test } from 'vitest';
import { Skew } from './skew.ts';

test('a clock that is off shows, and a line that was held up does not', () => {
  const skew = new Skew();
  expect(skew.value).toBeNull();
  for (const late of [40, 80, 90_000, 60, 1_900]) skew.heard(late);
  expect(skew.value).toBe(0);
  for (let batch = 0; batch < 5; batch += 1) skew.heard(-3_599_400);
  expect(skew.value).toBe(-3_599_400);
  for (let batch = 0; batch < 9; batch += 1) skew.heard(20);
  expect(skew.value).toBe(0);
});
