import type { Waiver } from '#shared/domain/decision.ts';
import { announce, type Context, momentOf, newId, requireNode } from './context.ts';
import type { Recheck } from './recheck.ts';
import { ConsoleError, type ConsoleService } from './service.ts';

/** Longest time for which a risk can be accepted in one go. */
const LONGEST_DAYS = 366;

const UNTOUCHED = 'Nothing was changed.';

/**
 * Waivers and declarations. Each has its way back: `withdraw` for a waiver, `undeclare` for a declaration, and
 * declaring the same again after that.
 */
export function decisionsGroup(context: Context, recheck: Recheck): ConsoleService['decisions'] {
  const { store, clock } = context;

  return {
    async waivers({ node }) {
      await store.settleWaivers({ moment: momentOf(clock) });
      return store.waivers({ node });
    },

    async waive({ node, check, reason, until }) {
      await requireNode(context, node);
      const moment = momentOf(clock);
      await store.settleWaivers({ moment });
      requireEnd(until, moment.at);
      const [found] = await store.findings({ node, check });
      const status = found?.waiver?.underneath ?? found?.status;
      const hash = await store.evidenceHash({ node, check });
      if (hash === null || (status !== 'fix' && status !== 'review' && status !== 'unknown')) {
        throw new ConsoleError('NOT_ALLOWED', 'There is nothing here that could be accepted.', {
          untouched: UNTOUCHED,
          next: 'Only what is to fix, what is to review and where we could not look can be accepted.',
        });
      }
      const waiver: Waiver = {
        id: newId(),
        node,
        check,
        reason,
        createdAt: moment.at,
        until,
        evidenceHash: hash,
        ended: null,
      };
      if (!(await store.addWaiver({ waiver, moment }))) {
        throw new ConsoleError('NOT_ALLOWED', 'The finding changed while you were deciding.', {
          untouched: UNTOUCHED,
          next: 'Read it again, then decide.',
        });
      }
      announce(context, 'decisions', node);
      announce(context, 'findings', node);
      return waiver;
    },

    async withdraw({ waiver: id }) {
      const ended = await store.withdrawWaiver({ id, moment: momentOf(clock) });
      if (!ended) throw unknownDecision();
      announce(context, 'decisions', ended.node);
      announce(context, 'findings', ended.node);
      return ended;
    },

    declarations: () => store.declarations(),

    async declare(input) {
      if (input.node !== null) await requireNode(context, input.node);
      const same = (await store.declarations()).find(
        (entry) => entry.node === input.node && entry.kind === input.kind && entry.value === input.value,
      );
      if (same) {
        throw new ConsoleError('NOT_ALLOWED', 'This was declared already.', {
          untouched: UNTOUCHED,
          next: 'Take the earlier one back first if the reason has changed.',
        });
      }
      const declaration = { ...input, id: newId(), createdAt: clock.now().toISOString() };
      await store.addDeclaration({ declaration });
      announce(context, 'decisions', input.node);
      await recheck.of(input.node);
      return declaration;
    },

    async undeclare({ declaration: id }) {
      const removed = await store.removeDeclaration({ id });
      if (!removed) throw unknownDecision();
      announce(context, 'decisions', removed.node);
      await recheck.of(removed.node);
      return { removed: true };
    },
  };
}

function requireEnd(until: string, now: string): void {
  const days = (Date.parse(until) - Date.parse(now)) / 86_400_000;
  if (days > 0 && days <= LONGEST_DAYS) return;
  throw new ConsoleError(
    'NOT_ALLOWED',
    days > 0 ? 'A risk can be accepted for a year at most.' : 'The end of an accepted risk must lie ahead.',
    { untouched: UNTOUCHED, next: 'Choose another day.' },
  );
}

function unknownDecision(): ConsoleError {
  return new ConsoleError('DECISION_UNKNOWN', 'There is no such entry.', {
    untouched: UNTOUCHED,
    next: 'It may have been taken back already: look at the list again.',
  });
}
