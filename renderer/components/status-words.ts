import { groupWord } from '#shared/domain/counting.ts';
import type { FindingStatus } from '#shared/domain/finding.ts';

/** A status of a finding, or a node that could not be reached at its last look. */
export type ShownStatus = FindingStatus | 'asleep';

/** @returns the word for a status, as it stands after a number or a name: `to fix`, `fine`, `could not look`; why a node does not answer nobody knows */
export function statusWord(status: ShownStatus): string {
  return status === 'asleep' ? 'does not answer' : groupWord(status);
}
