import type { ShownStatus } from '../../components/status-words.ts';
import type { GroupKey } from './triage.ts';

/** The icon that stands for a group. */
export function groupStatus(key: GroupKey): ShownStatus {
  return key === 'lacking' ? 'unknown' : key;
}

/** How many checks a group has, in words that can stand alone: `2 to fix`, `11 not in this version`. */
export function groupWords(key: GroupKey, checks: number): string {
  const words: Readonly<Record<GroupKey, string>> = {
    fix: 'to fix',
    review: 'to review',
    unknown: 'could not look',
    waived: 'accepted',
    pass: 'fine',
    'not-applicable': checks === 1 ? 'does not apply' : 'do not apply',
    lacking: 'not in this version',
  };
  return `${checks} ${words[key]}`;
}
