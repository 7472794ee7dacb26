import type { RegexProgram } from '../regex/program.ts';
import type { RegexNode } from '../regex/syntax.ts';

/**
 * A piece of a text to compare with: characters as they are; any number of any characters; one character; one of the
 * characters that command lines of Windows take for a dash (modifier `windash`).
 */
export type TextPart = string | { any: 'many' | 'one' | 'dash' };

/** Parts of a date that the time modifiers take (Sigma modifiers appendix 2.1, "Time Modifiers"). */
export const TIME_PARTS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type TimePart = (typeof TIME_PARTS)[number];

export type Comparison = 'lt' | 'lte' | 'gt' | 'gte' | 'eq';

/** What is asked of one value of a field, or of the whole message. */
export type Test =
  /** The whole value is what the parts say. Numbers and booleans of events are compared as they are written. */
  | { kind: 'text'; parts: readonly TextPart[]; cased: boolean }
  | { kind: 'regex'; source: string; tree: RegexNode; program: RegexProgram }
  | { kind: 'cidr'; network: readonly number[]; prefix: number }
  | { kind: 'compare'; comparison: Comparison; value: number; of: TimePart | null }
  /** The field is missing or null. */
  | { kind: 'null' }
  /** The field is there, whatever it holds; or it is not. */
  | { kind: 'exists'; present: boolean }
  /** The value of another field of the same event, alone or at one or both open ends. */
  | { kind: 'field'; field: string; openStart: boolean; openEnd: boolean; cased: boolean };

/** The detection of a rule as one expression. Nodes may be shared. */
export type Expression =
  | { kind: 'and' | 'or'; of: readonly Expression[] }
  | { kind: 'not'; of: Expression }
  | { kind: 'field'; field: string; test: Test }
  /** Anywhere in the event: in its raw text or in one of its values. */
  | { kind: 'keyword'; test: Test };

/** Joins expressions; a single one stays what it is. */
export function joined(kind: 'and' | 'or', of: readonly Expression[]): Expression {
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { kind, of };
}

/** Whether the parts are one plain text, and which. */
export function plainText(parts: readonly TextPart[]): string | null {
  if (parts.length === 0) return '';
  const [only] = parts;
  return parts.length === 1 && typeof only === 'string' ? only : null;
}
