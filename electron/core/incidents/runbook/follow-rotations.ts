import type { Incident } from '#shared/domain/incident/incident.ts';
import { allEntries } from './all-entries.ts';
import type { StepOutcome } from './isolation-outcome.ts';
import type { IncidentJournal } from './journal.ts';
import type { RunbookParts } from './parts.ts';
import { countsSince, rotateOutcome } from './rotation-outcome.ts';

type Parts = Pick<RunbookParts, 'store' | 'rotations'>;

/**
 * Settles the step of every open incident that asks for a new secret, where a rotation that began after its node was contained is finished.
 * Nobody's word is needed for it, and none takes its place.
 */
export async function settleRotations(parts: Parts, journal: IncidentJournal): Promise<void> {
  const { store, rotations } = parts;
  if (rotations === null) return;
  const runs = await rotations.list();
  for (const incident of await store.openIncidents()) {
    const step = incident.steps.find(({ action }) => action === 'rotate');
    if (step === undefined || (step.state !== 'not-begun' && step.state !== 'failed')) continue;
    const since = countsSince(incident, await allEntries(store, incident.id));
    if (since === null) continue;
    for (const run of runs) {
      const outcome = rotateOutcome(incident, run, since);
      if (outcome?.outcome !== 'done') continue;
      const begin = { kind: 'begin', step: step.step, run: run.id, plan: null } as const;
      const begun = await journal.move(incident.id, begin, 'go-on');
      if (typeof begun === 'string') break;
      await journal.move(incident.id, { kind: 'end', step: step.step, run: run.id, ...outcome }, 'go-on');
      break;
    }
  }
}

/** What became of the rotation that a step was begun for; null while it proves nothing. */
export async function outcomeOfRotation(
  { store, rotations }: Parts,
  incident: Incident,
  run: string,
): Promise<StepOutcome | null> {
  const found = (await rotations?.list())?.find(({ id }) => id === run);
  const since = countsSince(incident, await allEntries(store, incident.id));
  return found === undefined || since === null ? null : rotateOutcome(incident, found, since);
}
