import { type Matcher, matcherOf } from '#shared/domain/audit/match-query.ts';
import type { Query } from '#shared/domain/audit/query.ts';
import type { EventReader } from './event-reader.ts';
import { firstOf, SEGMENT_EVENTS, type SegmentBits, segmentOf } from './index/layout.ts';
import { type Plan, planOf } from './index/plan.ts';
import type { TermHash } from './index/term-hash.ts';
import { needlesOf } from './needles.ts';
import type { StoredEvent } from './record-text.ts';

/** What is asked about; times are milliseconds since 1970 UTC, `to` is not included. */
export interface Selection {
  query: Query;
  node?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
}

/** Milliseconds after which a search gives what it has and says where to go on. */
const BUDGET_MS = 400;

/** What is surely meant need not be looked for in its text. */
const NO_NEEDLES: readonly string[] = [];

/** How often the clock is looked at, in events. */
const LOOK_EVERY = 16;

/** A selection made ready: what it means, and how its events are found. */
export interface ReadySelection {
  matches: Matcher;
  plan: Plan;
  /** What the text of every event has that is meant. */
  needles: readonly string[];
}

/** @param now milliseconds since 1970 UTC, for relative times */
export function readySelection(
  { query, node, from, to }: Selection,
  hash: TermHash,
  now: number,
): ReadySelection {
  const of: Query[] = [query];
  if (node !== undefined) of.push({ kind: 'field', field: 'node', pattern: [node] });
  if (from !== undefined || to !== undefined) {
    of.push({
      kind: 'range',
      field: 'at',
      from: from === undefined ? null : new Date(from).toISOString(),
      fromIncluded: from !== undefined,
      to: to === undefined ? null : new Date(to).toISOString(),
      toIncluded: false,
    });
  }
  // Cheap conditions first: an intersection that is empty ends there.
  const whole: Query = { kind: 'and', of: of.toReversed() };
  return { matches: matcherOf(whole, now), plan: planOf(whole, hash, now), needles: needlesOf(whole) };
}

/** Events that were found, in the order in which they were looked for. */
export interface Found {
  events: StoredEvent[];
  /** Number of the last event that was looked at, for going on; null when there are no more. */
  next: number | null;
}

/**
 * Looks for events by the index, from a number on.
 * @param start number of the first event that may be found
 * @param direction `older` counts down from there, `newer` up
 */
export function findEvents(
  reader: EventReader,
  ready: ReadySelection,
  wish: { start: number; direction: 'older' | 'newer'; limit: number; budgetMs?: number },
): Found {
  const deadline = performance.now() + (wish.budgetMs ?? BUDGET_MS);
  const events: StoredEvent[] = [];
  const [oldest, newest] = [reader.oldest(), reader.newest()];
  const older = wish.direction === 'older';
  const [first, last] = older
    ? [Math.min(wish.start, newest), oldest]
    : [Math.max(wish.start, oldest), newest];
  if (older ? first < last : first > last) return { events, next: null };
  let looked = 0;
  for (const { number, certain } of candidates(reader, ready.plan, first, last)) {
    looked += 1;
    if (looked % LOOK_EVERY === 0 && performance.now() > deadline) return { events, next: number };
    if (certain === null) continue;
    const event = reader.event(number, certain ? NO_NEEDLES : ready.needles);
    // A hash may deceive: whatever the index says, what is shown is what is meant.
    if (event === null || !ready.matches(event)) continue;
    events.push(event);
    if (events.length === wish.limit) {
      const next = older ? number - 1 : number + 1;
      return { events, next: (older ? next >= last : next <= last) ? next : null };
    }
  }
  return { events, next: null };
}

/** An event that can be meant, and whether it surely is; null: only how far the search has come. */
export interface Candidate {
  number: number;
  certain: boolean | null;
}

/**
 * Events that can be meant, from one number to another in either direction.
 * @param first where it begins; nothing is found when `last` lies in the other direction
 */
export function* candidates(
  reader: EventReader,
  plan: Plan,
  first: number,
  last: number,
): Generator<Candidate> {
  const step = first >= last ? -1 : 1;
  const [low, high] = [Math.min(first, last), Math.max(first, last)];
  if (low < 1) return;
  const [from, to] = [segmentOf(first), segmentOf(last)];
  for (let place = from; step < 0 ? place >= to : place <= to; place += step) {
    const segment = reader.segment(place);
    const begin = Math.max(low, firstOf(place));
    const end = Math.min(high, firstOf(place) + SEGMENT_EVENTS - 1);
    yield { number: step < 0 ? end : begin, certain: null };
    if (segment === null) {
      for (let number = step < 0 ? end : begin; number >= begin && number <= end; number += step) {
        yield { number, certain: false };
      }
      continue;
    }
    const { bits, exact } = plan(segment);
    for (const position of positions(bits, begin - firstOf(place), end - firstOf(place), step)) {
      yield { number: firstOf(place) + position, certain: exact };
    }
  }
}

/** Positions of bits between two positions, both included, in either direction. */
function* positions(bits: SegmentBits, begin: number, end: number, step: number): Generator<number> {
  const inside = (position: number): boolean => position >= begin && position <= end;
  for (let at = step < 0 ? end : begin; inside(at); ) {
    const word = bits[at >> 5] ?? 0;
    if (word === 0) at = step < 0 ? ((at >> 5) << 5) - 1 : ((at >> 5) + 1) << 5;
    else {
      if ((word >>> (at & 31)) & 1) yield at;
      at += step;
    }
  }
}
