import { expect, it } from 'vitest';
import type { Standing } from '#shared/contract/findings.ts';
import type { Counts } from '#shared/domain/counts.ts';
import { traySentence } from './tray-sentence.ts';

const counts = (change: Partial<Counts>): Counts => ({
  pass: 0,
  fix: 0,
  review: 0,
  unknown: 0,
  notApplicable: 0,
  waived: 0,
  ...change,
});
const nodes = (...names: string[]) => names.map((nodeName) => ({ nodeName }) as Standing);

it.each([
  ['Nothing to watch yet', 'not-applicable', 0, nodes(), {}],
  ['2 to fix', 'fix', 2, nodes('boa', 'miu'), { fix: 2, review: 3, pass: 9 }],
  ['1 to fix on miu', 'fix', 1, nodes('miu'), { fix: 1 }],
  ['3 to review', 'review', 3, nodes('boa', 'miu'), { review: 3, unknown: 2 }],
  ['2 could not look on pi', 'unknown', 2, nodes('pi'), { unknown: 13, lacking: 11, pass: 20 }],
  ['11 not in this version', 'unknown', 0, nodes('pi'), { unknown: 11, lacking: 11, pass: 20 }],
  ['Not looked yet', 'unknown', 0, nodes('pi'), {}],
  ['All is fine on pi', 'pass', 0, nodes('pi'), { pass: 20, waived: 1 }],
] as const)('%s', (sentence, status, number, standings, change) => {
  expect(traySentence({ counts: counts(change), standings: [...standings] })).toEqual({
    sentence,
    status,
    number,
  });
});
