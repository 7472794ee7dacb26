import type { Field } from '../fields.ts';
import { EMPTY, type IntervalSet, single } from '../interval.ts';

/** Why something cannot be told, and which fields of the packet would have told it (none when the packet is not to blame). */
export interface Doubt {
  readonly kind: 'doubt';
  readonly missing: readonly Field[];
  /** The rest of "This cannot be told: …", without a full stop. */
  readonly why: string;
}

/** A field whose value is not known, but may be known to lie in some set. */
export interface DoubtfulField extends Doubt {
  /** Numbers that it can be; null for any. */
  readonly possible: IntervalSet | null;
  /** For an interface: names that it certainly is not. */
  readonly never: readonly string[];
  /** The packet may not have the field at all. */
  readonly mayBeAbsent?: true;
}

/** What is known about one field of a packet at one place of its way. Absent: the packet has no such field there. */
export type Known =
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'absent' }
  | DoubtfulField;

export const ABSENT: Known = { kind: 'absent' };

/** A number that is known. */
export function number(value: bigint): Known {
  return { kind: 'number', value };
}

/** An interface that is known; the empty name where there is none. */
export function name(text: string): Known {
  return { kind: 'name', name: text };
}

/** A field that could be any of `possible`; a set of one number is that number. */
export function oneOf(possible: IntervalSet | null, missing: readonly Field[], why: string): Known {
  const [only] = possible ?? EMPTY;
  if (possible?.length === 1 && only && only[0] === only[1]) return number(only[0]);
  return { kind: 'doubt', possible, never: [], missing, why };
}

/** A field that the packet may have lost. */
export function orAbsent(known: Known, why: string): Known {
  if (known.kind === 'doubt') return { ...known, mayBeAbsent: true };
  if (known.kind !== 'number') return known;
  return { kind: 'doubt', possible: single(known.value), never: [], missing: [], why, mayBeAbsent: true };
}

/** An interface that is not `lo`, and of which no more is known. */
export function someInterface(field: 'iifname' | 'oifname', why: string): Known {
  return { kind: 'doubt', possible: null, never: ['', 'lo'], missing: [field], why };
}

/** A field that the question leaves out. */
export function notGiven(field: Field): Known {
  return oneOf(null, [field], `the packet's ${field} is not given`);
}

/** Both doubts as one. */
export function both(a: Doubt, b: Doubt): Doubt {
  if (a === b || a.why === b.why) return a;
  const missing = [...new Set([...a.missing, ...b.missing])];
  return { kind: 'doubt', missing, why: a.why.includes(b.why) ? a.why : `${a.why}; ${b.why}` };
}

/** A known field as text, equal for equal knowledge. */
export function knownKey(known: Known): string {
  if (known.kind === 'number') return known.value.toString(36);
  if (known.kind === 'name') return known.name;
  if (known.kind === 'absent') return '-';
  return `?${known.possible?.map(([low, high]) => `${low.toString(36)}-${high.toString(36)}`).join() ?? ''}!${known.never.join()}`;
}
