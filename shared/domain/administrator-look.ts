import type { TrackedFinding } from './finding.ts';

/** @returns whether what would help, or a sentence about it, speaks of a look as administrator */
export function speaksOfAdministrator(words: string | null): boolean {
  return words !== null && /\bas administrator\b/i.test(words);
}

/** @returns whether a part of a finding was not seen for want of rights, so that a look as administrator may show it */
export function wantsAdministrator({
  lacking,
  wouldHelp,
}: Pick<TrackedFinding, 'lacking' | 'wouldHelp'>): boolean {
  return !lacking && speaksOfAdministrator(wouldHelp);
}

/**
 * What needed fixing when it was seen last, and was not seen by the newest look: that it is out of sight makes it no better.
 * @returns when it was seen last; null for every other finding
 */
export function redUntil({
  status,
  lacking,
  before,
}: Pick<TrackedFinding, 'status' | 'lacking' | 'before'>): string | null {
  return status === 'unknown' && !lacking && before?.status === 'fix' ? before.until : null;
}
