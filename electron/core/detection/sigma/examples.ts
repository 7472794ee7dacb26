import type { FieldValue } from '#shared/domain/audit/event.ts';
import type { SigmaEvent } from './match/event.ts';
import { matchesNaively } from './match/naive.ts';
import { includes, rangesOf } from './regex/char-set.ts';
import type { RegexNode } from './regex/syntax.ts';
import { type Expression, plainText, type Test, type TextPart, type TimePart } from './rule/expression.ts';

/** One thing that an event has to be, or must not be. `field` null: keyword. */
interface Demand {
  field: string | null;
  test: Test;
  wanted: boolean;
}

/** Ways through an expression that are tried before it counts as one that nothing matches. */
const MOST_WAYS = 3_000;
/** What stands where a rule leaves the characters open; the next one is tried when a filter takes the first away. */
const FILLS = ['', ' ', 'x', ' x ', '/x/'];

/**
 * Makes an event of an expression's own structure for which it is true, or false. Every answer was asked of the naive twin.
 * @returns null when none was found: then the rule can never fire, or never stay silent, as far as can be seen
 */
export function exampleFor(expression: Expression, wanted: boolean): SigmaEvent | null {
  const nothing: SigmaEvent = { fields: {}, raw: '' };
  if (matchesNaively(expression, nothing) === wanted) return nothing;
  let ways = 0;
  for (const demands of waysOf(expression, wanted)) {
    for (const fill of FILLS) {
      const event = eventFor(demands, fill);
      if (event !== null && matchesNaively(expression, event) === wanted) return event;
    }
    ways += 1;
    if (ways > MOST_WAYS) return null;
  }
  return null;
}

/** All choices of what to fulfil, lazily: for "or" one of the parts, for "and" every one, and the other way round under "not". */
function* waysOf(expression: Expression, wanted: boolean): Generator<Demand[]> {
  switch (expression.kind) {
    case 'not':
      yield* waysOf(expression.of, !wanted);
      return;
    case 'field':
      yield [{ field: expression.field, test: expression.test, wanted }];
      return;
    case 'keyword':
      yield [{ field: null, test: expression.test, wanted }];
      return;
    case 'and':
    case 'or':
      if ((expression.kind === 'or') === wanted)
        for (const part of expression.of) yield* waysOf(part, wanted);
      else yield* allOf(expression.of, wanted, 0);
  }
}

function* allOf(parts: readonly Expression[], wanted: boolean, from: number): Generator<Demand[]> {
  const part = parts[from];
  if (part === undefined) {
    yield [];
    return;
  }
  for (const own of waysOf(part, wanted))
    for (const others of allOf(parts, wanted, from + 1)) yield [...own, ...others];
}

function eventFor(demands: readonly Demand[], fill: string): SigmaEvent | null {
  const fields: Record<string, FieldValue> = {};
  const wanted = new Map<string, Test[]>();
  const keywords: string[] = [];
  for (const { field, test, wanted: isWanted } of demands) {
    if (field === null) {
      if (isWanted) keywords.push(textFor([test], fill) ?? '');
    } else if (isWanted) wanted.set(field, [...(wanted.get(field) ?? []), test]);
    else if (test.kind === 'null') wanted.set(field, wanted.get(field) ?? []);
    else if (test.kind === 'exists' && !test.present) wanted.set(field, wanted.get(field) ?? []);
  }
  for (const [field, tests] of wanted) {
    const value = valueFor(tests, fill);
    if (value === undefined) continue;
    fields[field] = value;
  }
  for (const { field, test, wanted: isWanted } of demands)
    if (field !== null && isWanted && test.kind === 'field') {
      const value = fields[test.field] ?? fields[field] ?? 'x';
      fields[test.field] = value;
      fields[field] = value;
    }
  return { fields, raw: keywords.join(fill === '' ? ' ' : fill) };
}

/** A value for all the tests of one field; undefined: the field must not be there. */
function valueFor(tests: readonly Test[], fill: string): FieldValue | undefined {
  if (tests.some((test) => test.kind === 'exists' && !test.present)) return undefined;
  if (tests.some((test) => test.kind === 'null')) return null;
  for (const test of tests) {
    if (test.kind === 'compare')
      return test.of === null ? numberFor(tests) : dateFor(test.of, numberFor(tests));
    if (test.kind === 'cidr') {
      const bytes = [...test.network];
      if (test.prefix < bytes.length * 8) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 1;
      return bytes.length === 4
        ? bytes.join('.')
        : Array.from({ length: 8 }, (_, group) =>
            (((bytes[2 * group] ?? 0) << 8) | (bytes[2 * group + 1] ?? 0)).toString(16),
          ).join(':');
    }
  }
  return textFor(tests, fill) ?? 'x';
}

function numberFor(tests: readonly Test[]): number {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  for (const test of tests) {
    if (test.kind !== 'compare') continue;
    if (test.comparison === 'eq') return test.value;
    if (test.comparison === 'gt') low = Math.max(low, test.value + 1);
    if (test.comparison === 'gte') low = Math.max(low, test.value);
    if (test.comparison === 'lt') high = Math.min(high, test.value - 1);
    if (test.comparison === 'lte') high = Math.min(high, test.value);
  }
  return Number.isFinite(low) ? low : high;
}

function dateFor(part: TimePart, number: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  if (part === 'week') return new Date(Date.UTC(2026, 0, 1 + 7 * (number - 1))).toISOString();
  const parts = { year: 2026, month: 1, day: 15, hour: 12, minute: 30, [part]: number };
  return `${parts.year}-${two(parts.month)}-${two(parts.day)}T${two(parts.hour)}:${two(parts.minute)}:00Z`;
}

const isMany = (part: TextPart | undefined) => typeof part === 'object' && part.any === 'many';

/** A text for all the tests at once: what begins it, what is inside, what ends it. */
function textFor(tests: readonly Test[], fill: string): string | null {
  let start = '';
  let end = '';
  const inside: string[] = [];
  for (const test of tests) {
    if (test.kind === 'regex') {
      inside.push(sample(test.tree));
      continue;
    }
    if (test.kind !== 'text') continue;
    const plain = plainText(test.parts);
    if (plain !== null) return plain;
    const text = test.parts
      .map((part) =>
        typeof part === 'string' ? part : part.any === 'many' ? fill : part.any === 'dash' ? '-' : 'x',
      )
      .join('');
    if (!isMany(test.parts[0])) start = start.length >= text.length ? start : text;
    else if (!isMany(test.parts.at(-1))) end = end.length >= text.length ? end : text;
    else inside.push(text);
  }
  return start + inside.join(fill) + end;
}

/** A short text that the expression is found in, but for what it looks around for. */
export function sample(node: RegexNode): string {
  switch (node.kind) {
    case 'set': {
      for (const wished of 'a0 /-x') if (includes(node.set, wished.charCodeAt(0))) return wished;
      const printable = rangesOf(node.set).find(([from, to]) => to >= 33 && from <= 126);
      return String.fromCharCode(Math.max(33, printable?.[0] ?? 0) || (node.set[0] ?? 0));
    }
    case 'sequence':
      return node.of.map(sample).join('');
    case 'alternatives':
      return node.of[0] === undefined ? '' : sample(node.of[0]);
    case 'repeat':
      return sample(node.of).repeat(Math.min(node.min, 2_000));
    case 'assert':
    case 'look':
      return '';
  }
}
