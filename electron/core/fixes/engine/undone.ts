import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import type { Plan } from '#shared/domain/plan.ts';
import { Journal } from './journal.ts';
import { changesOnNode } from './on-node.ts';
import type { EngineParts } from './parts.ts';

/** Purposes of changes that take others back. */
export const TAKES_BACK: ReadonlySet<Plan['purpose']> = new Set(['undo', 'remove', 'stop-changes']);

/**
 * After a change that took others back: those of which nothing is left are undone from now on, and nobody needs their undo
 * records any more.
 */
export async function markUndone(
  parts: EngineParts,
  change: StoredChange,
  channel: HelperChannel,
): Promise<void> {
  const named = change.plan.steps.flatMap((step) => (step.takesBack ? [step.takesBack.change] : []));
  const targets = new Set([...(change.of === null ? [] : [change.of]), ...named]);
  for (const id of targets) {
    const other = await parts.store.change({ id });
    if (other === null || other.undoneBy !== null || TAKES_BACK.has(other.plan.purpose)) continue;
    if (other.steps.some((step, index) => step.state === 'done' && other.plan.steps[index]?.undoable))
      continue;
    await new Journal(parts, other).to({ state: 'undone', undoneBy: change.id });
  }
  const known = await changesOnNode(channel, parts.clock);
  if (known.how !== 'known') return;
  for (const id of targets) {
    if (known.changes.get(id)?.steps.every((step) => step.state === 'undone'))
      await forgetRecords(channel, id);
  }
}

/** Takes undo records away that nobody can need any more. When it fails they stay, which harms nothing. */
export async function forgetRecords(channel: HelperChannel, change: string): Promise<void> {
  await channel.ask({ version: HELPER_PROTOCOL, ask: 'forget', change });
}
