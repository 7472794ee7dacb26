import { type Interval, normalize } from '../interval.ts';
import type { Condition, Values } from '../model.ts';
import type { Key } from './expression.ts';
import { isList, isObject, type Json, Malformed, member, shown, tagged } from './json.ts';
import { readIntervals, readName } from './values.ts';

/** Bounds the work that one listing can cause: a set of 100,000 elements looked at through many different masks. */
export class Budget {
  private left: number;

  constructor(elements: number) {
    this.left = elements;
  }

  /**
   * @param parts of each element; one of several becomes an alternative of its own, which takes more room
   * @throws Malformed when the listing asks for more than any real one
   */
  spend(elements: readonly Json[], parts: number): void {
    this.left -= elements.length * (parts > 1 ? 4 * parts : 1);
    if (this.left < 0)
      throw new Malformed('The sets of this listing are used too often to be read.', 'too-large');
  }
}

/** An element without what is noted beside it: timeout, counter, comment. */
export function bareElement(value: Json | undefined): Json | undefined {
  const found = tagged(value);
  if (found?.[0] !== 'elem') return value;
  if (!isObject(found[1])) throw new Malformed(`A set element has no value: ${shown(found[1])}.`);
  return member(found[1], 'val');
}

/** What may be noted beside an element and never ends a rule (nft_counter.c, nft_last.c). */
const NOTES = new Set(['val', 'timeout', 'expires', 'comment', 'counter', 'last']);

/** Whether an element has a limit, a quota or a bound of connections of its own. */
function isBounded(element: Json): boolean {
  const [kind, body] = tagged(isList(element) ? element[0] : element) ?? [];
  return kind === 'elem' && isObject(body) && Object.keys(body).some((note) => !NOTES.has(note));
}

/** How many elements have a limit, a quota or a bound of connections of their own. */
export type Bounded = 'none' | 'some' | 'all';

/**
 * Where the bound of an element is used up, the rule that finds the element in a set or map ends there, as if it were not in it (nft_lookup.c,
 * nft_set_elem_update_expr); `!=` never asks it.
 * @param statements those of the set, which every element has
 */
export function boundedElements(elements: readonly Json[], statements: Json | undefined): Bounded {
  const own = isList(statements) ? statements : statements === undefined ? [] : [statements];
  if (own.some((statement) => !NOTES.has(tagged(statement)?.[0] ?? ''))) return 'all';
  if (!elements.some(isBounded)) return 'none';
  return elements.every(isBounded) ? 'all' : 'some';
}

/** One side of an element, at most one range, as values of a field; null for what this model does not know. */
function values(key: Key, value: Json | undefined): Values | null {
  if (key.bits === 0) {
    const name = readName(key, value);
    return name === null ? null : { kind: 'names', patterns: [name] };
  }
  const intervals = readIntervals(key, value);
  return intervals && { kind: 'numbers', mask: key.mask, intervals };
}

/**
 * The conditions under which a packet is one element of a set or map. `*` holds always.
 * @returns null for an element that this model does not know
 * @throws Malformed for an element that does not fit its keys
 */
export function readElement(keys: readonly Key[], element: Json | undefined): readonly Condition[] | null {
  const bare = bareElement(element);
  if (bare === '*' && keys.every((key) => key.bits > 0 || keys.length === 1)) return [];
  const concatenation = isObject(bare) ? member(bare, 'concat') : undefined;
  const parts = concatenation === undefined ? [bare ?? null] : concatenation;
  if (!isList(parts) || parts.length !== keys.length)
    throw new Malformed(`An element should have ${keys.length} parts: ${shown(bare)}.`);
  const conditions: Condition[] = [];
  for (const [index, key] of keys.entries()) {
    const found = values(key, parts[index]);
    if (!found) return null;
    conditions.push({ field: key.field, values: found });
  }
  return conditions;
}

/**
 * A set as the alternatives of a match. Elements of one field become one alternative with one list of ranges.
 * @returns null when an element is not known to this model
 * @throws Malformed as `readElement`
 */
export function readAlternatives(
  keys: readonly Key[],
  elements: readonly Json[],
): readonly (readonly Condition[])[] | null {
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    const alternatives: (readonly Condition[])[] = [];
    for (const element of elements) {
      const conditions = readElement(keys, element);
      if (!conditions) return null;
      alternatives.push(conditions);
    }
    return alternatives;
  }
  const intervals: Interval[] = [];
  const patterns: string[] = [];
  for (const element of elements) {
    const bare = bareElement(element);
    if (bare === '*') return [[]];
    if (key.bits === 0) {
      const name = readName(key, bare);
      if (name === null) return null;
      patterns.push(name);
      continue;
    }
    const found = readIntervals(key, bare);
    if (!found) return null;
    for (const interval of found) intervals.push(interval);
  }
  if (key.bits === 0) return [[{ field: key.field, values: { kind: 'names', patterns } }]];
  return [
    [{ field: key.field, values: { kind: 'numbers', mask: key.mask, intervals: normalize(intervals) } }],
  ];
}
