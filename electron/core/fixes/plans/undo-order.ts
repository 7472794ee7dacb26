import type { StoredChange } from '#core/store/operations/changes.ts';
import type { Difference } from '#shared/domain/helper/answers.ts';
import type { Plan } from '#shared/domain/plan.ts';
import { commonPart, touchedBy } from './touched.ts';

/** What of a change is still on the node: its steps that are done and can be taken back, newest first. */
export function standingSteps(change: StoredChange): number[] {
  return change.steps
    .map((step, index) => ({ step, index }))
    .filter(({ step, index }) => step.state === 'done' && change.plan.steps[index]?.undoable === true)
    .map(({ index }) => index)
    .reverse();
}

/**
 * Leaves out what these changes themselves put into a folder that they made: it goes before the folder does.
 * @param differences what keeps steps from being taken back as things are now, or why that is not known
 */
export function notOfThese<T extends readonly Difference[] | string>(
  changes: readonly StoredChange[],
  differences: T,
): T | Difference[] {
  if (typeof differences === 'string') return differences;
  const own = changes.flatMap((change) =>
    standingSteps(change).flatMap((index) => {
      const action = change.plan.steps[index]?.action;
      // Where a step left nothing, what is there now was put there by somebody else.
      return action && 'path' in action && !action.verb.startsWith('remove-') ? [action.path] : [];
    }),
  );
  return differences.filter(({ what, path }) => what !== 'added' || !own.includes(path));
}

const AT_REST_ON_NODE: ReadonlySet<StoredChange['state']> = new Set(['done', 'not-verified', 'stuck']);

/** Whether a change put things on a node that are still there and can be taken back. */
export function stands(change: StoredChange): boolean {
  return (
    (change.plan.purpose === 'fix' || change.plan.purpose === 'redo') &&
    AT_REST_ON_NODE.has(change.state) &&
    change.undoneBy === null &&
    standingSteps(change).length > 0
  );
}

/**
 * @param all changes of the same node
 * @returns later changes that touched the same things and still stand, newest first, each with what is common: they have to
 *   be taken back before this one
 */
export function mustGoFirst(
  change: StoredChange,
  all: readonly StoredChange[],
): { change: StoredChange; common: string }[] {
  const mine = change.plan.steps.map((step) => touchedBy(step.action));
  return all
    .filter((other) => other.id !== change.id && isLater(other, change) && stands(other))
    .sort((left, right) => (isLater(left, right) ? -1 : 1))
    .flatMap((other) => {
      const theirs = other.plan.steps.map((step) => touchedBy(step.action));
      const common = mine
        .flatMap((one) => theirs.map((two) => commonPart(one, two)))
        .find((part) => part !== null);
      return common === undefined || common === null ? [] : [{ change: other, common }];
    });
}

function isLater(left: StoredChange, right: StoredChange): boolean {
  return left.startedAt > right.startedAt || (left.startedAt === right.startedAt && left.id > right.id);
}

/** @returns whether a change can be taken back now, else why not */
export function undoState(
  change: StoredChange,
  all: readonly StoredChange[],
): { possible: boolean; reason: string } {
  const no = (reason: string) => ({ possible: false, reason: reason.slice(0, 512) });
  if (change.endedAt === null) return no('It is still under way.');
  if (change.undoneBy !== null || change.state === 'undone') return no('It was taken back already.');
  if (PURPOSES_WITHOUT_UNDO.has(change.plan.purpose)) {
    return no(
      change.plan.purpose === 'undo'
        ? 'It took another change back: that one can be done again.'
        : '"Remove Swarmkeep" takes it away.',
    );
  }
  if (!stands(change)) {
    const isLeft = change.steps.some((step) => step.state === 'left-out');
    return no(isLeft ? 'You left it as it is.' : 'Nothing of it is left on the node.');
  }
  const [first] = mustGoFirst(change, all);
  if (first) {
    return no(`"${first.change.plan.title}" changed ${first.common} later: take that one back first.`);
  }
  return { possible: true, reason: '' };
}

const PURPOSES_WITHOUT_UNDO: ReadonlySet<Plan['purpose']> = new Set([
  'undo',
  'allow-changes',
  'stop-changes',
  'remove',
]);
