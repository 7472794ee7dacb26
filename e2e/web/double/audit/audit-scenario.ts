import type { ConsoleAudit } from '#core/console/service.ts';
import type { AuditState, SavedSearch } from '#shared/contract/audit.ts';
import type { Alert, RuleInfo, Silence } from '#shared/domain/audit/alert.ts';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import type { AuditSource, FileReadOnce, SourceGap } from '#shared/domain/audit/source.ts';

/** What is learnt of one kind of thing on one node. */
export type LearntKind = Awaited<ReturnType<ConsoleAudit['firstSeen']>>[number];

/** What is followed and was read in a scenario. */
export interface AuditScenario {
  state: Partial<AuditState>;
  sources: AuditSource[];
  gaps: SourceGap[];
  /** The newest events, in the order of numbers. */
  events: AuditEvent[];
  /** Makes an event that lies before them. */
  older: ((number: number) => AuditEvent) | null;
  alerts: Alert[];
  /** Whether an event is one of the matches of an alert. */
  matches: (alert: Alert, event: AuditEvent) => boolean;
  rules: { rule: RuleInfo; alerts30Days: number; matches30Days: number; canFire: boolean; whyNot: string }[];
  silences: Silence[];
  searches: SavedSearch[];
  /** What is learnt of each node; nothing when left out. */
  firstSeen?: LearntKind[];
  /** Files that were read once; none when left out. */
  ingested?: FileReadOnce[];
}

/** Nothing is followed. */
export function noAudit(): AuditScenario {
  return {
    state: { watching: false, since: null, rules: 0 },
    sources: [],
    gaps: [],
    events: [],
    older: null,
    alerts: [],
    matches: () => false,
    rules: [],
    silences: [],
    searches: [],
  };
}

/** A source that speaks, unless said otherwise. */
export function sourceOf(
  id: string,
  node: string,
  name: string,
  more: Partial<AuditSource> = {},
): AuditSource {
  return {
    id,
    node,
    target: { kind: 'journal', unit: 'mycoswarm.service' },
    name,
    origin: 'found',
    chosenFormat: 'auto',
    format: 'mycoswarm',
    state: 'live',
    trouble: '',
    lagBytes: 0,
    bytesPerSecond: 640,
    eventsPerSecond: 2.2,
    events: 240_000,
    lastEventAt: null,
    silentSince: null,
    gaps: 0,
    ...more,
  };
}
