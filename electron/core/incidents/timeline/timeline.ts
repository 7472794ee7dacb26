import { createHash } from 'node:crypto';
import type { ActivityEntry } from '#shared/contract/activity.ts';
import type { Alert } from '#shared/domain/audit/alert.ts';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import type { TimelineEntry, TimelinePage, TimelineQuery } from '#shared/domain/incident/timeline.ts';
import { FILE_IMPORTANCE, type WorkspaceAudit } from '#shared/domain/incident/workspace.ts';
import type { LedgerKind } from '#shared/domain/ledger.ts';
import { shortened, visible, visibleLines } from '#shared/domain/text.ts';
import { newestEvents } from './event-slices.ts';

/** Where entries come from. Each may fail by itself: what it would have told is then said to be missing. */
export interface TimelineParts {
  /** Null where no logs are kept. */
  events:
    | ((asked: { node: string | null; words: readonly string[]; from: number; to: number }) => Promise<{
        events: AuditEvent[];
        more: boolean;
      }>)
    | null;
  alerts: (() => Promise<Alert[]>) | null;
  /** Changes of findings since an instant, newest first, and whether these are all. */
  findings(since: string): Promise<{ changes: FindingChange[]; all: boolean }>;
  /** Events of the ledger in a time, newest first. */
  activity(asked: {
    from: string;
    to: string;
    limit: number;
  }): Promise<{ entries: ActivityEntry[]; all: boolean }>;
  /** The newest audits of workspaces that are kept. */
  audits(): Promise<WorkspaceAudit[]>;
  nodeName(node: string): string | null;
}

export interface FindingChange {
  at: string;
  node: string;
  check: string;
  from: string | null;
  to: string;
  summary: string;
}

const LOGIN = new Set(['sshd', 'auth', 'login', 'su', 'sudo', 'systemd-logind']);
const CHANGES: ReadonlySet<LedgerKind> = new Set(['change-ordered', 'change-settled', 'plan-agreed']);
/** Said all the time, and by nobody: they would hide what happened. */
const QUIET: ReadonlySet<LedgerKind> = new Set(['look-ended', 'plan-shown', 'events-checkpoint']);

/** Newest first; what happened at the same time keeps one order for ever. */
export function newerFirst(a: { at: string; id: string }, b: { at: string; id: string }): number {
  return a.at === b.at ? (a.id < b.id ? 1 : a.id > b.id ? -1 : 0) : a.at < b.at ? 1 : -1;
}

/**
 * One page of what happened, from all that the console knows, newest first. Pages that follow each other leave nothing out and bring
 * nothing twice, as long as nothing is added behind them.
 */
