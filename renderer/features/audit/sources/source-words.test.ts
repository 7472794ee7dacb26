import { expect, test } from 'vitest';
import { skewWords } from './source-words.ts';

test.each([
  [
    -3_599_400,
    "Its times are 60 minutes ahead of this computer's clock: most likely its time zone is read wrong. A look at the node learns it.",
  ],
  [
    7_200_300,
    "Its times are 2 hours behind this computer's clock: most likely its time zone is read wrong. A look at the node learns it.",
  ],
  [4_000, "Its times are 4 seconds behind this computer's clock; they are kept as the log says them."],
  [-300_000, "Its times are 5 minutes ahead of this computer's clock; they are kept as the log says them."],
])('%i', (skew, words) => {
  expect(skewWords(skew)).toBe(words);
});
