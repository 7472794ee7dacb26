import { expect, it } from 'vitest';
import { letGoWords } from './rule-groups.ts';

it('says what correlations had to forget, and that nothing of it is lost', () => {
  expect(letGoWords({ groups: 1_200, entries: 3_456 })).toMatch(
    /^More came at once .* 3,456 matches of 1,200 things had to be forgotten .* may be missing\. The events themselves are stored\.$/,
  );
  expect(letGoWords({ groups: 0, entries: 1 })).toContain(': 1 match had to');
  expect(letGoWords({ groups: 1, entries: 1 })).toContain(': 1 match of 1 thing had to');
});
