import { describe, expect, it } from 'vitest';
import { runChecks } from '#core/checks/run.ts';
import { inputFor } from '#core/checks/testing/facts-builder.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { apply } from './testing/after.ts';
import { modelOf } from './testing/model.ts';
import { planFor } from './testing/plan-for.ts';
import { TEXTS, TO_REPAIR } from './testing/to-repair.ts';

function statusOf(check: CheckId, facts: Facts) {
  const [found] = runChecks(inputFor(facts), { only: [check] });
  const evidence = found?.evidence.filter(({ status }) => status !== 'pass' && status !== 'not-applicable');
  return { status: found?.status, evidence: evidence?.map(({ what, seen }) => `${what}: ${seen}`) };
}

const fine = { status: 'pass', evidence: [] };
describe('a plan that is carried out', () => {
  it.each(TO_REPAIR)('%s: %s, and then the check passes', (check, _, facts) => {
    expect(statusOf(check, facts).status).not.toBe('pass');
    const model = apply(modelOf(facts), planFor(check, facts, { texts: TEXTS }));
    expect(statusOf(check, model.facts)).toEqual(fine);
  });
});
