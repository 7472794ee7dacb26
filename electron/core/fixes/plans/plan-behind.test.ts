import { expect, it } from 'vitest';
import type { StoredChange } from '#core/store/operations/changes.ts';
import { plan as planShape } from '#shared/domain/plan.ts';
import { planBehind, waitsInTheMiddle } from './plan-behind.ts';
import { examplePlan } from './testing/example-plan.ts';

const AT = '2026-11-21T19:20:00.000Z';
const waiting = {
  id: 'c'.repeat(32),
  state: 'applying',
  startedAt: AT,
  endedAt: null,
  error: 'It waits.',
  plan: examplePlan({ title: 'x'.repeat(512) }),
} as unknown as StoredChange;

it('plans nothing on what is half done, and says which change comes first and how', () => {
  const access = { via: 'root', installed: true, outdated: false, words: '' } as const;
  const made = planBehind(waiting, {
    id: 'd'.repeat(32),
    madeAt: AT,
    checks: ['dedicated-user', 'dedicated-user'],
    access,
  });
  expect(planShape.safeParse({ ...made, hash: 'a'.repeat(64) }).error).toBeUndefined();
  expect(made.steps).toEqual([]);
  expect(made.blocked).toMatch(/^Another change is under way since .+ undo cccccccc$/);
  expect(made.left).toEqual([{ check: 'dedicated-user', reason: made.blocked }]);
});

it('lets a change pass that runs, waits to be kept, or has ended', () => {
  expect(waitsInTheMiddle(waiting)).toBe(true);
  for (const other of [{ error: null }, { state: 'unconfirmed' }, { endedAt: AT }] as const)
    expect(waitsInTheMiddle({ ...waiting, ...other })).toBe(false);
});
