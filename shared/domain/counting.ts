import type { CheckId } from './check-id.ts';
import type { Counts } from './counts.ts';
import type { FindingStatus } from './finding.ts';
import { worstStatus } from './level.ts';
import type { SwarmNode } from './node.ts';

/** Groups of checks in the order in which they are listed; `lacking` holds what this version cannot check yet. */
export const COUNT_GROUPS = [
  'fix',
  'review',
  'unknown',
  'waived',
  'pass',
  'not-applicable',
  'lacking',
] as const;
export type CountGroup = (typeof COUNT_GROUPS)[number];

/** What decides where a finding counts. */
export interface Countable {
  check: CheckId;
  status: FindingStatus;
  lacking?: boolean;
}

/** @returns the one group in which a check counts, given all its findings: its worst status, or that it is lacking everywhere */
export function groupOf(siblings: readonly Omit<Countable, 'check'>[]): CountGroup {
  const worst = worstStatus(siblings.map((finding) => finding.status));
  return worst === 'unknown' && siblings.length > 0 && siblings.every((finding) => finding.lacking === true)
    ? 'lacking'
    : worst;
}

/** Counts checks. Every page, every report and the command line count by this and by nothing else. */
export function countChecks(findings: readonly Countable[]): Counts {
  const found: Counts = { pass: 0, fix: 0, review: 0, unknown: 0, notApplicable: 0, waived: 0 };
  let lacking = 0;
  for (const siblings of Map.groupBy(findings, (finding) => finding.check).values()) {
    const group = groupOf(siblings);
    if (group === 'lacking') lacking += 1;
    found[group === 'lacking' ? 'unknown' : group === 'not-applicable' ? 'notApplicable' : group] += 1;
  }
  return lacking > 0 ? { ...found, lacking } : found;
}

/** @returns how many checks of a group there are; `unknown` without those that this version lacks */
export function amountOf(found: Counts, group: CountGroup): number {
  if (group === 'lacking') return found.lacking ?? 0;
  if (group === 'unknown') return found.unknown - (found.lacking ?? 0);
  return found[group === 'not-applicable' ? 'notApplicable' : group];
}

/** @returns how many checks there are in all, whatever became of them */
export function totalOf(found: Counts): number {
  return COUNT_GROUPS.reduce((sum, group) => sum + amountOf(found, group), 0);
}

/** @returns what waits for a person: to fix and to review */
export function waitingOf(found: Counts): number {
  return found.fix + found.review;
}

const WORDS: Readonly<Record<Exclude<CountGroup, 'not-applicable'>, string>> = {
  fix: 'to fix',
  review: 'to review',
  unknown: 'could not look',
  waived: 'accepted',
  pass: 'fine',
  lacking: 'not in this version',
};

/** @returns the word of a group as it stands after a number or a name: `to fix`, `fine`, `do not apply` */
export function groupWord(group: CountGroup, amountThere = 1): string {
  if (group === 'not-applicable') return amountThere === 1 ? 'does not apply' : 'do not apply';
  return WORDS[group];
}

/** @returns a group with its number: `2 to fix`, `11 not in this version` */
export function groupWords(group: CountGroup, amountThere: number): string {
  return `${amountThere.toLocaleString('en')} ${groupWord(group, amountThere)}`;
}

/**
 * Counts in words, group by group, those without a check left out: `12 to fix`, `3 could not look`.
 * @param groups which, in which order; all in the order of lists when left out
 */
export function countsInWords(found: Counts, groups: readonly CountGroup[] = COUNT_GROUPS): string[] {
  return groups.flatMap((group) => {
    const there = amountOf(found, group);
    return there > 0 ? [groupWords(group, there)] : [];
  });
}

/** @returns whether it is the node that ships with Swarmkeep */
export function isSample({ address }: Pick<SwarmNode, 'address'>): boolean {
  return address.kind === 'recorded' && address.sample;
}

/** @returns the nodes that count: the sample counts only while there is no other */
export function countingNodes<N extends Pick<SwarmNode, 'address'>>(nodes: readonly N[]): N[] {
  const real = nodes.filter((node) => !isSample(node));
  return real.length > 0 ? real : [...nodes];
}
