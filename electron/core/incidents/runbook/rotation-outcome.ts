import type { Incident, IncidentEntry } from '#shared/domain/incident/incident.ts';
import type { RotationRun } from '#shared/domain/rotation/run.ts';
import { listed } from '#shared/domain/words.ts';
import type { StepOutcome } from './isolation-outcome.ts';

/** Rotations of the swarm's secret, as the runbook reads them. */
export interface Rotations {
  /** Newest first. */
  list(): Promise<RotationRun[]>;
  /** @returns the function that ends it */
  onChange(listener: () => void): () => void;
}

/**
 * From when on a rotation counts: since the node is contained, and since the step was taken up again.
 * @param entries of the incident, in any order
 * @returns null while none counts
 */
export function countsSince(incident: Incident, entries: readonly IncidentEntry[]): string | null {
  const contained = containedSince(incident, entries);
  const rotate = incident.steps.find(({ action }) => action === 'rotate')?.step;
  const again = entries
    .filter(({ step, kind }) => step === rotate && kind === 'again')
    .map(({ at }) => at)
    .sort()
    .at(-1);
  return contained !== null && again !== undefined && again > contained ? again : contained;
}

/**
 * Since when the node of an incident is contained: since its isolation was first known to hold. Where the playbook shuts nothing off before the secret,
 * or a person said why that is not needed, since the incident was opened.
 * @param entries of the incident, in any order
 * @returns null while it is not contained: a secret that is given out by then may be read again
 */
export function containedSince(incident: Incident, entries: readonly IncidentEntry[]): string | null {
  const { steps, openedAt } = incident;
  const rotate = steps.findIndex(({ action }) => action === 'rotate');
  const isolate = steps.slice(0, rotate).find(({ action }) => action === 'isolate');
  if (isolate === undefined || isolate.state === 'skipped') return openedAt;
  if (isolate.state !== 'done') return null;
  const its = entries
    .filter(({ step }) => step === isolate.step)
    .sort((one, other) => one.entry - other.entry);
  const begun = its.findLastIndex(({ kind }) => kind === 'begun' || kind === 'again');
  const held = its.slice(begun + 1).find(({ kind }) => kind === 'done');
  return held?.at ?? isolate.endedAt;
}

/**
 * What a rotation means for the step of an incident that asks for one.
 * @param since when the node was contained
 * @returns null: nothing, for it is not finished, was taken back, or began before that
 */
export function rotateOutcome(incident: Incident, run: RotationRun, since: string): StepOutcome | null {
  if (run.stage !== 'done' || Date.parse(run.startedAt) < Date.parse(since)) return null;
  const rotated = run.nodes.filter(({ state }) => state === 'verified');
  const away = run.nodes.filter(({ state }) => state === 'away').map(({ name }) => name);
  const isolated = incident.steps.some(({ action, state }) => action === 'isolate' && state === 'done');
  const own = isolated && rotated.some(({ node }) => node === incident.node);
  const words = [
    `${rotated.length} ${rotated.length === 1 ? 'node has' : 'nodes have'} a new secret, which each of them proved.`,
    away.length === 0
      ? ''
      : `Not reached, and kept out by the others until they are: ${listed(away, 8, 'node')}.`,
    own ? `${incident.name} has it too: whoever is still on it can read it.` : '',
  ];
  return {
    outcome: 'done',
    proof: own || away.length > 0 ? 'part' : 'proven',
    words: words.filter(Boolean).join(' '),
  };
}
