import { expect, it } from 'vitest';
import type { FindingStatus } from '#shared/domain/finding.ts';
import { historyInWords } from './history-words.ts';

const days = (...statuses: (FindingStatus | null)[]) =>
  statuses.map((status, index) => ({ day: `2026-11-${String(index + 1).padStart(2, '0')}`, status }));
const many = (amount: number, status: FindingStatus) => Array<FindingStatus>(amount).fill(status);

it.each([
  [
    'fine, 2 days not seen, to fix since today',
    days(...many(20, 'pass'), 'unknown', 'unknown', ...many(7, 'pass'), 'fix'),
  ],
  ['fine on every day seen', days(null, null, ...many(3, 'pass'))],
  ['fine, to review for 3 days', days(...many(5, 'pass'), ...many(3, 'review'))],
  ['nobody looked', days(null, null)],
])('says %s', (words, entries) => {
  expect(historyInWords(entries)).toBe(words);
});
