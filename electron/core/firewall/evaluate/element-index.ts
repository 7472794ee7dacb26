import type { Condition, Field } from '../model.ts';
import type { Known } from './known.ts';

/** Below this many elements they are looked at one by one. */
const WORTH_AN_INDEX = 24;

interface Span {
  readonly low: bigint;
  readonly high: bigint;
  readonly place: number;
}

/** Elements by the range of one field. `reach[i]` is the highest end in the half of the array whose middle is `i`. */
interface ElementIndex {
  readonly field: Field;
  readonly spans: readonly Span[];
  readonly reach: readonly bigint[];
  /** Elements that ask nothing that can be sorted. */
  readonly others: readonly number[];
}

const indexes = new WeakMap<object, ElementIndex | null>();

function rangesOf(
  conditions: readonly Condition[],
  field: Field,
): readonly (readonly [bigint, bigint])[] | null {
  const condition = conditions.find((one) => one.field === field);
  return condition?.values.kind === 'numbers' && condition.values.mask === null
    ? condition.values.intervals
    : null;
}

/** The field that tells the elements apart best: the one with the most different lower ends. */
function bestField(all: readonly (readonly Condition[])[]): Field | null {
  const lows = new Map<Field, Set<bigint>>();
  for (const conditions of all)
    for (const { field, values } of conditions)
      if (values.kind === 'numbers' && values.mask === null)
        for (const [low] of values.intervals) lows.set(field, (lows.get(field) ?? new Set()).add(low));
  let best: Field | null = null;
  for (const [field, different] of lows)
    if (best === null || different.size > (lows.get(best)?.size ?? 0)) best = field;
  return best;
}

function build(all: readonly (readonly Condition[])[]): ElementIndex | null {
  const field = bestField(all);
  if (field === null) return null;
  const spans: Span[] = [];
  const others: number[] = [];
  for (const [place, conditions] of all.entries()) {
    const ranges = rangesOf(conditions, field);
    if (ranges) for (const [low, high] of ranges) spans.push({ low, high, place });
    else others.push(place);
  }
  spans.sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : a.place - b.place));
  const reach = spans.map((span) => span.high);
  const fill = (from: number, to: number): bigint => {
    if (from > to) return -1n;
    const middle = (from + to) >> 1;
    for (const half of [fill(from, middle - 1), fill(middle + 1, to)])
      if (half > (reach[middle] as bigint)) reach[middle] = half;
    return reach[middle] as bigint;
  };
  fill(0, spans.length - 1);
  return { field, spans, reach, others };
}

function stab({ spans, reach, others }: ElementIndex, value: bigint): number[] {
  const found = [...others];
  const visit = (from: number, to: number): void => {
    if (from > to) return;
    const middle = (from + to) >> 1;
    if ((reach[middle] as bigint) < value) return;
    visit(from, middle - 1);
    const span = spans[middle] as Span;
    if (span.low > value) return;
    if (span.high >= value) found.push(span.place);
    visit(middle + 1, to);
  };
  visit(0, spans.length - 1);
  return found.sort((a, b) => a - b);
}

/**
 * Places of the elements that can hold for a packet, in order: of a long list those whose range in the field that tells them
 * apart best holds the packet's value (an interval tree, made at the first look and kept with the list).
 * @returns null when all of them have to be looked at
 */
export function candidatePlaces<T>(
  list: readonly T[],
  conditionsOf: (element: T) => readonly Condition[],
  look: (field: Field) => Known,
): readonly number[] | null {
  if (list.length < WORTH_AN_INDEX) return null;
  let index = indexes.get(list);
  if (index === undefined) {
    index = build(list.map(conditionsOf));
    indexes.set(list, index);
  }
  if (index === null) return null;
  const known = look(index.field);
  if (known.kind === 'doubt') return null;
  return known.kind === 'number' ? stab(index, known.value) : index.others;
}

/** The elements that can hold for a packet, in their order; see `candidatePlaces`. */
export function candidates<T>(
  list: readonly T[],
  conditionsOf: (element: T) => readonly Condition[],
  look: (field: Field) => Known,
): readonly T[] {
  const places = candidatePlaces(list, conditionsOf, look);
  return places === null ? list : places.map((place) => list[place] as T);
}
