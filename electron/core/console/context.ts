import { randomBytes } from 'node:crypto';
import type { LogEvidence } from '#core/checks/log-evidence.ts';
import type { Ledger } from '#core/ledger/ledger.ts';
import type { Moment } from '#core/store/operations/tracking.ts';
import type { Store } from '#core/store/store.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { type Clock, localDay } from './clock.ts';
import type { Emitter } from './emitter.ts';
import type { Looking } from './looking.ts';
import { type ChangeDelta, ConsoleError } from './service.ts';

/** What every group of procedures works with. */
export interface Context {
  store: Store;
  /** Where everything that is done or told leaves its event. */
  ledger: Ledger;
  clock: Clock;
  looking: Looking;
  changes: Emitter<ChangeDelta>;
  /** What the logs of a node showed, for checks; null when that is not known. Left out where no logs are kept. */
  logs?: (node: string) => Promise<LogEvidence | null>;
  /** The prepared data folder. */
  dataFolder: string;
  /** Uid that runs this console; null where there are none. */
  ownUid: number | null;
}

/** @returns the present instant and the operator's day, for the store */
export function momentOf(clock: Clock): Moment {
  const now = clock.now();
  return { at: now.toISOString(), day: localDay(now) };
}

/** Tells every page that something it shows has become old. */
export function announce(
  context: Pick<Context, 'changes' | 'clock'>,
  what: ChangeDelta['what'],
  node: string | null = null,
): void {
  context.changes.emit({ at: context.clock.now().toISOString(), what, node, sentence: null });
}

/**
 * @returns the node
 * @throws ConsoleError `NODE_UNKNOWN`
 */
export async function requireNode(context: Pick<Context, 'store'>, id: string): Promise<SwarmNode> {
  const found = (await context.store.listNodes()).find((node) => node.id === id);
  if (found) return found;
  throw new ConsoleError('NODE_UNKNOWN', 'There is no such node.', {
    untouched: 'Nothing was changed.',
    next: 'It may have been removed: go back to Nodes.',
  });
}

/** @returns a name that nobody can guess and that never repeats */
export function newId(): string {
  return randomBytes(12).toString('base64url');
}
