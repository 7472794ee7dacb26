import { describe, expect, it } from 'vitest';
import { PlanRegistry, planHash } from './plan-registry.ts';

const plan = { id: 'p1', title: 'Close port 7890', lines: ['nft …'], steps: [{ b: 1, a: 2 }] };

describe('the plan registry', () => {
  it('gives a plan for its id and hash only, and once', () => {
    const registry = new PlanRegistry();
    const hash = registry.add(plan);
    expect(registry.find('p2', hash)).toBe('unknown');
    expect(registry.find('p1', 'f'.repeat(64))).toBe('changed');
    expect(registry.claim('p1', hash)).toMatchObject({ id: 'p1' });
    expect(registry.claim('p1', hash)).toBe('unknown');
  });

  it('hashes everything, and not the order of keys', () => {
    expect(planHash({ ...plan, steps: [{ a: 2, b: 1 }] })).toBe(planHash(plan));
    expect(planHash({ ...plan, steps: [{ a: 2, b: 2 }] })).not.toBe(planHash(plan));
    expect(planHash({ ...plan, lines: ['nft'] })).not.toBe(planHash(plan));
  });

  it('keeps its own copy: changing the object afterwards changes nothing', () => {
    const registry = new PlanRegistry();
    const mine = structuredClone(plan);
    const hash = registry.add(mine);
    mine.title = 'Open everything';
    expect(registry.find('p1', hash)).toMatchObject({ title: 'Close port 7890' });
  });

  it('refuses the hash of the plan that was shown before when it was replaced', () => {
    const registry = new PlanRegistry();
    const before = registry.add(plan);
    registry.add({ ...plan, steps: [] });
    expect(registry.find('p1', before)).toBe('changed');
  });

  it('forgets the oldest beyond its limit', () => {
    const registry = new PlanRegistry();
    const hash = registry.add(plan);
    for (let index = 0; index < 256; index += 1) registry.add({ ...plan, id: `other-${index}` });
    expect(registry.find('p1', hash)).toBe('unknown');
  });
});
