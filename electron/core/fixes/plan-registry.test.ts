import { describe, expect, it } from 'vitest';
import { ClaimedPlan, PlanRegistry, planHash } from './plan-registry.ts';
import { examplePlan, exampleStep } from './plans/testing/example-plan.ts';

const plan = examplePlan();
const otherId = (index: number): string => index.toString(16).padStart(32, '0');

describe('the plan registry', () => {
  it('gives a plan for its id and hash only, and once', () => {
    const registry = new PlanRegistry();
    const { hash } = registry.add(plan);
    expect(registry.find(otherId(1), hash)).toBe('unknown');
    expect(registry.find(plan.id, 'f'.repeat(64))).toBe('changed');
    expect(registry.claim(plan.id, hash)).toMatchObject({ plan: { id: plan.id, hash } });
    expect(registry.claim(plan.id, hash)).toBe('unknown');
  });

  it('hashes everything, and not the order of keys', () => {
    const reordered = Object.fromEntries(Object.entries(plan).reverse()) as typeof plan;
    expect(planHash(reordered)).toBe(planHash(plan));
    for (const [key, value] of Object.entries({
      title: 'Open everything',
      node: 'other',
      revertsAfter: 60,
      steps: [exampleStep('/etc/shadow')],
      blocked: 'x',
      differences: [{ path: '/a', what: 'mode', left: '0644', now: '0600' }],
    })) {
      expect(planHash({ ...plan, [key]: value }), key).not.toBe(planHash(plan));
    }
  });

  it('keeps its own copy: changing the object before or after changes nothing', () => {
    const registry = new PlanRegistry();
    const mine = structuredClone(plan);
    const given = registry.add(mine);
    mine.title = 'Open everything';
    given.title = 'Open everything';
    const found = registry.find(plan.id, given.hash);
    expect(found).toMatchObject({ title: plan.title });
    Object.assign(found, { title: 'Open everything' });
    expect(registry.find(plan.id, given.hash)).toMatchObject({ title: plan.title });
  });

  it('refuses the hash of the plan that was shown before when it was replaced', () => {
    const registry = new PlanRegistry();
    const before = registry.add(plan);
    registry.add({ ...plan, steps: [] });
    expect(registry.find(plan.id, before.hash)).toBe('changed');
  });

  it('forgets the oldest beyond its limit', () => {
    const registry = new PlanRegistry();
    const { hash } = registry.add(plan);
    for (let index = 0; index < 256; index += 1) registry.add({ ...plan, id: otherId(index) });
    expect(registry.find(plan.id, hash)).toBe('unknown');
  });

  it('lets nobody else make a claimed plan', () => {
    expect(() => new ClaimedPlan(Symbol('plan registry'), { ...plan, hash: planHash(plan) })).toThrow();
  });
});
