import { describe, expect, it } from 'vitest';
import { type Facts, type SubjectName, subjects } from '#shared/domain/facts/facts.ts';
import { runChecks } from './run.ts';
import { inputFor, withoutSubject } from './testing/facts-builder.ts';
import { hardenedNode } from './testing/hardened-node.ts';
import { stockNode } from './testing/stock-node.ts';

/** What says that something was not seen, and not why. */
const BARE =
  /^(could not be (seen|read|looked at|opened)|(its|the) [a-z ]{1,40} could not be (seen|read)|not known|not seen|not tried|no answer came|(was )?not looked at|not all of it could be seen)$/;

/** Every field of one subject that may be unknown is. */
function withNulls(facts: Facts, subject: SubjectName): Facts {
  const nulled = (value: unknown, path: (string | number)[]): unknown => {
    if (value === null || typeof value !== 'object') return value;
    return Array.isArray(value)
      ? value.map((entry, index) => nulled(entry, [...path, index]))
      : Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, nulled(entry, [...path, key])]));
  };
  let copy = structuredClone(facts);
  const observation = copy.subjects[subject];
  if (observation.state !== 'seen') return copy;
  const walk = (value: object): void => {
    for (const key of Object.keys(value)) {
      const holder = value as Record<string, unknown>;
      const before = holder[key];
      holder[key] = null;
      if (before === null || subjects.shape[subject].safeParse(copy.subjects[subject]).success) continue;
      holder[key] = before;
      if (typeof before === 'object' && before !== null) walk(before);
    }
  };
  copy = { ...copy, subjects: { ...copy.subjects, [subject]: nulled(observation, []) } as Facts['subjects'] };
  const seen = copy.subjects[subject];
  if (seen.state === 'seen') walk(seen.value as object);
  return copy;
}

describe('what could not be seen', () => {
  const names = Object.keys(stockNode().subjects) as SubjectName[];
  const cases = (['user', 'root'] as const).flatMap((privilege) =>
    [stockNode(), hardenedNode()].flatMap((node) =>
      names.flatMap((subject) => [
        { subject, facts: { ...withNulls(node, subject), privilege } },
        { subject, facts: { ...withoutSubject(node, subject), privilege } },
      ]),
    ),
  );

  it('says why, and what would help', () => {
    const bare = cases.flatMap(({ subject, facts }) =>
      runChecks(inputFor(facts))
        .filter((finding) => !finding.lacking)
        .flatMap((finding) => {
          const rows = finding.evidence.filter(
            ({ status, seen }) => status === 'unknown' && BARE.test(seen.replace(/^could not look: $/, '')),
          );
          const helpless = finding.status === 'unknown' && !finding.wouldHelp;
          return [
            ...rows.map(({ what, seen }) => `${finding.check} without ${subject}: ${what}: ${seen}`),
            ...(helpless ? [`${finding.check} without ${subject}: nothing would help`] : []),
          ];
        }),
    );
    expect([...new Set(bare)]).toEqual([]);
  });

  it('never asks an administrator to look as administrator', () => {
    const asked = cases
      .filter(({ facts }) => facts.privilege === 'root')
      .flatMap(({ facts }) => runChecks(inputFor(facts)))
      .flatMap(({ check, evidence }) => evidence.map((entry) => ({ check, ...entry })))
      .filter(({ seen }) => /that takes the administrator/.test(seen));
    expect(asked).toEqual([]);
  });
});
