import { z } from 'zod';
import type { IncidentPlan } from '#shared/domain/incident/incident-plan.ts';
import type { RunbookParts } from './parts.ts';

const nameOf = (run: string) => `release-${run.slice(0, 16)}`;
const order = z.object({ withoutNode: z.literal(true) });

/** Writes down, before a release is begun, that a person agreed to let the node go without an answer of its own. */
export async function keepReleaseOrder(
  { store, clock }: Pick<RunbookParts, 'store' | 'clock'>,
  { id, incident }: Pick<IncidentPlan, 'id' | 'incident'>,
): Promise<void> {
  const at = clock.now().toISOString();
  const body = JSON.stringify({ withoutNode: true });
  if (!(await store.keepResult({ id: incident, step: nameOf(id), run: id, at, body })))
    throw new Error('What was agreed to could not be written down, so nothing was begun.');
}

/** @returns whether that was agreed to for this try of a release, and for no other */
export async function isReleaseWithout(
  { store }: Pick<RunbookParts, 'store'>,
  incident: string,
  run: string,
): Promise<boolean> {
  const kept = await store.stepResult({ id: incident, step: nameOf(run) });
  return kept !== null && kept.run === run && order.safeParse(JSON.parse(kept.body)).success;
}
