import { expect, it } from 'vitest';
import type { FindingStatus } from '#shared/domain/finding.ts';
import { progressInWords } from './progress-words.ts';

const items = (...statuses: FindingStatus[]) => statuses.map((status) => ({ status }));

it.each([
  ['10 of 11 are fine, one is left', [...Array<FindingStatus>(10).fill('pass'), 'fix']],
  ['1 of 3 is fine, one accepted, one is left', ['pass', 'waived', 'unknown']],
  ['1 of 2 is fine, one does not apply', ['pass', 'not-applicable']],
  ['None of the 2 applies here', ['not-applicable', 'not-applicable']],
  ['0 of 2 are fine, two are left', ['unknown', 'review']],
] as [string, FindingStatus[]][])('says %s', (words, statuses) => {
  expect(progressInWords(items(...statuses))).toBe(words);
});

it('counts what nobody looked at as left', () => {
  expect(progressInWords([undefined, { status: 'pass' }])).toBe('1 of 2 is fine, one is left');
});
