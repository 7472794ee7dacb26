import type { HelperFailure } from '#core/hosts/helper-channel.ts';
import type { Journal } from './journal.ts';
import { sentence } from './refusals.ts';

/** @returns whether no step of a change was ever begun */
export function nothingDone({ change }: Journal): boolean {
  return change.steps.every(({ state }) => state === 'waiting');
}

/**
 * @param step the one whose request was lost, of a change that was begun now
 * @returns whether nothing of the change can be on the node: the request did not get there, and no step before it touched anything
 */
export function neverBegun({ change }: Journal, step: number, { mayHaveBegun }: HelperFailure): boolean {
  const before = change.plan.steps.slice(0, step);
  return (
    !mayHaveBegun &&
    before.every(({ own, action, takesBack }) => own === undefined && action === null && !takesBack)
  );
}

/** Brings a change to rest of which nothing is on the node: nobody has to be asked again for that. */
export async function untouched(journal: Journal, failure: HelperFailure, step?: number): Promise<void> {
  if (step !== undefined) await journal.step(step, { state: 'waiting', message: null });
  await journal.to({ state: 'rolled-back', error: `${sentence(failure)} Nothing was changed.` });
}
