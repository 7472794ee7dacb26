import type { Waiver } from '#shared/domain/decision.ts';
import type { LedgerWhere } from '#shared/domain/ledger.ts';
import { announce, type Context, momentOf, newId, requireNode } from './context.ts';
import type { Recheck } from './recheck.ts';
import { ConsoleError, type ConsoleService } from './service.ts';
import { whereOf } from './tell-ledger.ts';

/** Longest time for which a risk can be accepted in one go. */
const LONGEST_DAYS = 366;

const UNTOUCHED = 'Nothing was changed.';

/**
 * Waivers and declarations. Each has its way back: `withdraw` for a waiver, `undeclare` for a declaration, and
 * declaring the same again after that.
 */
export function decisionsGroup(context: Context, recheck: Recheck): ConsoleService['decisions'] {
  const { store, clock, ledger } = context;

  /** The node of a decision as its event names it; by its id when it is gone. */
  async function where(id: string | null): Promise<LedgerWhere> {
    if (id === null) return null;
    const found = (await store.listNodes()).find((node) => node.id === id);
    return whereOf(found ?? { id, name: id });
  }

  return {
    async waivers({ node }) {
      await store.settleWaivers({ moment: momentOf(clock) });
      return store.waivers({ node });
    },

    async waive({ node, check, reason, until }) {
      const known = await requireNode(context, node);
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
      // An accepted risk that is in no event is none: it is refused when it cannot be recorded.
      const what = { waiver: waiver.id, check, reason, until };
      const event = { kind: 'waiver-made', where: whereOf(known), what } as const;
      if (!(await ledger.recorded('addWaiver', { waiver, moment }, [event]))) {
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
      const held = (await store.waivers({ node: null })).find((waiver) => waiver.id === id);
      const event = held && {
        kind: 'waiver-withdrawn' as const,
        where: await where(held.node),
        what: { waiver: id, check: held.check },
      };
      // Being stricter again never waits for the ledger.
      const events = event && held.ended === null ? [event] : [];
      const ended = await ledger.recorded('withdrawWaiver', { id, moment: momentOf(clock) }, events, 'go-on');
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
      await ledger.recorded('addDeclaration', { declaration }, [
        {
          kind: 'declaration-made',
          where: await where(input.node),
          what: { declaration: declaration.id, about: input.kind, value: input.value, reason: input.reason },
        },
      ]);
      announce(context, 'decisions', input.node);
      await recheck.of(input.node);
      return declaration;
    },

    async undeclare({ declaration: id }) {
      const held = (await store.declarations()).find((entry) => entry.id === id);
      const event = held && {
        kind: 'declaration-withdrawn' as const,
        where: await where(held.node),
        what: { declaration: id, about: held.kind, value: held.value },
      };
      const removed = await ledger.recorded('removeDeclaration', { id }, event ? [event] : [], 'go-on');
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
