import { addressBytes } from '#core/checks/lan.ts';
import { LIMITS } from '../limits.ts';
import { compileRegex } from '../regex/program.ts';
import { parseRegex, type RegexNode } from '../regex/syntax.ts';
import { type Encoded, toBase64, toBase64Offsets, toUtf16 } from './encodings.ts';
import {
  type Expression,
  joined,
  type Test,
  type TextPart,
  TIME_PARTS,
  type TimePart,
} from './expression.ts';
import { fault, quoted } from './fault.ts';
import { filledIn, filledInRegex, type Placeholders } from './placeholders.ts';
import { anyDashes, merged, opened, readText, withPlaceholders } from './text-value.ts';

/** A value as YAML gives it. */
export type WrittenValue = string | number | boolean | null;

const REGEX_FLAGS: Readonly<Record<string, 'ignoreCase' | 'multiline' | 'dotAll'>> = {
  i: 'ignoreCase',
  ignorecase: 'ignoreCase',
  m: 'multiline',
  multiline: 'multiline',
  s: 'dotAll',
  dotall: 'dotAll',
};
const ENCODERS = ['wide', 'utf16le', 'utf16be', 'utf16', 'base64', 'base64offset', 'windash'];
const COMPARISONS = ['lt', 'lte', 'gt', 'gte'] as const;
const OTHERS = [
  'all',
  'neq',
  'cased',
  'contains',
  'startswith',
  'endswith',
  're',
  'cidr',
  'exists',
  'fieldref',
  'expand',
];
const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(REGEX_FLAGS),
  ...ENCODERS,
  ...COMPARISONS,
  ...TIME_PARTS,
  ...OTHERS,
]);

/** One kind of comparison excludes the others. */
const KINDS = ['re', 'cidr', 'exists', 'fieldref', ...COMPARISONS, ...TIME_PARTS];

/** What a keyword, which is looked for in whole messages, cannot have. */
const NEED_FIELD = ['exists', 'fieldref', ...COMPARISONS, ...TIME_PARTS];

/** What stands behind a field's name, read once for all its values. */
export interface Modifiers {
  list: readonly string[];
  has: ReadonlySet<string>;
}

/**
 * Reads modifiers (Sigma modifiers appendix 2.1). Their order counts where they change the value, one after the other; where they say
 * how it is compared (`contains`, `re`, `cased`, `all` …), any order means the same.
 * @throws RuleFault for an unknown one and for ones that exclude each other
 */
export function readModifiers(list: readonly string[]): Modifiers {
  for (const name of list) if (!KNOWN.has(name)) fault(`there is no modifier ${quoted(name)}`);
  const has = new Set(list);
  const kinds = KINDS.filter((kind) => has.has(kind));
  const timed = kinds.some((kind) => TIME_PARTS.includes(kind as TimePart));
  if (kinds.length > (timed ? 2 : 1)) fault(`the modifiers ${kinds.join(' and ')} exclude each other`);
  const [kind] = kinds;
  const encoder = list.find((name) => ENCODERS.includes(name));
  if (kind !== undefined && encoder !== undefined)
    fault(`the modifiers ${kind} and ${encoder} exclude each other`);
  const flag = list.find((name) => name in REGEX_FLAGS);
  if (flag !== undefined && !has.has('re')) fault(`the modifier ${quoted(flag)} needs re before it`);
  return { list, has };
}

/**
 * Turns the values of one field into an expression.
 * @param field null: keywords, looked for in the whole event
 * @param budget tests that the rule may still have
 * @throws RuleFault for values that do not go with the modifiers
 */
export function valuesExpression(
  field: string | null,
  values: readonly WrittenValue[],
  modifiers: Modifiers,
  placeholders: Placeholders,
  budget: { tests: number },
): Expression {
  const lonely = NEED_FIELD.find((name) => modifiers.has.has(name));
  if (field === null && lonely !== undefined) fault(`the modifier ${lonely} needs a field`);
  const each = values.map((value) => {
    const tests = testsOf(value, modifiers, placeholders, field === null);
    budget.tests -= tests.length;
    if (budget.tests < 0) fault(`the rule has more than ${LIMITS.tests} values`);
    return joined(
      'or',
      tests.map(
        (test): Expression => (field === null ? { kind: 'keyword', test } : { kind: 'field', field, test }),
      ),
    );
  });
  const whole = joined(modifiers.has.has('all') ? 'and' : 'or', each);
  return modifiers.has.has('neq') ? { kind: 'not', of: whole } : whole;
}

