/** A closed range of unsigned numbers, both ends included. */
export type Interval = readonly [low: bigint, high: bigint];

/** Sorted by `low`; no two intervals overlap or touch. Made by `normalize`. */
export type IntervalSet = readonly Interval[];

export const EMPTY: IntervalSet = [];

/**
 * Sorts intervals and joins those that overlap or touch.
 * @param intervals in any order; those with `low > high` are an error of the caller and are left out
 */
export function normalize(intervals: readonly Interval[]): IntervalSet {
  const sorted = intervals
    .filter(([low, high]) => low <= high)
    .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const joined: [bigint, bigint][] = [];
  for (const [low, high] of sorted) {
    const last = joined.at(-1);
    if (last && low <= last[1] + 1n) {
      if (high > last[1]) last[1] = high;
    } else joined.push([low, high]);
  }
  return joined;
}

/** The set that holds one value. */
export function single(value: bigint | number): IntervalSet {
  const number = BigInt(value);
  return [[number, number]];
}

/** Index of the first interval whose high end is not below `value`; the length when there is none. */
function firstReaching(set: IntervalSet, value: bigint): number {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((set[middle] as Interval)[1] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a value lies in a set; O(log n). */
export function contains(set: IntervalSet, value: bigint): boolean {
  const found = set[firstReaching(set, value)];
  return found !== undefined && found[0] <= value;
}

// Math.max knows no bigint.
function larger(a: bigint, b: bigint): bigint {
  return b > a ? b : a;
}

function smaller(a: bigint, b: bigint): bigint {
  return b < a ? b : a;
}

/** Values in both sets. */
export function intersect(a: IntervalSet, b: IntervalSet): IntervalSet {
  // Searching is cheaper than walking when one side is much longer, as a public address space against a long block list.
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  const both: Interval[] = [];
  for (const [low, high] of few) {
    for (let index = firstReaching(many, low); index < many.length; index += 1) {
      const other = many[index] as Interval;
      if (other[0] > high) break;
      both.push([larger(low, other[0]), smaller(high, other[1])]);
    }
  }
  return both;
}

/** Whether two sets share a value; O(min · log max). */
export function intersects(a: IntervalSet, b: IntervalSet): boolean {
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  return few.some(([low, high]) => {
    const found = many[firstReaching(many, low)];
    return found !== undefined && found[0] <= high;
  });
}

/** Values of `a` that are not in `b`. */
export function subtract(a: IntervalSet, b: IntervalSet): IntervalSet {
  const rest: Interval[] = [];
  for (const [low, high] of a) {
    let from = low;
    for (let index = firstReaching(b, low); index < b.length; index += 1) {
      const other = b[index] as Interval;
      if (other[0] > high) break;
      if (other[0] > from) rest.push([from, other[0] - 1n]);
      from = other[1] + 1n;
      if (from > high) break;
    }
    if (from <= high) rest.push([from, high]);
  }
  return rest;
}

/** Values of `a` or of `b`. */
export function union(a: IntervalSet, b: IntervalSet): IntervalSet {
  return normalize([...a, ...b]);
}

/** Whether every value of `a` is in `b`; O(|a| · log |b|). */
export function isSubset(a: IntervalSet, b: IntervalSet): boolean {
  return a.every(([low, high]) => {
    const found = b[firstReaching(b, low)];
    return found !== undefined && found[0] <= low && found[1] >= high;
  });
}
