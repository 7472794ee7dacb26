import type { Incident, IncidentStep, StepAction } from '#shared/domain/incident/incident.ts';
import { isSettled } from '#shared/domain/incident/phases.ts';

/** @returns the step as if nobody had begun it; how often it was tried stays */
export function afresh(step: IncidentStep): IncidentStep {
  const nothing = { run: null, plan: null, startedAt: null, endedAt: null, proof: null, words: '' };
  return { ...step, ...nothing, state: 'not-begun' };
}

/** What was settled about a node says nothing once this is done to it anew. */
const UNSETTLES: Readonly<Partial<Record<StepAction, readonly StepAction[]>>> = {
  isolate: ['rejoin', 'release'],
  rebuild: ['rejoin'],
};

/** @returns the incident in which what rests on this step is to be done once more, and no decision about the gate stands */
export function unsettledBy(incident: Incident, action: StepAction): Incident {
  const rests = UNSETTLES[action];
  if (rests === undefined) return incident;
  const steps = incident.steps.map((step) =>
    rests.includes(step.action) && isSettled(step) ? afresh(step) : step,
  );
  return { ...incident, steps, rebuild: { ...incident.rebuild, override: null } };
}
