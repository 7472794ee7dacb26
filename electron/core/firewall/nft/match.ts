import type { Interval, IntervalSet } from '../interval.ts';
import { normalize, subtract } from '../interval.ts';
import type { Condition, Statement } from '../model.ts';
import { type Bounded, boundedElements, readAlternatives } from './elements.ts';
import { type Expression, type Key, LOOPBACK_TYPE, NEXT_HEADER } from './expression.ts';
import { hiddenFamily } from './hidden-family.ts';
import { isList, isObject, type Json, type JsonObject, Malformed, member, shown, tagged } from './json.ts';
import { statementText } from './print.ts';
import type { RuleBuilder } from './rule-builder.ts';
import { readEnds, readNumber } from './values.ts';

type Alternatives = readonly (readonly Condition[])[] | null;

/** Elements of `{ … }`; null for anything else. */
export function anonymousSet(value: Json | undefined): readonly Json[] | null {
  const found = tagged(value);
  if (found?.[0] !== 'set') return null;
  if (isList(found[1])) return found[1];
  // libnftables-json(5) allows a single element without a list.
  return [found[1]];
}

export function isSetName(value: Json | undefined): value is string {
  return typeof value === 'string' && value.startsWith('@');
}

function numbers(key: Key, intervals: IntervalSet): Alternatives {
  return [[{ field: key.field, values: { kind: 'numbers', mask: key.mask, intervals } }]];
}

function greatest(key: Key): bigint {
  return (1n << BigInt(key.bits)) - 1n;
}

/** `<`, `>`, `<=`, `>=`: the kernel compares the masked number. */
function ordered(key: Key, op: string, right: Json | undefined): Alternatives {
  if (key.bits === 0 || key.flip !== 0n || key.shift !== 0) return null;
  const ends = readEnds(key, right);
  if (!ends) return null;
  const [bound] = ends;
  // What is masked out is 0, so no masked number is greater than its mask.
  const last = key.mask ?? greatest(key);
  const interval: Interval =
    op === '<'
      ? [0n, bound - 1n]
      : op === '<='
        ? [0n, bound]
        : op === '>'
          ? [bound + 1n, last]
          : [bound, last];
  return numbers(key, normalize([interval]));
}

/** `tcp flags syn,ack`: at least one of the bits. */
function anyBit(key: Key, right: Json | undefined): Alternatives {
  if (!key.isBitmask || key.flip !== 0n || key.shift !== 0) return null;
  const bits = readNumber(key, right);
  if (bits === null) return null;
  const mask = (key.mask ?? greatest(key)) & bits;
  // A state is one bit, so the states themselves are the clearer answer.
  if (key.field === 'ctState') return numbers(key, normalize(bitsOf(mask).map((bit) => [bit, bit])));
  return [[{ field: key.field, values: { kind: 'numbers', mask, intervals: normalize([[1n, mask]]) } }]];
}

function bitsOf(mask: bigint): bigint[] {
  return Array.from({ length: 64 }, (_, index) => 1n << BigInt(index)).filter((bit) => (mask & bit) !== 0n);
}

const NEGATED = new Set(['!=', '!']);
const ORDERED = new Set(['<', '>', '<=', '>=']);
const EQUAL = new Set(['==', '!=', 'in', '!']);

function alternativesOf(
  builder: RuleBuilder,
  keys: readonly Key[],
  op: string,
  right: Json | undefined,
): Alternatives {
  if (isSetName(right)) return builder.sets.alternatives(builder.family, builder.table, right, keys);
  const elements = anonymousSet(right);
  if (elements) {
    builder.sets.budget.spend(elements, keys.length);
    return readAlternatives(keys, elements);
  }
  const [key] = keys;
  if (key === undefined || keys.length > 1) return readAlternatives(keys, [right ?? null]);
  if (ORDERED.has(op)) return ordered(key, op, right);
  if (op === 'in' || op === '!') return anyBit(key, right);
  return readAlternatives(keys, [right ?? null]);
}

/** What a look at bytes that are no port gives for the first packet that comes by: hardly ever the one number asked for. */
function quietAnswer(by: 'chance' | 'bytes' | 'route', op: string, right: Json | undefined): boolean | null {
  const negated = NEGATED.has(op);
  // `missing` is also printed as interface 0.
  if (by === 'route') {
    const exists = right === 0 || right === '0' ? false : right;
    return typeof exists === 'boolean' ? exists !== negated : null;
  }
  if (by === 'bytes' && (op === '==' || op === '!=')) {
    const few = (anonymousSet(right) ?? [right]).every((value) => typeof value === 'number');
    return few ? negated : null;
  }
  return null;
}

/** Where an element was found whose own bound may be used up. */
function pushBound(builder: RuleBuilder, bounded: Bounded, text: string): void {
  if (bounded === 'all') builder.push({ kind: 'may', text, whenQuiet: null });
  // Some elements always let the rule go on: which one it was is not asked again.
  if (bounded === 'some') builder.push({ kind: 'unmodelled', text });
}

