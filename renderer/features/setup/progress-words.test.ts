import { expect, it } from 'vitest';
import type { FindingStatus } from '#shared/domain/finding.ts';
import { progressInWords } from './progress-words.ts';

const items = (...statuses: FindingStatus[]) => statuses.map((status) => ({ status }));

it.each([
  ['Ten of eleven are fine, one is left', [...Array<FindingStatus>(10).fill('pass'), 'fix']],
  ['One of three is fine, one accepted, one is left', ['pass', 'waived', 'unknown']],
  ['One of two is fine, one does not apply', ['pass', 'not-applicable']],
  ['None of the two applies here', ['not-applicable', 'not-applicable']],
  ['None of two is fine, two are left', ['unknown', 'review']],
] as [string, FindingStatus[]][])('says %s', (words, statuses) => {
  expect(progressInWords(items(...statuses))).toBe(words);
});

it('counts what nobody looked at as left', () => {
  expect(progressInWords([undefined, { status: 'pass' }])).toBe('One of two is fine, one is left');
});
