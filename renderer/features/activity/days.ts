import type { ActivityEntry } from '#shared/contract/activity.ts';
import { dayAndWeekday } from '../../components/time-words.ts';

/** What the list draws: a heading for each day, and the events of that day. */
export type ListItem =
  | { kind: 'day'; id: string; words: string }
  | { kind: 'event'; id: string; entry: ActivityEntry; first: boolean };

const DAY_MS = 86_400_000;

/**
 * Events under headings of their days, in local time. An event whose text was removed has no time of its own and stays
 * with the day of the one before it.
 * @param entries newest first
 * @param now milliseconds
 */
export function itemsByDay(entries: readonly ActivityEntry[], now: number): ListItem[] {
  const items: ListItem[] = [];
  let day = '';
  let first = true;
  for (const entry of entries) {
    const at = entry.record?.at;
    const own = at === undefined ? day : localDay(Date.parse(at));
    if (own !== day) {
      day = own;
      first = true;
      items.push({ kind: 'day', id: `day-${day}`, words: dayWords(at ?? '', day, now) });
    }
    items.push({ kind: 'event', id: `event-${entry.number}`, entry, first });
    first = false;
  }
  return items;
}

function localDay(time: number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

function dayWords(at: string, day: string, now: number): string {
  if (day === localDay(now)) return 'Today';
  if (day === localDay(now - DAY_MS)) return 'Yesterday';
  return dayAndWeekday(at, now);
}