function testsOf(
  value: WrittenValue,
  modifiers: Modifiers,
  placeholders: Placeholders,
  keyword: boolean,
): Test[] {
  const { list, has } = modifiers;
  if (typeof value === 'string' && value.length > LIMITS.valueLength)
    fault(`a value has more than ${LIMITS.valueLength} characters`);
  if (has.has('exists')) return [{ kind: 'exists', present: booleanOf(value) }];
  const part = TIME_PARTS.find((name) => has.has(name));
  const comparison = COMPARISONS.find((name) => has.has(name));
  if (part !== undefined || comparison !== undefined) {
    if (typeof value !== 'number')
      return fault(`the modifier ${comparison ?? part} needs a number, not ${quoted(String(value))}`);
    return [{ kind: 'compare', comparison: comparison ?? 'eq', value, of: part ?? null }];
  }
  if (value === null) {
    if (keyword) return fault('a keyword cannot be null');
    if (list.some((name) => !['all', 'neq', 'cased'].includes(name)))
      return fault(`null goes with none of the modifiers ${list.join(', ')}`);
    return [{ kind: 'null' }];
  }
  if (has.has('re')) return regexTests(String(value), modifiers, placeholders);
  if (has.has('cidr')) return [networkTest(String(value))];
  if (has.has('fieldref')) return [fieldTest(String(value), has)];
  return textTests(String(value), modifiers, placeholders, keyword);
}

function booleanOf(value: WrittenValue): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && /^(true|yes|on)$/i.test(value)) return true;
  if (typeof value === 'string' && /^(false|no|off)$/i.test(value)) return false;
  return fault(`the modifier exists needs true or false, not ${quoted(String(value))}`);
}

function textTests(
  value: string,
  modifiers: Modifiers,
  placeholders: Placeholders,
  keyword: boolean,
): Test[] {
  const { list, has } = modifiers;
  let present: Encoded[] = [{ parts: readText(value), bytes: false }];
  for (const name of list) {
    if (name === 'expand')
      present = present
        .map(({ parts, bytes }) => ({ parts: withPlaceholders(parts), bytes }))
        .flatMap(({ parts, bytes }) =>
          filledIn(parts, placeholders).map((filled) => ({ parts: filled, bytes })),
        );
    else if (name === 'wide' || name === 'utf16le') present = present.map((one) => toUtf16(one, 'utf16le'));
    else if (name === 'utf16be' || name === 'utf16') present = present.map((one) => toUtf16(one, name));
    else if (name === 'base64') present = present.map(toBase64);
    else if (name === 'base64offset') present = present.flatMap(toBase64Offsets);
    else if (name === 'windash')
      present = present.map(({ parts, bytes }) => ({ parts: anyDashes(parts), bytes }));
  }
  const anchored = has.has('startswith') || has.has('endswith');
  const contains = has.has('contains') || (keyword && !anchored);
  return present.map(({ parts }) => ({
    kind: 'text',
    parts: merged(
      opened(parts, contains || has.has('endswith'), contains || has.has('startswith')),
    ) as TextPart[],
    cased: has.has('cased'),
  }));
}

function regexTests(value: string, modifiers: Modifiers, placeholders: Placeholders): Test[] {
  const { list, has } = modifiers;
  const flags = { ignoreCase: false, multiline: false, dotAll: false };
  for (const name of list) {
    const flag = REGEX_FLAGS[name];
    if (flag !== undefined) flags[flag] = true;
  }
  const sources = has.has('expand') ? filledInRegex(value, placeholders) : [value];
  return sources.map((source) => {
    const inner = parseRegex(source, flags);
    const of: RegexNode[] = [inner];
    if (has.has('startswith')) of.unshift({ kind: 'assert', assertion: 'start' });
    if (has.has('endswith')) of.push({ kind: 'assert', assertion: 'end' });
    const tree: RegexNode = of.length === 1 ? inner : { kind: 'sequence', of };
    return { kind: 'regex', source, tree, program: compileRegex(tree) };
  });
}

function networkTest(value: string): Test {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(value.trim());
  const network = match === null || match[1]?.includes('%') ? null : addressBytes(match[1] ?? '');
  if (network === null) return fault(`${quoted(value)} is no network in CIDR notation`);
  const bits = network.length * 8;
  // An IPv4 address inside IPv6 counts as the IPv4 address, so its prefix does too.
  const written = match?.[2] === undefined ? bits : Number(match[2]);
  const prefix = written > bits && match?.[1]?.includes(':') ? written - 96 : written;
  if (prefix < 0 || prefix > bits) return fault(`${quoted(value)} has no prefix of this family`);
  const beyond = network.some((byte, index) => {
    const used = Math.min(8, Math.max(0, prefix - index * 8));
    return (byte & (0xff >> used)) !== 0;
  });
  if (beyond) return fault(`${quoted(value)} has bits set beyond its prefix`);
  return { kind: 'cidr', network, prefix };
}

function fieldTest(value: string, has: ReadonlySet<string>): Test {
  const parts = readText(value);
  const [name = ''] = parts;
  if (parts.length > 1 || typeof name !== 'string') return fault('a field reference cannot have wildcards');
  const contains = has.has('contains');
  return {
    kind: 'field',
    field: name.replaceAll(' ', ''),
    openStart: contains || has.has('endswith'),
    openEnd: contains || has.has('startswith'),
    cased: has.has('cased'),
  };
}
