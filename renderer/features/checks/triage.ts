import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import { CHECK_IDS, type CheckId } from '#shared/domain/check-id.ts';
import { COUNT_GROUPS, type CountGroup, groupOf } from '#shared/domain/counting.ts';
import type { FindingStatus, Severity, TrackedFinding } from '#shared/domain/finding.ts';
import { WORST_FIRST } from '#shared/domain/level.ts';

/** Orders of rows within a group. */
export const SORTS = ['worst', 'newest', 'node', 'check'] as const;
export type SortKey = (typeof SORTS)[number];

/** One line of the list: a finding, or findings of one check that say the same. */
export interface Row {
  /** Stable over looks: `check` or `check/node`. */
  id: string;
  check: CheckId;
  status: FindingStatus;
  headline: string;
  /** The finding that is shown first when the row unfolds. */
  lead: TrackedFinding;
  /** Findings that the row speaks for, the lead first. */
  findings: readonly TrackedFinding[];
  /** All findings of the check in the scope, for looking sideways. */
  siblings: readonly TrackedFinding[];
  /** The name of the node, of two nodes, `all`, or how many. */
  where: string;
}

/** The finding that is unfolded: its check, and of which node when several have a row. */
export interface OpenFinding {
  check: string;
  on?: string | undefined;
}

export interface Group {
  key: CountGroup;
  /** Over several nodes a check counts once, by its worst. */
  checks: number;
  rows: Row[];
}

export interface TriageOptions {
  /** Words that must all occur in a row, in any case. */
  query: string;
  sort: SortKey;
}

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/**
 * Sort findings into what waits for a person and what does not.
 * @param findings of one node or of all
 * @param options search and order
 * @returns every group in order, empty ones too; counts are of checks and do not depend on the search
 */
export function triage(findings: readonly TrackedFinding[], options: TriageOptions): Group[] {
  const nodes = new Set(findings.map((finding) => finding.node)).size;
  const groups = new Map<CountGroup, Group>(COUNT_GROUPS.map((key) => [key, { key, checks: 0, rows: [] }]));
  for (const [check, siblings] of byCheck(findings)) {
    const key = groupOf(siblings);
    const group = groups.get(key);
    if (!group) continue;
    group.checks += 1;
    const rows =
      key === 'fix' || key === 'review' ? openRows(check, siblings, nodes) : [oneRow(check, siblings, nodes)];
    group.rows.push(...rows.filter((row) => matches(row, options.query)));
  }
  for (const group of groups.values()) group.rows.sort(ORDERS[options.sort]);
  return [...groups.values()];
}

function byCheck(findings: readonly TrackedFinding[]): Map<CheckId, TrackedFinding[]> {
  const map = new Map<CheckId, TrackedFinding[]>();
  for (const finding of findings) {
    const list = map.get(finding.check);
    if (list) list.push(finding);
    else map.set(finding.check, [finding]);
  }
  for (const list of map.values()) list.sort(worstFirst);
  return map;
}

/** One row for each finding that is open, or for several that say the same in the same words. */
function openRows(check: CheckId, siblings: readonly TrackedFinding[], nodes: number): Row[] {
  const alike = new Map<string, TrackedFinding[]>();
  for (const finding of siblings) {
    if (finding.status !== 'fix' && finding.status !== 'review') continue;
    const key = `${finding.status} ${finding.summary}`;
    alike.set(key, [...(alike.get(key) ?? []), finding]);
  }
  return [...alike.values()].flatMap((list) => {
    const lead = list[0];
    if (!lead) return [];
    return [
      {
        id: `${check}/${lead.node}`,
        check,
        status: lead.status,
        headline: withoutStop(lead.summary),
        lead,
        findings: list,
        siblings,
        where: whereInWords(list, nodes),
      },
    ];
  });
}

/** One row for the whole check, by its worst finding. */
function oneRow(check: CheckId, siblings: readonly TrackedFinding[], nodes: number): Row {
  const [lead] = siblings;
  if (!lead) throw new RangeError(`No finding for ${check}`);
  const worst = siblings.filter((finding) => finding.status === lead.status);
  const same = worst.every((finding) => finding.summary === lead.summary);
  return {
    id: check,
    check,
    status: lead.status,
    headline: same ? withoutStop(lead.summary) : catalogueEntry(check).title,
    lead,
    findings: worst,
    siblings,
    where: whereInWords(worst, nodes),
  };
}

function whereInWords(findings: readonly TrackedFinding[], nodes: number): string {
  const [first, second] = findings;
  if (findings.length === 1 && first) return first.nodeName;
  if (findings.length === nodes) return 'all';
  if (findings.length === 2 && first && second) return `${first.nodeName}, ${second.nodeName}`;
  return `${findings.length} nodes`;
}

/** Rows are headlines: a sentence loses its full stop there. */
function withoutStop(sentence: string): string {
  return sentence.endsWith('.') && !sentence.endsWith('..') ? sentence.slice(0, -1) : sentence;
}

function matches(row: Row, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = [
    row.check,
    catalogueEntry(row.check).title,
    row.headline,
    ...row.findings.flatMap((finding) => [
      finding.nodeName,
      finding.detail,
      ...finding.evidence.map(({ what }) => what),
    ]),
  ]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

function worstFirst(a: TrackedFinding, b: TrackedFinding): number {
  return (
    WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    a.nodeName.localeCompare(b.nodeName, 'en')
  );
}

const byListing = (a: Row, b: Row) => CHECK_IDS.indexOf(a.check) - CHECK_IDS.indexOf(b.check);
const newest = (a: Row, b: Row) => Date.parse(b.lead.since) - Date.parse(a.lead.since);

const ORDERS: Readonly<Record<SortKey, (a: Row, b: Row) => number>> = {
  worst: (a, b) => worstFirst(a.lead, b.lead) || newest(a, b) || byListing(a, b),
  newest: (a, b) => newest(a, b) || byListing(a, b),
  node: (a, b) => a.lead.nodeName.localeCompare(b.lead.nodeName, 'en') || byListing(a, b),
  check: (a, b) => byListing(a, b) || a.lead.nodeName.localeCompare(b.lead.nodeName, 'en'),
};
