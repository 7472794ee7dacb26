import { describe, expect, it } from 'vitest';
import { type Plan, plansGroup } from './plans.ts';

function setUp(answer: boolean | 'broken') {
  const asked: string[] = [];
  let applied = 0;
  const plan: Plan = {
    id: 'plan-1',
    hash: 'a'.repeat(64),
    title: 'Close the way out on miu',
    lines: ['nft -f -'],
    async apply() {
      applied += 1;
      return 'change-1';
    },
  };
  const group = plansGroup((id) => (id === plan.id ? plan : null), {
    async ask(question) {
      asked.push(question.title);
      if (answer === 'broken') throw new Error('no dialog');
      return answer;
    },
  });
  return { group, asked, applied: () => applied };
}

describe('ordering a change', () => {
  it('applies a known plan after consent', async () => {
    const { group, asked } = setUp(true);
    expect(await group.apply({ plan: 'plan-1', hash: 'a'.repeat(64) })).toEqual({ change: 'change-1' });
    expect(asked).toEqual(['Close the way out on miu']);
  });

  it.each([
    ['an unknown plan', true, { plan: 'plan-2', hash: 'a'.repeat(64) }, 'PLAN_UNKNOWN', 0],
    ['another hash', true, { plan: 'plan-1', hash: 'b'.repeat(64) }, 'PLAN_CHANGED', 0],
    ['no consent', false, { plan: 'plan-1', hash: 'a'.repeat(64) }, 'CONSENT_REFUSED', 1],
    ['a gate that breaks', 'broken', { plan: 'plan-1', hash: 'a'.repeat(64) }, 'CONSENT_REFUSED', 1],
  ] as const)('refuses %s and changes nothing', async (_, answer, input, code, questions) => {
    const { group, asked, applied } = setUp(answer);
    await expect(group.apply(input)).rejects.toMatchObject({ code });
    expect(asked).toHaveLength(questions);
    expect(applied()).toBe(0);
  });
});
