import type { CoreState } from '#shared/contract/bridge.ts';
import { countsInWords } from '#shared/domain/counting.ts';
import type { CoreStatus } from './control.ts';

/** What tray and menu show: one icon and one line. */
export interface ShownStatus {
  icon: 'fine' | 'fix' | 'review';
  sentence: string;
  tally: string;
}

/**
 * @param status the core's last word, null when it gave none
 * @param core whether the core is there at all
 * @returns what to show; fine only when something was looked at and nothing waits, never for what was not seen
 */
export function shownStatus(status: CoreStatus | null, core: CoreState): ShownStatus {
  if (core === 'failed') {
    return {
      icon: 'review',
      sentence: 'The console stopped. Nothing is being watched.',
      tally: 'Look Now starts it again.',
    };
  }
  if (status === null || core === 'restarting')
    return { icon: 'review', sentence: 'Starting to look.', tally: '' };
  const { sentence, counts } = status;
  const { fix, review, unknown, pass } = counts;
  const icon = fix > 0 ? 'fix' : review > 0 || unknown > 0 || pass === 0 ? 'review' : 'fine';
  return { icon, sentence, tally: countsInWords(counts, ['fix', 'review', 'unknown', 'pass']).join(' · ') };
}
