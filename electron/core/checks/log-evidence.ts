import type { RuleLevel } from '#shared/domain/audit/alert.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Severity } from '#shared/domain/finding.ts';
import type { CheckInput } from './check.ts';
import { labelOf } from './knowledge.ts';
import type { Part } from './part.ts';

/** Findings that come from what the logs show. */
export const CHECKS_OF_LOGS: readonly CheckId[] = ['token-throttling', 'log-injection'];

/** What the logs of a node showed in the last 30 days, as far as checks ask. */
export interface LogEvidence {
  /** Logs of the node that are read. */
  sources: number;
  /** Since when they are read without a break; null when nobody reads them. */
  since: string | null;
  /** Alerts that lead to one of {@link CHECKS_OF_LOGS}. */
  alerts: readonly {
    check: CheckId;
    title: string;
    level: RuleLevel;
    /** What it is about, as the log says it: hostile text. */
    entity: string;
    state: 'new' | 'acknowledged' | 'resolved' | 'silenced';
    count: number;
    firstAt: string;
    lastAt: string;
    firstEvent: number;
    lastEvent: number;
  }[];
}

const SEVERITY: Readonly<Record<RuleLevel, Severity>> = {
  informational: 'info',
  low: 'low',
  medium: 'medium',
  high: 'high',
  critical: 'critical',
};
const SOURCE = 'what the logs showed in the last 30 days';

/** What a check says of what the logs show. */
export interface LogWords {
  /** What an alert that nobody has settled means; after its title. */
  open: string;
  /** The sentence of the finding then; it names the node. */
  headline: string;
  /** What was looked for. */
  lookedFor: string;
  /** What is known when nothing was seen: never more than that. */
  notSeen: string;
  /** The sentence of the finding then. */
  notSeenHeadline: string;
  steps: Part['steps'];
}

/**
 * The parts of a check that knows only what logs showed. Nothing that was not seen is ever fine: a service that nobody tried is no
 * service that stands.
 */
export function logParts(check: CheckId, input: CheckInput, words: LogWords): Part[] {
  const { logs } = input;
  const what = words.lookedFor;
  const read = logs !== undefined && logs.since !== null && logs.sources > 0;
  const unread: Part = {
    what,
    seen: logs === undefined ? 'no logs belong to these facts' : 'the logs of this node are not read',
    status: 'unknown',
    source: SOURCE,
    headline: `Nobody reads the logs of ${input.nodeName}, so this was not seen.`,
    wouldHelp: `let Swarmkeep follow the logs of ${input.nodeName}, under Audit`,
  };
  const alerts = (logs?.alerts ?? []).filter((alert) => alert.check === check);
  const parts = alerts.map((alert): Part => {
    const label = input.facts.profile.instances[0] ? labelOf(input, input.facts.profile.instances[0]) : '';
    const about = alert.entity === '' ? '' : `: ${alert.entity}`;
    const base = {
      what: `${label}${alert.title}${about}`,
      source: SOURCE,
      severity: SEVERITY[alert.level],
      raw: `${alert.count} times, from ${alert.firstAt} to ${alert.lastAt}, events ${alert.firstEvent} to ${alert.lastEvent}`,
    };
    if (alert.state === 'resolved') return { ...base, seen: 'settled by a person', status: 'not-applicable' };
    if (alert.state === 'silenced') {
      return {
        ...base,
        seen: 'hidden by a silence',
        status: 'review',
        severity: 'low',
        headline: `A silence hides what the logs of ${input.nodeName} show about this.`,
      };
    }
    return { ...base, seen: words.open, status: 'fix', headline: words.headline, steps: words.steps ?? [] };
  });
  if (!read) return [...parts, unread];
  if (parts.some(({ status }) => status === 'fix' || status === 'review')) return parts;
  return [
    ...parts,
    {
      what,
      seen: words.notSeen,
      status: 'unknown',
      source: SOURCE,
      raw: `${logs?.sources ?? 0} logs, without a break since ${logs?.since ?? ''}`,
      headline: words.notSeenHeadline,
      wouldHelp: 'have it tried on purpose, from another node of yours; what the logs show then is seen here',
    },
  ];
}
