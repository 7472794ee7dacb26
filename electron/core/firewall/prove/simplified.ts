import { uniteRanks } from './rank-set.ts';
import type { Case } from './step.ts';

/** Cases that ask only for one field, the same one, are one case with all their values. */
export function simplified(cases: readonly Case[]): readonly Case[] {
  const [first] = cases;
  const field = first?.tests[0]?.field;
  if (first === undefined || field === undefined || cases.length === 1) return cases;
  const plain = cases.every(
    (one) =>
      one.tests.length === 1 && one.tests[0]?.field === field && one.marks.length === 0 && one.doubt === null,
  );
  if (!plain) return cases;
  return [{ ...first, tests: [{ field, set: uniteRanks(cases.map((one) => one.tests[0]?.set ?? [])) }] }];
}
