import type { IntervalSet } from '../interval.ts';
import type { Condition, NumberField, Statement } from '../model.ts';

/** A condition on a number; with a mask only its bits count. */
export function numbers(field: NumberField, intervals: IntervalSet, mask: bigint | null = null): Condition {
  return { field, values: { kind: 'numbers', mask, intervals } };
}

/** A match that holds when all conditions hold, or when they do not. */
export function match(conditions: readonly Condition[], negated = false): Statement {
  return { kind: 'match', alternatives: [conditions], negated };
}

/** A match on one number. */
export function matchNumber(field: NumberField, intervals: IntervalSet, negated = false): Statement {
  return match([numbers(field, intervals)], negated);
}

/** A match that no packet of a question meets. */
export const NEVER: Statement = { kind: 'match', alternatives: [], negated: false };
