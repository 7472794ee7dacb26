import { z } from 'zod';
import { readCondition } from './condition.ts';
import { fault, quoted } from './fault.ts';
import { shaped } from './header.ts';

/** Types of correlations: the specification's, `value_min` and `value_max` of its schema, and the extended ones of pySigma. */
export const CORRELATION_TYPES = [
  'event_count',
  'value_count',
  'value_sum',
  'value_avg',
  'value_min',
  'value_max',
  'value_percentile',
  'value_median',
  'temporal',
  'temporal_ordered',
] as const;
export type CorrelationType = (typeof CORRELATION_TYPES)[number];

const OPERATORS = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;
export type ThresholdOperator = (typeof OPERATORS)[number];

/** A condition over which of the rules have matched; by their place in `rules`. */
export type RuleCondition =
  | { kind: 'rule'; index: number }
  | { kind: 'and' | 'or'; of: readonly RuleCondition[] }
  | { kind: 'not'; of: RuleCondition };

export interface Correlation {
  type: CorrelationType;
  /** Ids or names of rules or correlations, as written. */
  rules: readonly string[];
  groupBy: readonly string[];
  /** Milliseconds. */
  timespan: number;
  /** All of them must hold for the number. */
  thresholds: readonly { operator: ThresholdOperator; value: number }[];
  /** Extended condition; null: the thresholds. */
  condition: RuleCondition | null;
  /** Fields whose values are counted or reckoned with. */
  fields: readonly string[];
  /** 0 to 100. */
  percentile: number;
  /** Alias → place of a rule in `rules` → field. */
  aliases: ReadonlyMap<string, ReadonlyMap<number, string>>;
  generate: boolean;
}

const text = z.string().min(1).max(256);
const texts = z
  .union([text, z.array(text).max(256)])
  .transform((value) => (typeof value === 'string' ? [value] : value));
const form = z.object({
  type: z.enum(CORRELATION_TYPES, { error: `it is none of ${CORRELATION_TYPES.join(', ')}` }),
  rules: texts.nullish(),
  'group-by': texts.nullish(),
  timespan: z.string({ error: 'a number and one of s, m, h, d, w, M, y is awaited' }),
  condition: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
  aliases: z.record(z.string(), z.record(z.string(), text)).nullish(),
  generate: z.boolean().nullish(),
});

/** Milliseconds of the units; months and years as pySigma has them, of the mean Gregorian length. */
const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_629_746_000,
  y: 31_556_952_000,
};

function timespanOf(written: string): number {
  const match = /^(\d{1,6})([smhdwMy])$/.exec(written);
  const span = match === null ? 0 : Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0);
  return span > 0
    ? span
    : fault(`the timespan ${quoted(written)} is no number with one of s, m, h, d, w, M, y`);
}

const thresholdForm = z.object({
  field: texts.nullish(),
  percentile: z.number().min(0).max(100).nullish(),
});

/** Names of rules in an extended condition, in the order in which they come. */
function namesIn(condition: string): string[] {
  const names: string[] = [];
  readCondition<number>(condition, {
    named: (name) => (names.includes(name) ? names.length : names.push(name)),
    quantified: null,
    join: () => 0,
    negate: () => 0,
  });
  return names;
}

/**
 * Reads the `correlation` of a document (Sigma correlation rules specification 2.1; extended conditions as pySigma has them).
 * @throws RuleFault
 */
export function readCorrelation(written: unknown): Correlation {
  const { type, rules: listed, timespan, condition, aliases, generate, ...rest } = shaped(form, written);
  const temporal = type === 'temporal' || type === 'temporal_ordered';
  const extended = typeof condition === 'string';
  if (extended && !temporal) fault('a condition in words goes with temporal and temporal_ordered only');
  const rules = listed ?? (extended ? namesIn(condition) : []);
  if (rules.length === 0) fault('the correlation names no rules');
  if (rules.length > 64) fault('the correlation names more than 64 rules');
  if (new Set(rules).size !== rules.length) fault('the correlation names a rule twice');
  const map = typeof condition === 'object' && condition !== null ? condition : {};
  const thresholds = thresholdsOf(map);
  const { field, percentile } = shaped(thresholdForm, map);
  if (!temporal && thresholds.length === 0) fault('the correlation has no condition');
  const fields = field ?? [];
  if (type.startsWith('value_') && fields.length === 0)
    fault(`a correlation of type ${type} needs a field in its condition`);
  if (type !== 'value_count' && fields.length > 1) fault(`a correlation of type ${type} has one field only`);
  return {
    type,
    rules,
    groupBy: (rest['group-by'] ?? []).map((name) => name.replaceAll(' ', '')),
    timespan: timespanOf(timespan),
    thresholds: temporal && thresholds.length === 0 ? [{ operator: 'gte', value: rules.length }] : thresholds,
    condition: extended ? ruleCondition(condition, rules) : null,
    fields: fields.map((name) => name.replaceAll(' ', '')),
    percentile: percentile ?? 50,
    aliases: aliasesOf(aliases ?? {}, rules),
    generate: generate ?? false,
  };
}

function thresholdsOf(map: Readonly<Record<string, unknown>>): Correlation['thresholds'] {
  const unknown = Object.keys(map).find(
    (key) => key !== 'field' && key !== 'percentile' && !OPERATORS.some((operator) => operator === key),
  );
  if (unknown !== undefined)
    fault(`the condition of the correlation has ${quoted(unknown)}, which is not known`);
  return OPERATORS.flatMap((operator) => {
    const value = map[operator];
    if (value === undefined) return [];
    return typeof value === 'number' && Number.isFinite(value)
      ? [{ operator, value }]
      : fault(`the condition of the correlation needs a number for ${operator}`);
  });
}

function ruleCondition(condition: string, rules: readonly string[]): RuleCondition {
  const named = new Set<number>();
  const read = readCondition<RuleCondition>(condition, {
    named: (name) => {
      const index = rules.indexOf(name);
      if (index < 0) return null;
      named.add(index);
      return { kind: 'rule', index };
    },
    quantified: null,
    join: (kind, of) => ({ kind, of }),
    negate: (of) => ({ kind: 'not', of }),
  });
  const left = rules.find((_, index) => !named.has(index));
  if (left !== undefined) fault(`the correlation lists ${quoted(left)}, which its condition does not name`);
  return read;
}

function aliasesOf(
  written: Readonly<Record<string, Readonly<Record<string, string>>>>,
  rules: readonly string[],
): Correlation['aliases'] {
  return new Map(
    Object.entries(written).map(([alias, fields]) => [
      alias.replaceAll(' ', ''),
      new Map(
        Object.entries(fields).map(([rule, field]) => {
          const index = rules.indexOf(rule);
          if (index < 0)
            fault(`the alias ${quoted(alias)} names ${quoted(rule)}, which the correlation does not`);
          return [index, field.replaceAll(' ', '')] as const;
        }),
      ),
    ]),
  );
}
