import { LIMITS } from '../limits.ts';
import { conditionExpression } from './condition.ts';
import { type Expression, joined } from './expression.ts';
import { fault, quoted } from './fault.ts';
import { readModifiers, valuesExpression, type WrittenValue } from './modifiers.ts';
import type { Placeholders } from './placeholders.ts';

/** A map as YAML gives it. */
export type WrittenMap = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is WrittenMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isScalar = (value: unknown): value is WrittenValue =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

interface Reading {
  placeholders: Placeholders;
  budget: { tests: number };
  depth: number;
}

const KEYWORDS = readModifiers([]);

/** One key of a map: the field, its modifiers, its value or values. */
function itemExpression(key: string, value: unknown, reading: Reading): Expression {
  const [name = '', ...list] = key.split('|');
  const values = Array.isArray(value) ? value : [value];
  const scalars = values.map((one) =>
    isScalar(one) ? one : fault(`${quoted(key)} has a value that is neither text, number, boolean nor null`),
  );
  // Spaces are no part of names (Sigma rules specification, "Field Usage").
  const field = name.replaceAll(' ', '');
  // As in pySigma, no value at all is the null value.
  const modifiers = readModifiers(list);
  return valuesExpression(
    field === '' ? null : field,
    scalars.length === 0 ? [null] : scalars,
    modifiers,
    reading.placeholders,
    reading.budget,
  );
}

/** A search identifier: a map is all of its keys, a list is any of its items, plain values are keywords. */
function selectionExpression(written: unknown, reading: Reading): Expression {
  if (reading.depth > 8) return fault('search identifiers are nested too deep');
  const deeper = { ...reading, depth: reading.depth + 1 };
  if (isScalar(written))
    return valuesExpression(null, [written], KEYWORDS, reading.placeholders, reading.budget);
  if (Array.isArray(written)) {
    if (written.length === 0) fault('a search identifier is empty');
    if (written.every(isScalar))
      return valuesExpression(null, written, KEYWORDS, reading.placeholders, reading.budget);
    return joined(
      'or',
      written.map((item) => selectionExpression(item, deeper)),
    );
  }
  if (!isMap(written)) return fault('a search identifier is neither a map nor a list');
  const keys = Object.keys(written);
  if (keys.length === 0) fault('a search identifier is empty');
  return joined(
    'and',
    keys.map((key) => itemExpression(key, written[key], reading)),
  );
}

/**
 * Reads a `detection` (or a `filter`, which has the same form).
 * @param others keys that are no search identifiers
 * @returns what the conditions, linked by or, ask for
 * @throws RuleFault
 */
export function readDetection(
  written: WrittenMap,
  placeholders: Placeholders,
  others: readonly string[],
): Expression {
  const budget = { tests: LIMITS.tests };
  const names = Object.keys(written).filter((name) => name !== 'condition' && !others.includes(name));
  if (names.length === 0) fault('the detection has no search identifier');
  if (names.length > LIMITS.searchIdentifiers)
    fault(`the detection has more than ${LIMITS.searchIdentifiers} search identifiers`);
  const selections = new Map(
    names.map((name) => [name, selectionExpression(written[name], { placeholders, budget, depth: 0 })]),
  );
  const { condition } = written;
  const conditions = Array.isArray(condition) ? condition : [condition];
  if (condition === undefined || conditions.length === 0) fault('the detection has no condition');
  if (conditions.length > LIMITS.conditionOperands)
    fault(`the detection has more than ${LIMITS.conditionOperands} conditions`);
  return joined(
    'or',
    conditions.map((text) =>
      typeof text === 'string' ? conditionExpression(text, selections) : fault('a condition is no text'),
    ),
  );
}
