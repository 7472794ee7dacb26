import type { UnhashedPlan } from '#core/fixes/plan-registry.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { Difference } from '#shared/domain/helper/answers.ts';
import type { HelperAccess, Plan, PlanStep, StepPreview } from '#shared/domain/plan.ts';
import { shortened } from '#shared/domain/text.ts';
import { withKnownFiles } from './known-files.ts';
import { blockedBy } from './make-plan.ts';
import { standingSteps } from './undo-order.ts';

/** What every plan is told besides what it is about. */
export interface PlanFrame {
  id: string;
  madeAt: string;
  node: { id: string; name: string };
  access: HelperAccess;
}

const MOST_DIFFERENCES = 256;

/**
 * Plan to take a change back.
 * @param differences what was changed since, as the node says; with any, nothing can be ordered
 * @param reason why it cannot be undone as things are; null when it can
 */
export function undoPlan(
  frame: PlanFrame,
  change: StoredChange,
  differences: readonly Difference[],
  reason: string | null,
): UnhashedPlan {
  const steps = stepsBack(change);
  return {
    ...framed(frame, change),
    purpose: 'undo',
    title: shortened(`Take back: ${change.plan.title}`, 512),
    settings: [...change.plan.settings.map(backwards), ...staying(change)].slice(0, 64),
    steps,
    // A daemon that is restarted with its old settings has to come up with them, too.
    proofs: change.plan.proofs.filter(({ kind }) => kind === 'answers'),
    revertsAfter: null,
    blocked: reason ?? changedSince(differences) ?? blockedBy(frame.access, steps.length, null),
    differences: differences.slice(0, MOST_DIFFERENCES),
    of: change.id,
  };
}

/** Plan to do a change again that was taken back: the same steps, which refuse when their targets are not as they were then. */
export function redoPlan(frame: PlanFrame, change: StoredChange, reason: string | null): UnhashedPlan {
  const { plan } = change;
  return {
    ...framed(frame, change),
    purpose: 'redo',
    title: shortened(`Do again: ${plan.title}`, 512),
    settings: plan.settings,
    steps: plan.steps.map((step, index) => ({
      ...step,
      action: withKnownFiles(step.action, change.steps[index]?.wheels),
    })),
    proofs: plan.proofs,
    revertsAfter: plan.revertsAfter,
    blocked: reason ?? blockedBy(frame.access, plan.steps.length, null),
    differences: [],
    of: change.id,
  };
}

/**
 * Plan to take everything of Swarmkeep off a node: every change that stands, newest first, then the helper.
 * @param standing changes that stand, newest first
 */
export function removePlan(
  frame: PlanFrame,
  standing: readonly StoredChange[],
  differences: readonly Difference[],
  undoneSteps: readonly PlanStep[],
  helper: readonly PlanStep[],
): UnhashedPlan {
  const steps = [...undoneSteps, ...helper];
  const tooMany =
    steps.length > 256
      ? 'There are more than 256 steps to take back: undo some changes by themselves first.'
      : null;
  return {
    id: frame.id,
    purpose: 'remove',
    node: frame.node.id,
    nodeName: frame.node.name,
    checks: [...new Set(standing.flatMap((change) => change.plan.checks))],
    title: `Remove Swarmkeep from ${frame.node.name}`,
    madeAt: frame.madeAt,
    settings: standing
      .flatMap((change) => [...change.plan.settings.map(backwards), ...staying(change)])
      .slice(0, 64),
    steps: steps.slice(0, 256),
    proofs: [],
    revertsAfter: null,
    access: frame.access,
    blocked: tooMany ?? changedSince(differences) ?? blockedBy(frame.access, steps.length, null),
    left: [],
    differences: differences.slice(0, MOST_DIFFERENCES),
    of: null,
  };
}

/** @returns the steps that take a change back, newest first */
export function stepsBack(change: StoredChange): PlanStep[] {
  return standingSteps(change).flatMap((index) => {
    const step = change.plan.steps[index];
    const stored = change.steps[index];
    if (step === undefined || stored === undefined || stored.record === null) return [];
    return [
      {
        check: step.check,
        title: shortened(`Take back: ${step.title}`, 512),
        phase: 'now' as const,
        action: null,
        preview: backPreview(step.preview, step.undo),
        needs: step.needs.filter((need) => need === 'root' || need === 'restart'),
        interrupts: step.interrupts,
        undo: 'It is done again when a later step cannot be taken back.',
        undoable: true,
        takesBack: {
          change: stored.heldChange ?? change.id,
          step: stored.heldStep ?? index,
          record: stored.record,
        },
      },
    ];
  });
}

/**
 * Of steps newest first, those whose target can be compared with what they left: where a change wrote a file twice, the
 * older text is not there before the newer one was taken back.
 */
export function newestOfEach(steps: readonly PlanStep[]): PlanStep[] {
  const seen = new Set<string>();
  return steps.filter(({ preview }) => {
    if (!('path' in preview)) return true;
    const isNewest = !seen.has(preview.path);
    seen.add(preview.path);
    return isNewest;
  });
}

function framed(frame: PlanFrame, change: StoredChange) {
  return {
    id: frame.id,
    node: frame.node.id,
    nodeName: frame.node.name,
    checks: change.plan.checks,
    madeAt: frame.madeAt,
    access: frame.access,
    left: [],
  };
}

function backwards(row: Plan['settings'][number]): Plan['settings'][number] {
  return { ...row, from: row.to, to: row.from, takesEffect: 'At once', recover: 'Do the change again.' };
}

/** What a change did that nothing brings back. */
function staying(change: StoredChange): Plan['settings'] {
  return change.plan.steps
    .filter((step, index) => !step.undoable && change.steps[index]?.state === 'done')
    .map((step) => ({
      check: step.check,
      setting: step.title,
      from: 'done',
      to: 'stays as it is',
      takesEffect: 'Never',
      recover: step.undo,
    }));
}

function backPreview(preview: StepPreview, undo: string): StepPreview {
  if (preview.kind === 'file') return { ...preview, before: preview.after, after: preview.before };
  if (preview.kind === 'attributes') return { ...preview, before: preview.after, after: preview.before };
  return { kind: 'words', text: undo };
}

function changedSince(differences: readonly Difference[]): string | null {
  const [first] = differences;
  if (first === undefined) return null;
  const more = differences.length > 1 ? ` and ${differences.length - 1} more` : '';
  return `${first.path} was changed since${more}: taking it back would overwrite that.`.slice(0, 1_024);
}
