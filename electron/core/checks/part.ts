import type { Evidence, FindingStatus, FixStep, Severity } from '#shared/domain/finding.ts';

/**
 * One thing that a check looked at. A check collects parts and lets `conclude` make the finding of them; the worst part
 * speaks first. `not-applicable` parts are shown and decide nothing.
 */
export interface Part {
  /** What was looked at, as the machine says it. */
  what: string;
  /** What that means, in our words. */
  seen: string;
  status: Exclude<FindingStatus, 'waived'>;
  /** Command or file behind it. */
  source: string;
  raw?: string | null;
  /** How bad it is when this part decides; parts that are fine need none. */
  severity?: Severity;
  /** The sentence of the finding when this part decides; it names the node. */
  headline?: string;
  /** For `unknown`: what would help, after "It would help to …". */
  wouldHelp?: string | null;
  /** What repairs it, in order. */
  steps?: readonly FixStep[];
  /** The declaration by which it counts as meant. */
  declared?: string;
  /** What the operator would declare to let it count as meant; offered beside the evidence. */
  declarable?: Evidence['declarable'];
  /** The same for each of several things that the part is about. */
  declarables?: Evidence['declarables'];
}

/** Worst first, for parts that decide. */
const RANK: Readonly<Record<Part['status'], number>> = {
  fix: 0,
  review: 1,
  unknown: 2,
  pass: 3,
  'not-applicable': 4,
};

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** Order of parts: by status, then by severity; negative when `a` is worse. */
export function worseFirst(a: Part, b: Part): number {
  return (
    RANK[a.status] - RANK[b.status] ||
    SEVERITIES.indexOf(a.severity ?? 'info') - SEVERITIES.indexOf(b.severity ?? 'info')
  );
}
