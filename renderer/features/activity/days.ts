import type { ActivityEntry } from '#shared/contract/activity.ts';
import { dayAndWeekday } from '../../components/time-words.ts';

/** What the list draws: a heading for each day, and the events of that day. */
export type ListItem =
  | { kind: 'day'; id: string; words: string }
  | {
      kind: 'event';
      id: string;
      entry: ActivityEntry;
      first: boolean;
      /** Looks before it that found the same; absent where there is none. */
      repeats?: { count: number; unfolded: boolean };
    };

const DAY_MS = 86_400_000;

/**
 * Events under headings of their days, in local time. An event whose text was removed has no time of its own and stays
 * with the day of the one before it.
 *
 * Looks at the same node that found the same, one after the other, stand as one line with a count: that nothing changed is said once.
 * @param entries newest first
 * @param now milliseconds
 * @param unfolded numbers of lines whose repeated looks are listed one by one
 * @param linked an event that has to stand there, also where it is one of these
 */
export function itemsByDay(
  entries: readonly ActivityEntry[],
  now: number,
  unfolded: ReadonlySet<number> = new Set(),
  linked?: number,
): ListItem[] {
  const items: ListItem[] = [];
  const repeatsOf = foldLooks(entries);
  const folded = new Set(
    [...repeatsOf].flatMap(([lead, repeats]) =>
      unfolded.has(lead) ? [] : repeats.filter((number) => number !== linked),
    ),
  );
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
    if (folded.has(entry.number)) continue;
    const repeats = repeatsOf.get(entry.number);
    items.push({
      kind: 'event',
      id: `event-${entry.number}`,
      entry,
      first,
      ...(repeats === undefined
        ? {}
        : { repeats: { count: repeats.length, unfolded: unfolded.has(entry.number) } }),
    });
    first = false;
  }
  return items;
}

/** @returns for the newest look of several that found the same, the numbers of the others, newest first */
function foldLooks(entries: readonly ActivityEntry[]): Map<number, number[]> {
  const repeatsOf = new Map<number, number[]>();
  /** The newest of the looks at a node that are being folded, and what it found. */
  const leads = new Map<string, { number: number; day: string; found: string }>();
  for (const { number, record } of entries) {
    // Whatever else was done or told in between may be why somebody looked.
    if (record?.kind !== 'look-ended' || record.where === null) {
      leads.clear();
      continue;
    }
    const { outcome, error, verdicts } = record.what;
    const found = JSON.stringify([outcome, error, verdicts]);
    const day = localDay(Date.parse(record.at));
    const lead = leads.get(record.where.node);
    if (lead?.found === found && lead.day === day)
      repeatsOf.set(lead.number, [...(repeatsOf.get(lead.number) ?? []), number]);
    else leads.set(record.where.node, { number, day, found });
  }
  return repeatsOf;
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
