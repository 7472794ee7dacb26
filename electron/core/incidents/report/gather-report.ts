import type { ConsoleService } from '#core/console/service.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { stepResult } from '#shared/domain/incident/incident-view.ts';
import type { Isolation } from '#shared/domain/incident/isolation.ts';
import type { TimelineEntry } from '#shared/domain/incident/timeline.ts';
import type { WorkspaceAudit } from '#shared/domain/incident/workspace.ts';
import { allEntries } from '../runbook/all-entries.ts';
import type { RunbookParts } from '../runbook/parts.ts';
import type { IncidentReportInput } from './report-of.ts';

/** Entries of the timeline that a report takes in; what is beyond is said. */
const MOST_TIMELINE = 10_000;
const PAGE = 500;

/** What a report is gathered from. */
export interface ReportSources {
  parts: Pick<RunbookParts, 'store' | 'clock' | 'investigation'>;
  findings: Pick<ConsoleService['findings'], 'list'>;
  /** Of this console. */
  version: string;
}

/**
 * Puts together all that is kept about an incident. Only the list of keys is asked of the node; where it does not answer, those are in the
 * report that were ticked off.
 * @param isolation what is known of the node now
 */
export async function gatherReport(
  { parts, findings, version }: ReportSources,
  incident: Incident,
  isolation: Isolation | null,
): Promise<IncidentReportInput> {
  const { clock, investigation } = parts;
  const archives = (await investigation?.archives()) ?? [];
  return {
    version,
    createdAt: clock.now().toISOString(),
    incident,
    entries: await allEntries(parts.store, incident.id),
    ...(await timelineOf(parts, incident)),
    evidence: archives.filter((one) => one.incident === incident.id),
    isolations: isolation === null ? [] : [isolation],
    audits: await auditsOf(parts, incident),
    credentials:
      incident.node === null
        ? null
        : ((await investigation?.credentials(incident.node).catch(() => null)) ?? null),
    findings: incident.node === null ? [] : await findings.list({ node: incident.node }),
    followUps: incident.followUps,
  };
}

async function timelineOf(
  { investigation, clock }: ReportSources['parts'],
  incident: Incident,
): Promise<Pick<IncidentReportInput, 'timeline' | 'unseen'>> {
  if (investigation === null) return { timeline: [], unseen: ['Nothing could be asked from this console.'] };
  const timeline: TimelineEntry[] = [];
  const unseen = new Set<string>();
  const to = incident.closedAt ?? clock.now().toISOString();
  const nodes = incident.node === null ? [] : [incident.node];
  for (let before: { at: string; id: string } | null = null; ; ) {
    const page = await investigation.timeline({
      from: incident.since,
      to,
      nodes,
      sources: [],
      search: '',
      before,
      limit: PAGE,
    });
    timeline.push(...page.entries);
    for (const words of page.unseen) unseen.add(words);
    before = page.next;
    if (before === null) break;
    if (timeline.length >= MOST_TIMELINE) {
      unseen.add(`Only the newest ${MOST_TIMELINE.toLocaleString('en')} entries are in this report.`);
      break;
    }
  }
  return { timeline: timeline.reverse(), unseen: [...unseen] };
}

async function auditsOf({ store }: ReportSources['parts'], incident: Incident): Promise<WorkspaceAudit[]> {
  const audits: WorkspaceAudit[] = [];
  for (const { action, step } of incident.steps) {
    if (action !== 'workspace') continue;
    const kept = await store.stepResult({ id: incident.id, step });
    const workspace = kept === null ? null : stepResult.parse(JSON.parse(kept.body)).workspace;
    if (workspace !== null) audits.push(workspace);
  }
  return audits;
}
