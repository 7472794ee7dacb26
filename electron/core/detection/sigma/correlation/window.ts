import type { Correlation, ThresholdOperator } from '../rule/correlation.ts';

/** One thing that counts: which rule of the correlation matched, when, and by which event. */
export interface Entry {
  /** Place of the rule in the correlation. */
  rule: number;
  at: number;
  event: number;
  /** What is counted or reckoned with; null for correlations that only count. */
  value: string | number | null;
  /** Of a correlation that matched: the events that led to it. */
  led?: readonly number[];
}

/** The entries of one group that lie within the timespan before the newest, oldest first. */
export interface Group {
  entries: Entry[];
  /** When it last fired; null when it has not, or what it fired for has passed. */
  firedAt: number | null;
}

/** Entries that a group may have, where more would make a difference. */
const MOST_ENTRIES = 10_000;
/** The same where each new entry is compared with all that are there. */
const MOST_COMPARED = 1_000;

/**
 * Entries of one group that are needed to answer what the correlation asks. A count needs one more than its highest
 * number, so what is let go of beyond that is no loss.
 */
export function entriesNeeded({ type, thresholds }: Correlation): { most: number; exact: boolean } {
  if (type === 'event_count' || type === 'value_count') {
    const highest = Math.max(0, ...thresholds.map(({ value }) => Math.ceil(value)));
    return { most: Math.min(highest + 2, 10 * MOST_ENTRIES), exact: highest + 2 <= 10 * MOST_ENTRIES };
  }
  return { most: type === 'value_sum' || type === 'value_avg' ? MOST_ENTRIES : MOST_COMPARED, exact: false };
}

/**
 * Puts an entry in its place by time and lets go of what is older than the timespan before the newest one. What comes late, but within the
 * timespan, still counts. Of equal values that are only counted, the newest is kept.
 * @returns entries that were let go of because there are too many
 */
export function addEntry(group: Group, entry: Entry, correlation: Correlation, most: number): number {
  const { entries } = group;
  if (correlation.type === 'value_count') {
    const same = entries.findIndex(({ value }) => value === entry.value);
    if (same >= 0) {
      if ((entries[same]?.at ?? 0) > entry.at) return 0;
      entries.splice(same, 1);
    }
  }
  let place = entries.length;
  while (place > 0 && (entries[place - 1]?.at ?? 0) > entry.at) place -= 1;
  if (place === entries.length) entries.push(entry);
  else entries.splice(place, 0, entry);
  const oldest = (entries.at(-1)?.at ?? 0) - correlation.timespan;
  let gone = 0;
  while (gone < entries.length && (entries[gone]?.at ?? 0) < oldest) gone += 1;
  const tooMany = Math.max(0, entries.length - gone - most);
  if (gone + tooMany > 0) entries.splice(0, gone + tooMany);
  return tooMany;
}

/** Whether what is in the window is what the correlation asks for. */
export function fires(group: Group, correlation: Correlation): boolean {
  const { entries } = group;
  if (correlation.type === 'temporal') {
    const rules = new Set(entries.map(({ rule }) => rule));
    return correlation.condition === null
      ? reaches(correlation, rules.size)
      : holds(correlation.condition, rules);
  }
  if (correlation.type === 'temporal_ordered') return firesInOrder(entries, correlation);
  const number = measure(entries, correlation);
  return number !== null && reaches(correlation, number);
}

function reaches({ thresholds }: Correlation, number: number): boolean {
  return thresholds.every(({ operator, value }) => stands(number, operator, value));
}

function stands(number: number, operator: ThresholdOperator, value: number): boolean {
  switch (operator) {
    case 'gt':
      return number > value;
    case 'gte':
      return number >= value;
    case 'lt':
      return number < value;
    case 'lte':
      return number <= value;
    case 'eq':
      return number === value;
    case 'neq':
      return number !== value;
  }
}

function measure(entries: readonly Entry[], { type, percentile }: Correlation): number | null {
  if (type === 'event_count') return entries.length;
  if (type === 'value_count') return entries.length;
  const numbers = entries.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
  if (numbers.length === 0) return null;
  const sum = () => numbers.reduce((total, number) => total + number, 0);
  switch (type) {
    case 'value_sum':
      return sum();
    case 'value_avg':
      return sum() / numbers.length;
    case 'value_min':
      return Math.min(...numbers);
    case 'value_max':
      return Math.max(...numbers);
    default:
      return percentileOf(numbers, type === 'value_median' ? 50 : percentile);
  }
}

/** Percentile with linear interpolation between the closest ranks, as PERCENTILE_CONT of SQL; the 50th is the median. */
function percentileOf(numbers: readonly number[], percentile: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const rank = (percentile / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] ?? 0;
  const above = sorted[Math.ceil(rank)] ?? below;
  return below + (above - below) * (rank - Math.floor(rank));
}

function holds(condition: NonNullable<Correlation['condition']>, rules: ReadonlySet<number>): boolean {
  switch (condition.kind) {
    case 'rule':
      return rules.has(condition.index);
    case 'not':
      return !holds(condition.of, rules);
    case 'and':
      return condition.of.every((part) => holds(part, rules));
    case 'or':
      return condition.of.some((part) => holds(part, rules));
  }
}

/**
 * In order: the rules that have matched one after the other, in the order in which the correlation lists them, are enough. With a number, as many
 * of them as it asks for; with a condition in words, one choice of rules for which it holds.
 */
function firesInOrder(entries: readonly Entry[], correlation: Correlation): boolean {
  const { condition } = correlation;
  if (condition === null) return reaches(correlation, longestOrdered(entries));
  const rules = [...new Set(entries.map(({ rule }) => rule))].sort((a, b) => a - b);
  if (!holds(condition, new Set(rules))) return false;
  // Every choice that the condition is content with will do; there are few rules, and most conditions need all of them.
  if (rules.length > 10) return isOrdered(entries, rules);
  for (let choice = (1 << rules.length) - 1; choice > 0; choice -= 1) {
    const chosen = rules.filter((_, index) => (choice & (1 << index)) !== 0);
    if (holds(condition, new Set(chosen)) && isOrdered(entries, chosen)) return true;
  }
  return false;
}

function isOrdered(entries: readonly Entry[], rules: readonly number[]): boolean {
  let next = 0;
  for (const { rule } of entries) if (rule === rules[next]) next += 1;
  return next === rules.length;
}

/** The most different rules that have matched one after the other in the order of the list. */
function longestOrdered(entries: readonly Entry[]): number {
  const longest = new Map<number, number>();
  for (const { rule } of entries) {
    let before = 0;
    for (const [other, length] of longest) if (other < rule) before = Math.max(before, length);
    longest.set(rule, Math.max(longest.get(rule) ?? 0, before + 1));
  }
  return Math.max(0, ...longest.values());
}
