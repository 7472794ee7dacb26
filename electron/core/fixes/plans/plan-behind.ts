import type { UnhashedPlan } from '#core/fixes/plan-registry.ts';
import { undoCommand } from '#core/hosts/command-hint.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { Plan } from '#shared/domain/plan.ts';

/** Whether a change was left in the middle and says for what it waits. */
export function waitsInTheMiddle({ endedAt, error, state }: StoredChange): boolean {
  return endedAt === null && error !== null && state !== 'unconfirmed';
}

/**
 * Makes the plan for a node on which a change waits in the middle: no step, for what is half done there is not what holds.
 * @param waiting the change of that node
 */
export function planBehind(
  waiting: StoredChange,
  { id, madeAt, checks, access }: Pick<Plan, 'id' | 'madeAt' | 'checks' | 'access'>,
): UnhashedPlan {
  const { nodeName, node, title } = waiting.plan;
  const blocked =
    `Another change is under way since ${waiting.startedAt}: "${title.slice(0, 400)}". Bring that one to its end first: press "Try now" on its page in Activity, or say: ${undoCommand(waiting.id)}`.slice(
      0,
      1_024,
    );
  return {
    id,
    purpose: 'fix',
    node,
    nodeName,
    checks: [],
    title: `Nothing before another change of ${nodeName} has ended`.slice(0, 512),
    madeAt,
    settings: [],
    steps: [],
    proofs: [],
    revertsAfter: null,
    access,
    blocked,
    left: [...new Set(checks)].map((check) => ({ check, reason: blocked })),
    differences: [],
    of: null,
  };
}