function boundOf(builder: RuleBuilder, set: Json | undefined): Bounded {
  if (isSetName(set)) return builder.sets.get(builder.family, builder.table, set).bounded;
  return boundedElements(anonymousSet(set) ?? [], undefined);
}

function push(
  builder: RuleBuilder,
  read: Expression,
  left: Json | undefined,
  op: string,
  right: Json | undefined,
  text: string,
): void {
  if (read.kind === 'unmodelled') {
    builder.push({ kind: 'unmodelled', text });
    return;
  }
  if (read.kind === 'varies') {
    builder.push({ kind: 'may', text, whenQuiet: quietAnswer(read.by, op, right) });
    return;
  }
  if (isSetName(right) && builder.sets.get(builder.family, builder.table, right).changes) {
    builder.push({ kind: 'may', text, whenQuiet: null });
    return;
  }
  // A packet without that interface has no type either, and then neither == nor != holds.
  const isNegatedType = NEGATED.has(op) && read.keys.some((key) => key.names === LOOPBACK_TYPE);
  const alternatives = isNegatedType ? null : alternativesOf(builder, read.keys, op, right);
  if (!alternatives) {
    builder.push({ kind: 'unmodelled', text });
    return;
  }
  const negated = NEGATED.has(op);
  const isNextHeader = read.keys.some(({ names }) => names === NEXT_HEADER);
  // An extension header, which a program may add without any right, stands there instead of the protocol (RFC 8200 section 4).
  if (isNextHeader) builder.push({ kind: 'may', text, whenQuiet: negated ? null : true });
  if (op === '==' || op === 'in') builder.askHidden(hiddenFamily(left, right, read.keys, alternatives), text);
  if (!isNextHeader || !negated) builder.push({ kind: 'match', alternatives, negated });
  if (!negated) pushBound(builder, boundOf(builder, right), text);
}

/**
 * `match` of libnftables-json(5). An operator that is not known there makes the match unmodelled.
 * @throws Malformed
 */
export function readMatch(builder: RuleBuilder, body: JsonObject, whole: Json): void {
  const op = member(body, 'op') ?? '==';
  const right = member(body, 'right');
  if (typeof op !== 'string' || right === undefined)
    throw new Malformed(`A match should have an operator and a right side: ${shown(body)}.`);
  const read = builder.expression(member(body, 'left'));
  if (!EQUAL.has(op) && !ORDERED.has(op)) builder.push({ kind: 'unmodelled', text: statementText(whole) });
  else push(builder, read, member(body, 'left'), op, right, statementText(whole));
}

/** One entry of a map: what must hold, and what it gives. */
export interface MapEntry {
  readonly conditions: readonly Condition[];
  readonly data: Json | undefined;
}

/**
 * A map with its key: `{"map": {"key": …, "data": …}}` and `vmap`. Asks for what the key depends on.
 * @returns null when its key, or what it holds, is not known to this model
 * @throws Malformed
 */
export function readMap(builder: RuleBuilder, body: JsonObject): readonly MapEntry[] | null {
  const read = builder.expression(member(body, 'key'));
  const data = member(body, 'data');
  const named = isSetName(data) ? builder.sets.get(builder.family, builder.table, data) : null;
  const elements = named?.elements ?? anonymousSet(data);
  if (!elements) throw new Malformed(`A map should have a set or the name of one: ${shown(data)}.`);
  if (read.kind !== 'keys' || named?.changes) return null;
  pushBound(builder, named?.bounded ?? boundedElements(elements, undefined), statementText({ map: body }));
  builder.sets.budget.spend(elements, read.keys.length);
  const entries: MapEntry[] = [];
  let otherwise: MapEntry | null = null;
  for (const element of elements) {
    if (!isList(element) || element.length !== 2)
      throw new Malformed(`An entry of a map should be a key and a value: ${shown(element)}.`);
    const alternatives = readAlternatives(read.keys, [element[0] ?? null]);
    if (!alternatives) return null;
    const entry = { conditions: alternatives[0] ?? [], data: element[1] };
    if (entry.conditions.length === 0) otherwise = entry;
    else entries.push(entry);
  }
  return otherwise ? [...entries, { ...otherwise, conditions: remaining(read.keys, entries) }] : entries;
}

/** What the entry `*` stands for: everything else. With numbers of one field it is said exactly, else by its place at the end. */
function remaining(keys: readonly Key[], entries: readonly MapEntry[]): readonly Condition[] {
  const [key] = keys;
  if (key === undefined || keys.length > 1 || key.bits === 0) return [];
  const taken = entries.flatMap(({ conditions }) => {
    const values = conditions[0]?.values;
    return values?.kind === 'numbers' ? values.intervals : [];
  });
  const intervals = subtract([[0n, key.mask ?? greatest(key)]], normalize(taken));
  return [{ field: key.field, values: { kind: 'numbers', mask: key.mask, intervals } }];
}

export function mapBody(value: Json | undefined): JsonObject | null {
  const [name, body] = tagged(value) ?? [];
  return name === 'map' && isObject(body) ? body : null;
}

export function unmodelledVerdict(whole: Json): Statement {
  return { kind: 'unmodelledVerdict', text: statementText(whole) };
}
