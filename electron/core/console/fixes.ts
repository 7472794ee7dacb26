import type { UnhashedPlan } from '#core/fixes/plan-registry.ts';
import { appliedChangeOf } from '#core/fixes/plans/applied-change.ts';
import { makePlan, planTargets, whyNone } from '#core/fixes/plans/make-plan.ts';
import { planBehind, waitsInTheMiddle } from '#core/fixes/plans/plan-behind.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import { CHECK_IDS } from '#shared/domain/check-id.ts';
import type { AppliedChange, Plan } from '#shared/domain/plan.ts';
import { requireNode } from './context.ts';
import { knownNode } from './fix-facts.ts';
import { inspectTargets } from './fix-inspect.ts';
import { changesOfNode, type FixParts, newChangeId } from './fix-parts.ts';
import { planAllow, planRedo, planRemove, planUndo } from './fix-undo.ts';
import { ConsoleError, type ConsoleService } from './service.ts';

/** Plans and changes of nodes. */
export function fixesGroup(parts: FixParts): ConsoleService['fixes'] {
  const { context, engine } = parts;
  const { store } = context;

  async function required(id: string): Promise<StoredChange> {
    const found = await store.change({ id });
    if (found) return found;
    throw new ConsoleError('CHANGE_UNKNOWN', 'There is no such change.', {
      untouched: 'Nothing was changed.',
      next: 'Look at Activity for what there is.',
    });
  }
  const get = async (id: string): Promise<AppliedChange> => shownChange(parts, await required(id));

  return {
    async available({ node: id }) {
      const node = await requireNode(context, id);
      const access = await parts.channels.access(node);
      const checks = CHECK_IDS.map((check) => {
        const fix = parts.book.fixes.find((entry) => entry.check === check);
        return { check, automatic: fix !== undefined, words: fix?.words ?? whyNone(check, parts.book) };
      });
      return { access, checks };
    },

    async plan({ node: id, checks, revertsAfter }) {
      const node = await requireNode(context, id);
      const waiting = (await changesOfNode(parts, id)).find(waitsInTheMiddle);
      if (waiting) {
        const madeAt = context.clock.now().toISOString();
        const access = await parts.channels.access(node);
        return add(parts, planBehind(waiting, { id: newChangeId(), madeAt, checks, access }));
      }
      const known = await knownNode(parts, node);
      const planId = newChangeId();
      const request = { checks, book: parts.book, known: known.input, findings: known.findings };
      const seen = await inspectTargets(parts, node, planId, planTargets(request));
      return add(
        parts,
        makePlan({
          ...request,
          ...seen,
          id: planId,
          node,
          madeAt: context.clock.now().toISOString(),
          revertsAfter,
        }),
      );
    },

    planUndo: async ({ change }) => add(parts, await planUndo(parts, await required(change))),
    planRedo: async ({ change }) => add(parts, await planRedo(parts, await required(change))),
    planAllow: async ({ node, withoutPassword }) =>
      add(parts, await planAllow(parts, await requireNode(context, node), withoutPassword)),
    planRemove: async ({ node }) => add(parts, await planRemove(parts, await requireNode(context, node))),

    async list({ node, before, limit }) {
      const found = await store.changesBefore({
        node: node ?? null,
        before: before ?? null,
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const all = new Map<string, StoredChange[]>();
      for (const id of new Set(page.map((change) => change.node)))
        all.set(id, await changesOfNode(parts, id));
      return {
        changes: page.map((change) => appliedChangeOf(change, all.get(change.node) ?? [])),
        more: found.length > limit,
      };
    },
    get: ({ change }) => get(change),

    async keep({ change }) {
      await engine.keep(await required(change));
      return get(change);
    },
    async revert({ change }) {
      engine.revert(await required(change));
      return get(change);
    },
    async cancel({ change }) {
      engine.cancel(await required(change));
      return get(change);
    },
    async leave({ change }) {
      await engine.leave(await required(change), parts.refusedUndos.has(change));
      return get(change);
    },
  };
}

/** Keeps a plan so that it can be ordered, and tells that it is shown. */
function add(parts: FixParts, made: UnhashedPlan): Plan {
  const plan = parts.registry.add(made);
  // That there is nothing to do is no plan that could be asked about later.
  if (plan.steps.length > 0) parts.shown(plan);
  return plan;
}

/** @returns a change as it is shown */
export async function shownChange(
  parts: Pick<FixParts, 'context'>,
  change: StoredChange,
): Promise<AppliedChange> {
  return appliedChangeOf(change, await changesOfNode(parts, change.node));
}
