import type { Counts } from '#shared/contract/findings.ts';
import { CHECK_IDS, type CheckId } from '#shared/domain/check-id.ts';
import type { FindingStatus, TrackedFinding } from '#shared/domain/finding.ts';
import { WORST_FIRST, worstStatus } from '#shared/domain/level.ts';

const KEY: Readonly<Record<FindingStatus, Exclude<keyof Counts, 'lacking'>>> = {
  pass: 'pass',
  fix: 'fix',
  review: 'review',
  unknown: 'unknown',
  'not-applicable': 'notApplicable',
  waived: 'waived',
};

/** @returns how many of each status */
export function countStatuses(statuses: Iterable<FindingStatus>): Counts {
  const counts: Counts = { pass: 0, fix: 0, review: 0, unknown: 0, notApplicable: 0, waived: 0 };
  for (const status of statuses) counts[KEY[status]] += 1;
  return counts;
}

/**
 * Over several nodes a check counts once, by its worst. `lacking` says how many of the unknown this version cannot look
 * at anywhere, where the findings say so.
 */
export function countChecks(
  findings: readonly (Pick<TrackedFinding, 'check' | 'status'> & { lacking?: boolean })[],
): Counts {
  const byCheck = [...Map.groupBy(findings, (finding) => finding.check).values()];
  const worst = byCheck.map((group) => worstStatus(group.map((finding) => finding.status)));
  const lacking = byCheck.filter(
    (group, index) => worst[index] === 'unknown' && group.every((finding) => finding.lacking),
  ).length;
  return { ...countStatuses(worst), ...(lacking > 0 ? { lacking } : {}) };
}

const PLACE: ReadonlyMap<CheckId, number> = new Map(CHECK_IDS.map((id, index) => [id, index]));

/** Order of lists: worst first, then by the order of checks, then by the name of the node. */
export function worstFirst(
  a: Pick<TrackedFinding, 'check' | 'status' | 'nodeName' | 'node'>,
  b: Pick<TrackedFinding, 'check' | 'status' | 'nodeName' | 'node'>,
): number {
  return (
    WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status) ||
    (PLACE.get(a.check) ?? 0) - (PLACE.get(b.check) ?? 0) ||
    a.nodeName.localeCompare(b.nodeName) ||
    (a.node < b.node ? -1 : 1)
  );
}
