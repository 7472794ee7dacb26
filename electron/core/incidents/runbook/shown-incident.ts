import type { Incident } from '#shared/domain/incident/incident.ts';
import type { IncidentSummary, IncidentView } from '#shared/domain/incident/incident-view.ts';
import { incidentHeadline } from '#shared/domain/incident/incident-words.ts';
import type { Runbook } from './engine.ts';

/** @returns an incident as it may be shown: its journal, and of the node what is known at this moment */
export async function shownIncident(runbook: Runbook, incident: Incident): Promise<IncidentView> {
  const isolation = await runbook.learnIsolation(incident);
  return {
    incident,
    sentence: incidentHeadline(incident, isolation).slice(0, 1_024),
    isolation,
    doing: runbook.doing(incident.id),
  };
}

/** @returns a past incident as lists name it */
export function summaryOf(incident: Incident): IncidentSummary {
  const { id, number, kind, node, name, openedAt, closedAt, closing } = incident;
  return { id, number, kind, node, name, openedAt, closedAt, closing };
}
