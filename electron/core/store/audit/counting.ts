import { setImmediate as turn } from 'node:timers/promises';
import { valuesOf, valueText } from '#shared/domain/audit/event-values.ts';
import type { AuditReading } from './audit-store.ts';
import { firstOf, SEGMENT_EVENTS, segmentOf } from './index/layout.ts';
import { candidates, readySelection, type Selection } from './search.ts';

/** Milliseconds for which values are counted. */
const BUDGET_MS = 8_000;
/** Milliseconds after which others have their turn. */
const SLICE_MS = 25;
/** Newest events that values are counted over. */
const MOST_COUNTED = 50_000;
/** Different values of a field that are kept in mind. */
const MOST_VALUES = 20_000;

/**
 * One bar: milliseconds since 1970 UTC at which it begins, events in all, and those that are meant. `partly`: time was over before all that
 * may lie in it was counted, so there are as many or more.
 */
export interface Bar {
  at: number;
  total: number;
  matched: number;
  alerts: number;
  partly?: true;
}

/**
 * Counts events by time, the newest first; others have their turn in between.
 * @param asked with `from` and `to`
 * @param bars how many
 * @param budgetMs after so long what is counted is given, and what is not says so
 */
export async function countByTime(
  { reader, hash, alerts }: AuditReading,
  asked: Selection & { from: number; to: number },
  bars: number,
  now: number,
  budgetMs: number,
): Promise<Bar[]> {
  const { from, to, node } = asked;
  const wide = Math.max(1, Math.ceil((to - from) / bars));
  const counted: Bar[] = Array.from({ length: Math.ceil((to - from) / wide) }, (_, bar) => ({
    at: from + bar * wide,
    total: 0,
    matched: 0,
    alerts: 0,
  }));
  const barOf = (at: number) => counted[Math.floor((at - from) / wide)];
  const everything = asked.query.kind === 'all';
  const deadline = performance.now() + budgetMs;
  let sliceEnds = performance.now() + SLICE_MS;
  const passes = everything ? (['total'] as const) : (['total', 'matched'] as const);
  for (const what of passes) {
    const query = what === 'total' ? ({ kind: 'all' } as const) : asked.query;
    const { plan, matches, needles } = readySelection({ query, node, from, to }, hash, now);
    const [first, last] = [reader.oldest(), reader.newest()];
    for (let place = last > 0 ? segmentOf(last) : -1; place >= segmentOf(first); place -= 1) {
      if (performance.now() > sliceEnds) {
        await turn();
        sliceEnds = performance.now() + SLICE_MS;
      }
      const segment = reader.segment(place);
      if (segment !== null && (segment.lastAt < from || segment.firstAt >= to)) continue;
      if (performance.now() > deadline) {
        // Numbers are the order of storing, and an old log may have been stored late: each segment says for itself what it spans.
        for (const bar of counted) {
          if (segment === null || (bar.at + wide > segment.firstAt && bar.at <= segment.lastAt))
            bar.partly = true;
        }
        continue;
      }
      if (segment !== null) {
        const { bits, exact } = plan(segment);
        if (exact) {
          const [only, other] = [barOf(segment.firstAt), barOf(segment.lastAt)];
          if (only !== undefined && only === other) {
            only[what] += countBits(bits);
            continue;
          }
          const times = segment.times();
          for (let position = 0; position < SEGMENT_EVENTS; position += 1) {
            if (((bits[position >> 5] ?? 0) >>> (position & 31)) & 1) {
              const bar = barOf(times[position] ?? -1);
              if (bar !== undefined) bar[what] += 1;
            }
          }
          continue;
        }
      }
      const end = Math.min(last, firstOf(place) + SEGMENT_EVENTS - 1);
      for (const { number, certain } of candidates(reader, plan, Math.max(first, firstOf(place)), end)) {
        if (certain === null) continue;
        const event = reader.event(number, needles);
        const bar = event === null || !matches(event) ? undefined : barOf(event.at);
        if (bar !== undefined) bar[what] += 1;
      }
    }
  }
  if (everything) for (const bar of counted) bar.matched = bar.total;
  for (const { bar, count } of alerts.bars(from, to, wide)) {
    const one = counted[bar];
    if (one !== undefined) one.alerts = count;
  }
  return counted;
}

function countBits(bits: Uint32Array): number {
  let sum = 0;
  for (let word of bits) for (; word !== 0; sum += 1) word = (word & (word - 1)) >>> 0;
  return sum;
}

/** @returns the most frequent values of fields among the newest events that are meant */
export function countValues(
  { reader, hash }: AuditReading,
  asked: Selection,
  fields: readonly string[],
  now: number,
): { counted: number; facets: { field: string; values: { value: string; count: number }[] }[] } {
  const ready = readySelection(asked, hash, now);
  const wanted = fields.map((field) => ({
    field,
    name: field.toLowerCase(),
    counts: new Map<string, number>(),
  }));
  const deadline = performance.now() + BUDGET_MS / 4;
  let counted = 0;
  for (const { number, certain } of candidates(reader, ready.plan, reader.newest(), reader.oldest())) {
    if (performance.now() > deadline || counted >= MOST_COUNTED) break;
    if (certain === null) continue;
    const event = reader.event(number, ready.needles);
    if (event === null || !ready.matches(event)) continue;
    counted += 1;
    for (const { name, counts } of wanted) {
      for (const value of valuesOf(event, name)) {
        const text = valueText(value).slice(0, 1_024);
        const known = counts.get(text);
        if (known !== undefined || counts.size < MOST_VALUES) counts.set(text, (known ?? 0) + 1);
      }
    }
  }
  const facets = wanted.map(({ field, counts }) => ({
    field,
    values: [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count)
      .slice(0, 20),
  }));
  return { counted, facets };
}
