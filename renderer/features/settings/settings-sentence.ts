import type { Settings } from '#shared/domain/settings.ts';
import { count } from '../../components/time-words.ts';

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

/** The first line of the Settings page: what the console does by itself. */
export function settingsSentence(settings: Settings): string {
  const looks =
    settings.lookEveryMinutes === 0
      ? 'Swarmkeep looks only when asked'
      : `Swarmkeep looks ${intervalInWords(settings.lookEveryMinutes)}`;
  const says = settings.notifications.onChange ? 'says when something changes' : 'says nothing by itself';
  return `${looks} and ${says}.`;
}

/**
 * The quiet line above it.
 * @param accepted how many waivers hold now
 * @param declared how many declarations there are
 */
export function settingsEyebrow(accepted: number, declared: number): string {
  return ['Settings', `${count(accepted, 'accepted risk')}`, `${count(declared, 'declaration')}`].join(' · ');
}
