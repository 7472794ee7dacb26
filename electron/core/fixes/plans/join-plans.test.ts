import { describe, expect, it } from 'vitest';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';
import { joinPlans } from './join-plans.ts';
import { exampleStep } from './testing/example-plan.ts';

const planOf = (check: CheckId, action: HelperAction) => ({
  check,
  plan: {
    title: 'Do it',
    settings: [],
    steps: [exampleStep('/x', { check, action })],
    proofs: [],
    mayCutOff: false,
  },
});
const anything = { kind: 'any' } as const;
const copy = (from: string) =>
  planOf('dedicated-user', {
    verb: 'copy-tree',
    from,
    path: '/opt/mycoswarm/venv',
    uid: 0,
    gid: 0,
    expect: anything,
  });
const upgrade = planOf('dependency-audit', {
  verb: 'upgrade-packages',
  path: '/home/minotaur/swarm/.venv',
  site: 'lib/python3.11/site-packages',
  packages: [{ name: 'demo', from: '1.0', to: '1.1' }],
  expect: anything,
});

describe('plans of an environment that moves and of its packages', () => {
  it.each(['/home/minotaur/swarm/.venv', '/home/minotaur/swarm'])(
    'are not joined where %s is copied: the copy would keep the old packages',
    (from) => {
      const joined = joinPlans([copy(from), upgrade]);
      expect(joined.checks).toEqual(['dedicated-user']);
      expect(joined.left).toEqual([
        { check: 'dependency-audit', reason: expect.stringContaining('Do dedicated-user first') },
      ]);
    },
  );

  it('are joined where something else is copied', () => {
    expect(joinPlans([copy('/home/minotaur/swarm2'), upgrade]).left).toEqual([]);
  });
});
