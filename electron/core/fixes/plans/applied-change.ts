import type { StoredChange } from '#core/store/operations/changes.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { leftBehind } from './by-hand.ts';
import { undoState } from './undo-order.ts';

/**
 * @param all changes of the same node, for what keeps it from being undone
 * @returns the change as pages and commands see it
 */
export function appliedChangeOf(change: StoredChange, all: readonly StoredChange[]): AppliedChange {
  const { plan } = change;
  const left = leftBehind(change);
  return {
    id: change.id,
    purpose: plan.purpose,
    node: change.node,
    nodeName: plan.nodeName,
    checks: plan.checks,
    title: plan.title,
    state: change.state,
    startedAt: change.startedAt,
    endedAt: change.endedAt,
    revertsAt: change.state === 'unconfirmed' ? change.revertsAt : null,
    steps: plan.steps.map((step, index) => {
      const stored = change.steps[index];
      return {
        title: step.title,
        preview: step.preview,
        state: stored?.state ?? 'waiting',
        at: stored?.at ?? null,
        message: stored?.message ?? null,
        ...(stored?.wheels === undefined ? {} : { wheels: stored.wheels }),
      };
    }),
    results: change.results,
    error: change.error,
    ...(plan.next === undefined ? {} : { next: plan.next }),
    ...(left === undefined ? {} : { left }),
    of: change.of,
    undoneBy: change.undoneBy,
    undo: undoState(change, all),
  };
}
