import { randomBytes } from 'node:crypto';
import type { BackgroundUnit } from '#core/audit/background/background-unit.ts';
import type { ChangeEngine } from '#core/fixes/engine/engine.ts';
import type { PlanRegistry } from '#core/fixes/plan-registry.ts';
import type { FixBook } from '#core/fixes/plans/make-plan.ts';
import type { Agreement } from '#core/ledger/agreed-plan.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { Plan } from '#shared/domain/plan.ts';
import type { FixChannels } from './fix-channels.ts';
import type { LookParts } from './fix-facts.ts';
import type { HelperBundle } from './helper-bundle.ts';
import type { PlacedContents } from './helper-placing.ts';

/** What fixes are made of. */
export interface FixParts extends LookParts {
  book: FixBook;
  channels: FixChannels;
  registry: PlanRegistry;
  engine: ChangeEngine;
  /** The helper that this console carries; null in a checkout that was not built. */
  bundle: HelperBundle | null;
  /** What plans to place the helper will need, by hash. */
  contents: PlacedContents;
  /** What watches on this computer while no window is open: part of what Swarmkeep placed here. */
  unit: BackgroundUnit;
  /** Changes whose undo the node refused when it was asked last, since this console was started. */
  refusedUndos: Set<string>;
  /** Whether a person agreed to the plan of a change, as the signed ledger proves it. */
  agreed(change: StoredChange): Promise<Agreement>;
  /** Told of every plan that was made and is shown. */
  shown(plan: Plan): void;
}

/** @returns 32 hex digits that nobody can guess: the id of a plan, and of the change that comes of it */
export function newChangeId(): string {
  return randomBytes(16).toString('hex');
}

/** Most changes of one node that are looked through for what depends on what. */
const MOST_OF_NODE = 1_000;

/** @returns all changes of a node, newest first */
export function changesOfNode(
  { context }: Pick<LookParts, 'context'>,
  node: string,
): Promise<StoredChange[]> {
  return context.store.changesBefore({ node, before: null, limit: MOST_OF_NODE });
}
