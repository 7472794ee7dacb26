import type { CheckId } from '#shared/domain/check-id.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { AdministratorLooks } from './administrator-look.ts';
import type { Context } from './context.ts';
import type { LookBoard, LookEntry } from './look-board.ts';
import { type LookOrder, type LookOutcome, runLook } from './look-runner.ts';
import { ConsoleError, type ConsoleService } from './service.ts';
import { createTurns } from './turns.ts';

/** Nodes that are looked at at the same time. */
const AT_ONCE = 4;

/** Starts looks, by hand and by schedule. */
export interface Lookout {
  /**
   * @param nodes those to look at; a node that is being looked at already is joined
   * @param order who asked for them, and as whom; by a person and as the account of the node when left out
   * @returns the looks, and a promise that settles when those that began here have ended
   */
  begin(
    nodes: readonly SwarmNode[],
    only: readonly CheckId[] | null,
    order?: LookOrder,
  ): { looks: LookEntry[]; ended: Promise<void> };
  /** Settles when no look runs any more. */
  idle(): Promise<void>;
}

/** @param afterRound told once per round what came of its looks */
export function createLookout(
  context: Context,
  board: LookBoard,
  afterRound: (outcomes: readonly LookOutcome[]) => Promise<void>,
): Lookout {
  const inTurn = createTurns(AT_ONCE);
  const rounds = new Set<Promise<void>>();
  return {
    begin(nodes, only, order = {}) {
      const begun: Promise<LookOutcome>[] = [];
      const looks = nodes.map((node) => {
        const joined = board.running(node.id);
        if (joined) return joined;
        const entry = board.begin(node);
        begun.push(inTurn(() => runLook(context, entry, only, order)));
        return entry;
      });
      const ended = Promise.all(begun)
        .then((outcomes) => (outcomes.length > 0 ? afterRound(outcomes) : undefined))
        .catch(() => undefined)
        .finally(() => rounds.delete(ended));
      rounds.add(ended);
      return { looks, ended };
    },
    async idle() {
      while (rounds.size > 0) await Promise.all(rounds);
    },
  };
}

/** Looks on demand. */
export function looksGroup(
  context: Context,
  board: LookBoard,
  lookout: Lookout,
  asAdministrator: AdministratorLooks,
): ConsoleService['looks'] {
  return {
    async start({ nodes: named, only, administrator = false }) {
      const known = await context.store.listNodes();
      const wanted = named === undefined ? known : [...new Set(named)].map((id) => pick(known, id));
      if (administrator) {
        const [node] = wanted;
        if (node === undefined || wanted.length > 1) throw oneNode();
        return { looks: [await asAdministrator(node)] };
      }
      const { looks } = lookout.begin(wanted, only ?? null);
      return { looks: looks.map((look) => look.state()) };
    },
    async cancel({ look }) {
      const cancelled = board.cancel(look);
      if (cancelled === null) {
        throw new ConsoleError('LOOK_UNKNOWN', 'There is no such look.', {
          untouched: 'Nothing was changed.',
          next: 'It may have ended a while ago.',
        });
      }
      return { cancelled };
    },
  };
}

function oneNode(): ConsoleError {
  return new ConsoleError('NOT_ALLOWED', 'A look as administrator is ordered for one node at a time.', {
    untouched: 'No look was started.',
    next: 'Name the node.',
  });
}

function pick(known: readonly SwarmNode[], id: string): SwarmNode {
  const found = known.find((node) => node.id === id);
  if (found) return found;
  throw new ConsoleError('NODE_UNKNOWN', 'There is no such node.', {
    untouched: 'No look was started.',
    next: 'It may have been removed: go back to Nodes.',
  });
}
