import { expect, it } from 'vitest';
import { PlanRegistry } from '#core/fixes/plan-registry.ts';
import {
  ClaimedStep,
  IncidentRegistry,
  incidentPlanHash,
} from '#core/incidents/runbook/incident-registry.ts';
import type { IncidentPlan } from '#shared/domain/incident/incident-plan.ts';
import { AccessGuard } from './access.ts';

const UNHASHED: Omit<IncidentPlan, 'hash'> = {
  id: 'a'.repeat(32),
  incident: 'c'.repeat(32),
  step: 'isolate',
  action: 'isolate',
  title: 'Isolate naru from everything but this console',
  madeAt: '2026-11-22T23:05:00.000Z',
  lines: ['naru: all else is dropped.', '\u202eevil'],
  warnings: [],
  couldUndo: [],
  reversible: 'Release takes it back.',
  isolation: null,
  words: '',
  blocked: null,
};
const context = { caller: { kind: 'renderer', client: 'tab' } } as const;

function guarded(answers: boolean[], blocked: string | null = null) {
  const registry = new IncidentRegistry();
  const plan = registry.add({ ...UNHASHED, blocked });
  const asked: { title: string; lines: readonly string[] }[] = [];
  const consent = {
    ask: async (question: { title: string; lines: readonly string[] }) => {
      asked.push(question);
      return answers.shift() ?? false;
    },
  };
  const steps = { registry, nodeOf: async () => 'naru' };
  const guard = new AccessGuard(new PlanRegistry(), consent, async () => '10.0.0.31', null, steps);
  const order = (hash = plan.hash) => guard.check('privileged', { plan: plan.id, hash }, context);
  return { order, asked, plan };
}

it('lets a step pass that a person agreed to, once, and says where the node is', async () => {
  const { order, asked, plan } = guarded([true, true]);
  const claimed = await order();
  expect(claimed).toBeInstanceOf(ClaimedStep);
  expect(asked[0]).toMatchObject({ title: plan.title });
  expect(asked[0]?.lines.join('\n')).toContain('10.0.0.31');
  expect(asked[0]?.lines.join('\n')).toContain(plan.hash);
  expect(asked[0]?.lines.join('\n')).not.toContain('\u202e');
  // The second click names a plan that was taken.
  await expect(order()).rejects.toMatchObject({ code: 'PLAN_UNKNOWN' });
  expect(asked).toHaveLength(1);
});

it('holds a step to which nobody agreed, and one that is not the one that was shown', async () => {
  const { order, asked } = guarded([false]);
  await expect(order()).rejects.toMatchObject({ code: 'CONSENT_REFUSED' });
  await expect(order('0'.repeat(64))).rejects.toMatchObject({ code: 'PLAN_CHANGED' });
  expect(asked).toHaveLength(1);
  const blocked = guarded([true], 'Nothing holds it.');
  await expect(blocked.order()).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  expect(blocked.asked).toHaveLength(0);
});

it('covers everything of a plan by its hash', () => {
  const hash = incidentPlanHash(UNHASHED);
  expect(incidentPlanHash({ ...UNHASHED, lines: [] })).not.toBe(hash);
  expect(incidentPlanHash({ ...UNHASHED, step: 'release' })).not.toBe(hash);
  expect(() => new ClaimedStep(Symbol('mine'), { ...UNHASHED, hash })).toThrow(TypeError);
});
