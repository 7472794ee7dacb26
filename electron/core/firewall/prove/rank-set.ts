/**
 * A set of small whole numbers as flat, sorted pairs: `[low, high, low, high, …]`, both ends included, none touching.
 * The prover compares values only by their rank among all the boundaries that rules mention, so that addresses of 128 bits
 * become numbers that a processor compares at once.
 */
export type RankSet = readonly number[];

/** How a box lies to a set: outside of it, partly in it, wholly in it. */
export const NONE = 0;
export const PART = 1;
export const ALL = 2;
export type Relation = typeof NONE | typeof PART | typeof ALL;

/** Index of the first pair whose high end is not below `rank`. */
function firstReaching(set: RankSet, rank: number): number {
  let low = 0;
  let high = set.length >>> 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((set[2 * middle + 1] as number) < rank) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a set shares a rank with `low`–`high`. */
function touches(set: RankSet, low: number, high: number): boolean {
  const at = 2 * firstReaching(set, low);
  return at < set.length && (set[at] as number) <= high;
}

function holdsRange(set: RankSet, low: number, high: number): boolean {
  const at = 2 * firstReaching(set, low);
  return at < set.length && (set[at] as number) <= low && (set[at + 1] as number) >= high;
}

/**
 * How `box` lies to `set`; O(log n) when one of them is one range, else O(min · log max) for sets that share nothing.
 * @param box not empty
 */
export function relation(box: RankSet, set: RankSet): Relation {
  if (set.length === 0) return NONE;
  const first = box[0] as number;
  const last = box[box.length - 1] as number;
  if (holdsRange(set, first, last)) return ALL;
  if (set.length <= box.length) {
    let shared = false;
    for (let at = 0; at < set.length && !shared; at += 2)
      shared = touches(box, set[at] as number, set[at + 1] as number);
    if (!shared) return NONE;
    if (set.length === 2) return PART;
  }
  let inside = false;
  let outside = false;
  for (let at = 0; at < box.length; at += 2) {
    const low = box[at] as number;
    const high = box[at + 1] as number;
    if (holdsRange(set, low, high)) inside = true;
    else if (touches(set, low, high)) return PART;
    else outside = true;
    if (inside && outside) return PART;
  }
  return inside ? ALL : NONE;
}

/** Ranks in both sets. */
export function intersectRanks(a: RankSet, b: RankSet): number[] {
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  const both: number[] = [];
  for (let at = 0; at < few.length; at += 2) {
    const low = few[at] as number;
    const high = few[at + 1] as number;
    for (let other = 2 * firstReaching(many, low); other < many.length; other += 2) {
      if ((many[other] as number) > high) break;
      both.push(Math.max(low, many[other] as number), Math.min(high, many[other + 1] as number));
    }
  }
  return both;
}

/** Ranks of `a` that are not in `b`. */
export function subtractRanks(a: RankSet, b: RankSet): number[] {
  const rest: number[] = [];
  for (let at = 0; at < a.length; at += 2) {
    let from = a[at] as number;
    const high = a[at + 1] as number;
    for (let other = 2 * firstReaching(b, from); other < b.length && from <= high; other += 2) {
      const low = b[other] as number;
      if (low > high) break;
      if (low > from) rest.push(from, low - 1);
      from = (b[other + 1] as number) + 1;
    }
    if (from <= high) rest.push(from, high);
  }
  return rest;
}

/** Ranks of any of the sets. */
export function uniteRanks(sets: readonly RankSet[]): number[] {
  const [only] = sets;
  if (only && sets.length === 1) return [...only];
  const pairs: [number, number][] = [];
  for (const set of sets)
    for (let at = 0; at < set.length; at += 2) pairs.push([set[at] as number, set[at + 1] as number]);
  pairs.sort((a, b) => a[0] - b[0]);
  const joined: number[] = [];
  for (const [low, high] of pairs) {
    const last = joined.length - 1;
    if (last > 0 && low <= (joined[last] as number) + 1)
      joined[last] = Math.max(joined[last] as number, high);
    else joined.push(low, high);
  }
  return joined;
}
