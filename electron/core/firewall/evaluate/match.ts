import { contains, type Interval, type IntervalSet, intersects, isSubset, normalize } from '../interval.ts';
import type { Condition, Field, Values } from '../model.ts';
import { candidates } from './element-index.ts';
import { both, type Doubt, type Known } from './known.ts';

/** Whether something holds; a doubt says why that cannot be told. */
export type Answer = 'yes' | 'no' | Doubt;

/** What a rule sees of a packet. */
export type Look = (field: Field) => Known;

/** Conditions that belong together: an element of a set or of a map. */
export interface Entry {
  readonly conditions: readonly Condition[];
}

/** `eth*` stands for every name that begins so, as the kernel compares names with a length (nft_cmp.c, xt_physdev.h). */
function nameFits(pattern: string, text: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : pattern === text;
}

function nameAnswer(known: Known, patterns: readonly string[]): Answer {
  if (known.kind === 'name') return patterns.some((pattern) => nameFits(pattern, known.name)) ? 'yes' : 'no';
  if (known.kind !== 'doubt') return 'no';
  if (patterns.includes('*')) return 'yes';
  return patterns.every((pattern) => known.never.includes(pattern)) ? 'no' : known;
}

const MOST_MASKED = 256n;

/** What a mask leaves of numbers; null where there are too many to try each. */
function masked(possible: IntervalSet, mask: bigint): IntervalSet | null {
  const count = possible.reduce((sum, [low, high]) => sum + high - low + 1n, 0n);
  if (count > MOST_MASKED) return null;
  return normalize(
    possible.flatMap(([low, high]) =>
      Array.from({ length: Number(high - low + 1n) }, (_, at): Interval => {
        const value = (low + BigInt(at)) & mask;
        return [value, value];
      }),
    ),
  );
}

function numberAnswer(known: Known, values: Values & { kind: 'numbers' }): Answer {
  const { mask, intervals } = values;
  if (known.kind === 'number') {
    const value = mask === null ? known.value : known.value & mask;
    const [only] = intervals;
    if (intervals.length === 1 && only) return only[0] <= value && value <= only[1] ? 'yes' : 'no';
    return contains(intervals, value) ? 'yes' : 'no';
  }
  if (known.kind !== 'doubt') return 'no';
  if (intervals.length === 0) return 'no';
  const possible = mask === null || known.possible === null ? known.possible : masked(known.possible, mask);
  if (possible !== null) {
    if (!intersects(possible, intervals)) return 'no';
    if (isSubset(possible, intervals)) return known.mayBeAbsent ? known : 'yes';
  }
  return known;
}

/** Whether one condition holds. A field that the packet has not holds for nothing. */
export function conditionAnswer({ field, values }: Condition, look: Look): Answer {
  const known = look(field);
  return values.kind === 'names' ? nameAnswer(known, values.patterns) : numberAnswer(known, values);
}

/** Whether all conditions hold: one that does not is enough for no, whatever the doubts about others. */
export function everyAnswer(conditions: readonly Condition[], look: Look): Answer {
  let answer: Answer = 'yes';
  for (const condition of conditions) {
    const one = conditionAnswer(condition, look);
    if (one === 'no') return 'no';
    if (one !== 'yes') answer = answer === 'yes' ? one : both(answer as Doubt, one);
  }
  return answer;
}

/**
 * Whether a match lets its rule go on: any of the alternatives (all conditions of it), or none of them when negated. A negated
 * match that asks for a field that the packet has not ends the rule too (nf_tables_core.c: NFT_BREAK).
 */
export function matchAnswer(
  alternatives: readonly (readonly Condition[])[],
  negated: boolean,
  look: Look,
): Answer {
  const only = alternatives.length === 1 && alternatives[0]?.length === 1 ? alternatives[0][0] : undefined;
  if (only) {
    // Most matches are of this kind; the rest of this function would say the same of them, in more time.
    if (!negated) return conditionAnswer(only, look);
    if (look(only.field).kind === 'absent') return 'no';
    return unlessAbsent(turned(conditionAnswer(only, look)), [only.field], look);
  }
  if (!negated) return anyAnswer(alternatives, look);
  const fields = fieldsAsked(alternatives);
  if (fields.some((field) => look(field).kind === 'absent')) return 'no';
  return unlessAbsent(turned(anyAnswer(alternatives, look)), fields, look);
}

/** The answer of a negated match, which ends the rule where the packet may not have a field. */
function unlessAbsent(answer: Answer, fields: readonly Field[], look: Look): Answer {
  if (answer !== 'yes') return answer;
  for (const field of fields) {
    const known = look(field);
    if (known.kind === 'doubt' && known.mayBeAbsent) return known;
  }
  return answer;
}

function turned(answer: Answer): Answer {
  return answer === 'yes' ? 'no' : answer === 'no' ? 'yes' : answer;
}

function anyAnswer(alternatives: readonly (readonly Condition[])[], look: Look): Answer {
  let any: Answer = 'no';
  for (const conditions of candidates(alternatives, (conditions) => conditions, look)) {
    const one = everyAnswer(conditions, look);
    if (one === 'yes') return 'yes';
    if (one !== 'no') any = any === 'no' ? one : both(any as Doubt, one);
  }
  return any;
}

const asked = new WeakMap<readonly (readonly Condition[])[], readonly Field[]>();

function fieldsAsked(alternatives: readonly (readonly Condition[])[]): readonly Field[] {
  let fields = asked.get(alternatives);
  if (!fields) {
    fields = [...new Set(alternatives.flat().map((condition) => condition.field))];
    asked.set(alternatives, fields);
  }
  return fields;
}

/** The entries of a map that hold or may hold; at most one that holds, and then nothing behind it. */
export interface Found<T> {
  readonly doubtful: readonly T[];
  readonly certain: T | null;
  readonly doubt: Doubt | null;
}

/** Looks a packet up in a map. */
export function findEntry<T extends Entry>(entries: readonly T[], look: Look): Found<T> {
  const doubtful: T[] = [];
  let doubt: Doubt | null = null;
  for (const entry of candidates(entries, (one) => one.conditions, look)) {
    const answer = everyAnswer(entry.conditions, look);
    if (answer === 'no') continue;
    if (answer === 'yes') return { doubtful, certain: entry, doubt };
    doubtful.push(entry);
    doubt = doubt ? both(doubt, answer) : answer;
  }
  return { doubtful, certain: null, doubt };
}
