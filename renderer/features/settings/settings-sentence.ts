import type { Settings } from '#shared/domain/settings.ts';
import { numberInWords } from '../../components/number-words.ts';

/** How often is looked, as a choice and in the sentence. */
export const INTERVALS: readonly { minutes: number; label: string }[] = [
  { minutes: 15, label: 'every 15 minutes' },
  { minutes: 60, label: 'every hour' },
  { minutes: 180, label: 'every 3 hours' },
  { minutes: 720, label: 'every 12 hours' },
  { minutes: 1_440, label: 'once a day' },
  { minutes: 10_080, label: 'once a week' },
  { minutes: 0, label: 'only when asked' },
];

/** @returns an interval in words: `every hour`, `every 45 minutes`, `only when asked` */
export function intervalInWords(minutes: number): string {
  const known = INTERVALS.find((interval) => interval.minutes === minutes);
  if (known) return known.label;
  return minutes % 60 === 0 ? `every ${minutes / 60} hours` : `every ${minutes} minutes`;
}

/**
 * The first line of the Settings page: what the console does by itself, and what is accepted.
 * @param accepted how many waivers hold now
 */
export function settingsSentence(settings: Settings, accepted: number): string {
  const looks =
    settings.lookEveryMinutes === 0
      ? 'Swarmkeep looks only when asked'
      : `Swarmkeep looks ${intervalInWords(settings.lookEveryMinutes)}`;
  const says = settings.notifications.onChange ? 'says when something changes' : 'says nothing by itself';
  const risks =
    accepted === 0
      ? ''
      : ` ${numberInWords(accepted)} ${accepted === 1 ? 'risk is' : 'risks are'} accepted for now.`;
  return `${looks} and ${says}.${risks}`;
}
