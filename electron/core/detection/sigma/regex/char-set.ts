/** UTF-16 code units as sorted ranges `[from, to, from, to, …]`, both ends included, that neither touch nor overlap. */
export type CharSet = readonly number[];

export const MAX_UNIT = 0xffff;

/** Sorts ranges and joins those that touch. */
export function normalised(ranges: readonly (readonly [number, number])[]): CharSet {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const result: number[] = [];
  for (const [from, to] of sorted) {
    const last = result.length - 1;
    const end = result[last];
    if (end !== undefined && from <= end + 1) result[last] = Math.max(end, to);
    else result.push(from, to);
  }
  return result;
}

/** The ranges of a set as pairs. */
export function rangesOf(set: CharSet): [number, number][] {
  const pairs: [number, number][] = [];
  for (let at = 0; at < set.length; at += 2) pairs.push([set[at] ?? 0, set[at + 1] ?? 0]);
  return pairs;
}

/** Everything that is not in the set. */
export function complement(set: CharSet): CharSet {
  const result: [number, number][] = [];
  let next = 0;
  for (const [from, to] of rangesOf(set)) {
    if (from > next) result.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= MAX_UNIT) result.push([next, MAX_UNIT]);
  return normalised(result);
}

/** What is in any of the sets. */
export function union(...sets: readonly CharSet[]): CharSet {
  return normalised(sets.flatMap(rangesOf));
}

/** Whether the unit is in the set. */
export function includes(set: CharSet, unit: number): boolean {
  for (let at = 0; at < set.length; at += 2)
    if (unit >= (set[at] ?? 0) && unit <= (set[at + 1] ?? 0)) return true;
  return false;
}

export const single = (unit: number): CharSet => [unit, unit];
export const DIGIT: CharSet = [48, 57];
export const WORD: CharSet = [48, 57, 65, 90, 95, 95, 97, 122];
export const SPACE: CharSet = [9, 13, 32, 32];
export const HORIZONTAL: CharSet = [9, 9, 32, 32];
export const NEWLINE: CharSet = [10, 10];
export const ANY: CharSet = [0, MAX_UNIT];

/** POSIX classes inside brackets, `[[:alpha:]]` (PCRE2, "POSIX character classes"). */
export const POSIX: Readonly<Record<string, CharSet>> = {
  alpha: [65, 90, 97, 122],
  digit: DIGIT,
  alnum: [48, 57, 65, 90, 97, 122],
  upper: [65, 90],
  lower: [97, 122],
  space: SPACE,
  blank: HORIZONTAL,
  punct: [33, 47, 58, 64, 91, 96, 123, 126],
  xdigit: [48, 57, 65, 70, 97, 102],
  word: WORD,
  cntrl: [0, 31, 127, 127],
  print: [32, 126],
  graph: [33, 126],
};

let partners: Map<number, number[]> | null = null;

/** Units that differ only in case, by simple one-to-one mappings. Made once, when the first `i` is met. */
function casePartners(): Map<number, number[]> {
  if (partners !== null) return partners;
  const groups = new Map<number, number[]>();
  for (let unit = 0; unit <= MAX_UNIT; unit += 1) {
    const lower = String.fromCharCode(unit).toLowerCase();
    const key = lower.length === 1 ? lower.charCodeAt(0) : unit;
    if (key === unit) continue;
    const group = groups.get(key) ?? [key];
    group.push(unit);
    groups.set(key, group);
  }
  partners = new Map();
  for (const group of groups.values()) for (const unit of group) partners.set(unit, group);
  return partners;
}

/** The set with the other cases of all its letters. */
export function anyCase(set: CharSet): CharSet {
  const more: [number, number][] = [];
  const add = (group: readonly number[] | undefined) => {
    for (const unit of group ?? []) more.push([unit, unit]);
  };
  const groups = casePartners();
  const size = rangesOf(set).reduce((sum, [from, to]) => sum + to - from + 1, 0);
  if (size > groups.size) {
    for (const [unit, group] of groups) if (includes(set, unit)) add(group);
  } else
    for (const [from, to] of rangesOf(set))
      for (let unit = from; unit <= to; unit += 1) add(groups.get(unit));
  return more.length === 0 ? set : normalised([...rangesOf(set), ...more]);
}