export async function timelinePage(parts: TimelineParts, query: TimelineQuery): Promise<TimelinePage> {
  const unseen: string[] = [];
  const words = query.search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 16);
  const wants = (source: TimelineEntry['source']) =>
    query.sources.length === 0 || query.sources.includes(source);
  const fits = (entry: TimelineEntry): boolean => {
    if (entry.at < query.from || entry.at > query.to || !wants(entry.source)) return false;
    if (query.nodes.length > 0 && (entry.node === null || !query.nodes.includes(entry.node))) return false;
    if (query.before !== null && newerFirst(query.before, entry) >= 0) return false;
    const text = `${entry.text}\n${entry.detail}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const until = query.before !== null && query.before.at < query.to ? query.before.at : query.to;
  const within = { ...query, until, words, wanted: query.limit + 1 };
  const told = await Promise.all([
    wants('event') || wants('login')
      ? guarded('logs', () => fromEvents(parts, within, fits, unseen), unseen)
      : [],
    wants('alert') ? guarded('alerts', () => fromAlerts(parts), unseen) : [],
    wants('finding') ? guarded('findings', () => fromFindings(parts, query.from, unseen), unseen) : [],
    wants('change') || wants('console')
      ? guarded('the activity of this console', () => fromActivity(parts, within, fits, unseen), unseen)
      : [],
    wants('file') ? guarded('audits of files', () => fromAudits(parts), unseen) : [],
  ]);
  const all = told.flat().filter(fits).sort(newerFirst);
  const entries = all.slice(0, query.limit);
  const last = entries.at(-1);
  const next = all.length > query.limit && last !== undefined ? { at: last.at, id: last.id } : null;
  return { entries, next, unseen: unseen.slice(0, 64) };
}

async function guarded<T>(what: string, work: () => Promise<T[]>, unseen: string[]): Promise<T[]> {
  try {
    return await work();
  } catch (error) {
    const why = error instanceof Error ? visible(error.message).slice(0, 300) : 'unknown';
    unseen.push(`Nothing of ${what} is in here: ${why}`);
    return [];
  }
}

interface Within {
  from: string;
  until: string;
  nodes: readonly string[];
  words: readonly string[];
  wanted: number;
}

type Fits = (entry: TimelineEntry) => boolean;

async function fromEvents(
  parts: TimelineParts,
  within: Within,
  fits: Fits,
  unseen: string[],
): Promise<TimelineEntry[]> {
  const ask = parts.events;
  if (ask === null) {
    unseen.push('No logs are kept here.');
    return [];
  }
  const node = within.nodes.length === 1 ? (within.nodes[0] ?? null) : null;
  const range = { from: Date.parse(within.from), to: Date.parse(within.until) + 1 };
  const { events, stopped, crowded } = await newestEvents(
    (from, to) => ask({ node, words: within.words, from, to }),
    range,
    (event) => fits(entryOfEvent(event, parts)),
    within.wanted,
  );
  if (stopped)
    unseen.push(
      'So many events were looked through without finding enough that older ones of logs are missing here.',
    );
  if (crowded) unseen.push('More than 500 events have the same millisecond: not all of them are here.');
  return events.map((event) => entryOfEvent(event, parts));
}

function entryOfEvent(event: AuditEvent, parts: TimelineParts): TimelineEntry {
  const service = event.logsource.service?.toLowerCase() ?? '';
  const severe = event.severity === 'error' || event.severity === 'warning';
  return {
    id: `event:${event.number}`,
    at: event.at,
    source: LOGIN.has(service) ? 'login' : 'event',
    node: event.node,
    nodeName: parts.nodeName(event.node),
    text: shortened(visible(event.message) || '(an empty line)', 4_096),
    detail: shortened(visibleLines(event.raw), 16_384),
    weight: severe ? 'notable' : 'quiet',
  };
}

async function fromAlerts(parts: TimelineParts): Promise<TimelineEntry[]> {
  const alerts = (await parts.alerts?.()) ?? [];
  return alerts.flatMap((alert) => {
    const { id, rule, node, entity, count, firstAt, lastAt } = alert;
    const weight =
      rule.level === 'high' || rule.level === 'critical' ? ('grave' as const) : ('notable' as const);
    const about = entity === '' ? '' : `: ${visible(entity)}`;
    const entry = (at: string, which: string, text: string): TimelineEntry => ({
      id: `alert:${id}:${which}`.slice(0, 256),
      at,
      source: 'alert',
      node,
      nodeName: parts.nodeName(node),
      text: shortened(text, 4_096),
      detail: shortened(visibleLines(rule.story), 16_384),
      weight,
    });
    const first = entry(firstAt, 'first', `${visible(rule.title)}${about}`);
    return count > 1 && lastAt !== firstAt
      ? [
          first,
          entry(
            lastAt,
            'last',
            `${visible(rule.title)}${about}, for the last time so far; ${count} times in all`,
          ),
        ]
      : [first];
  });
}

async function fromFindings(parts: TimelineParts, since: string, unseen: string[]): Promise<TimelineEntry[]> {
  const { changes, all } = await parts.findings(since);
  if (!all) unseen.push('Older changes of findings are missing here.');
  return changes.map(({ at, node, check, from, to, summary }) => ({
    id: `finding:${node}:${check}:${at}`,
    at,
    source: 'finding' as const,
    node,
    nodeName: parts.nodeName(node),
    text: shortened(visible(summary), 4_096),
    detail: from === null || from === to ? check : `${check}: ${from}, then ${to}`,
    weight: to === 'fix' ? ('notable' as const) : ('quiet' as const),
  }));
}

async function fromActivity(
  parts: TimelineParts,
  within: Within,
  fits: Fits,
  unseen: string[],
): Promise<TimelineEntry[]> {
  const limit = 500;
  const found: TimelineEntry[] = [];
  let to = new Date(Date.parse(within.until) + 1).toISOString();
  for (let round = 0; round < 8; round += 1) {
    const { entries, all } = await parts.activity({ from: within.from, to, limit });
    found.push(...entries.flatMap((entry) => entryOfActivity(entry, parts)).filter(fits));
    const oldest = entries.findLast(({ record }) => record !== null)?.record?.at;
    if (all || found.length >= within.wanted || oldest === undefined || oldest === to) return found;
    // Those of this very instant come again; every number is told once.
    to = new Date(Date.parse(oldest) + 1).toISOString();
    if (entries.every(({ record }) => record === null || record.at === oldest)) return found;
  }
  unseen.push('Older activity of this console is missing here.');
  return [...new Map(found.map((entry) => [entry.id, entry])).values()];
}

function entryOfActivity({ record, sentence }: ActivityEntry, parts: TimelineParts): TimelineEntry[] {
  if (record === null || QUIET.has(record.kind)) return [];
  const node = record.where?.node ?? null;
  return [
    {
      id: `ledger:${record.number}`,
      at: record.at,
      source: CHANGES.has(record.kind) ? 'change' : 'console',
      node,
      nodeName: record.where?.name ?? (node === null ? null : parts.nodeName(node)),
      text: shortened(visible(sentence), 4_096),
      detail: '',
      // Somebody on an isolated node worked against that: nothing else tells more.
      weight: record.kind === 'isolation-found-open' ? 'notable' : 'quiet',
    },
  ];
}

async function fromAudits(parts: TimelineParts): Promise<TimelineEntry[]> {
  const audits = await parts.audits();
  return audits.flatMap((audit) =>
    audit.changes.map((change): TimelineEntry => {
      const { path, deeds, importance, now, forged, why } = change;
      // When something was deleted nobody knows: it was gone when it was looked.
      const at = now?.changedAt ?? audit.at;
      const key = createHash('sha256').update(`${path}\0${deeds.join()}`).digest('hex').slice(0, 24);
      const grave = importance === 'plugin' || importance === 'start-file' || importance === 'setuid';
      const gone = now === null ? ', when is not known' : '';
      return {
        id: `file:${audit.node}:${at}:${key}`,
        at,
        source: 'file',
        node: audit.node,
        nodeName: audit.nodeName,
        text: shortened(`${path}: ${deeds.map((deed) => DEEDS[deed]).join(', ')}${gone}`, 4_096),
        detail: [FILE_IMPORTANCE[importance], forged ? 'Its time was set back.' : '', why]
          .filter((word) => word !== '')
          .join(' · '),
        weight: grave || forged ? 'grave' : importance === 'other' ? 'quiet' : 'notable',
      };
    }),
  );
}

const DEEDS = {
  created: 'made',
  changed: 'changed',
  deleted: 'deleted',
  mode: 'other permissions',
  owner: 'other owner',
  kind: 'became another kind of file',
} as const;
