import { describe, expect, it } from 'vitest';
import { runChecks } from '#core/checks/run.ts';
import { inputFor } from '#core/checks/testing/facts-builder.ts';
import { hardened } from '#core/checks/testing/situations.ts';
import { stockNode } from '#core/checks/testing/stock-node.ts';
import { CHECK_IDS } from '#shared/domain/check-id.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { helperAction } from '#shared/domain/helper/verbs.ts';
import { plan as planSchema } from '#shared/domain/plan.ts';
import { FIXES, NOT_AUTOMATIC } from './all.ts';
import { makePlan, planTargets } from './plans/make-plan.ts';
import { bare } from './testing/bare.ts';
import { recorded } from './testing/recorded.ts';
import { statesOf } from './testing/states.ts';

function planAll(facts: Facts) {
  const known = inputFor(facts);
  const findings = new Map(runChecks(known).map((finding) => [finding.check, finding]));
  const book = { fixes: FIXES, notAutomatic: NOT_AUTOMATIC };
  const request = { checks: CHECK_IDS, book, known, findings };
  const states = statesOf(facts, planTargets(request));
  const access = { via: 'root' as const, installed: true, outdated: false, words: 'as root' };
  return makePlan({
    ...request,
    id: 'ab'.repeat(16),
    node: { id: 'n1', name: 'miu' },
    madeAt: facts.collectedAt,
    states,
    access,
    revertsAfter: undefined,
    unseen: null,
  });
}

/** Drop-ins of units that a plan writes and that no later step of its phase brings into force by a restart. */
function notInForce(steps: ReturnType<typeof planAll>['steps']): string[] {
  return steps.flatMap(({ action, phase }, at) => {
    if (action?.verb !== 'write-file' || phase !== 'now') return [];
    const unit = /^\/(?:etc|run)\/systemd\/system\/(mycoswarm\.service)\.d\//.exec(action.path)?.[1];
    const restarts = steps
      .slice(at)
      .some(
        (later) =>
          later.action?.verb === 'set-unit' &&
          later.action.unit === unit &&
          later.action.action === 'restart',
      );
    return unit === undefined || restarts ? [] : [action.path];
  });
}

const TOGETHER = [
  'sandbox-mode',
  'workspace-bounded',
  'source-read-only',
  'outbound-firewall',
  'peer-allowlist',
  'audit-logging',
];

describe('all fixes of a node in one plan', () => {
  it('starts the daemon again after the last setting of it, for a look knows only what was there at its start', () => {
    const { steps } = planAll(bare());
    expect(
      steps.some(({ action }) => action?.verb === 'write-file' && action.path.includes('40-swarmkeep-agent')),
    ).toBe(true);
    expect(notInForce(steps)).toEqual([]);
    const restarts = steps.filter(
      ({ action }) => action?.verb === 'set-unit' && action.unit === 'mycoswarm.service',
    );
    expect(restarts).toHaveLength(1);
  });

  it('keeps to the contract, with every step as the helper takes it', () => {
    for (const facts of [
      bare(),
      stockNode(),
      hardened,
      ...['stock', 'ufw', 'containers', 'hardened'].map(recorded),
    ]) {
      const made = planAll(facts);
      planSchema.parse({ ...made, hash: '0'.repeat(64) });
      for (const { action } of made.steps) if (action !== null) helperAction.parse(action);
      for (const { reason } of made.left) expect(reason).toMatch(/[a-z].*\.$/);
      expect([...made.checks, ...made.left.map(({ check }) => check)].toSorted()).toEqual(
        [...CHECK_IDS].toSorted(),
      );
    }
  });

  it('leaves none out because two of them write beside each other', () => {
    const made = planAll(bare());
    expect(made.left.filter(({ check }) => TOGETHER.includes(check))).toEqual([]);
    expect(made.checks).toEqual(expect.arrayContaining(TOGETHER));
  });

  it('restarts the daemon once, after everything that it starts with', () => {
    const { steps } = planAll(bare());
    const restarts = steps.flatMap(({ action }, index) =>
      action?.verb === 'set-unit' && action.unit === 'mycoswarm.service' ? [index] : [],
    );
    const written = steps.flatMap(({ action }, index) =>
      action?.verb === 'write-file' && action.path.includes('mycoswarm.service.d/') ? [index] : [],
    );
    expect(restarts).toHaveLength(1);
    for (const index of written.filter((at) => !steps[at]?.title.includes('only while')))
      expect(index).toBeLessThan(restarts[0] ?? 0);
  });
});
