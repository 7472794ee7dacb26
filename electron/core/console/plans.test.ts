import { expect, it } from 'vitest';
import { PlanRegistry } from '#core/fixes/plan-registry.ts';
import { examplePlan } from '#core/fixes/plans/testing/example-plan.ts';
import { plansGroup } from './plans.ts';

it('begins exactly the plan that was claimed, and answers its change', async () => {
  const registry = new PlanRegistry();
  const { id, hash } = registry.add(examplePlan());
  const claimed = registry.claim(id, hash);
  if (typeof claimed === 'string') throw new Error(claimed);
  const begun: string[] = [];
  const group = plansGroup(async ({ plan }) => {
    begun.push(plan.hash);
    return plan.id;
  });
  expect(await group.apply(claimed)).toEqual({ change: id });
  expect(begun).toEqual([hash]);
});
