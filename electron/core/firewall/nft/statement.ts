import { PROTOCOL } from '../fields.ts';
import type { Verdict } from '../model.ts';
import { is, LOOPBACK_TYPE } from './expression.ts';
import { isList, isObject, type Json, type JsonObject, Malformed, member, shown, tagged } from './json.ts';
import { readMarkChange } from './mark.ts';
import { readMap, readMatch, unmodelledVerdict } from './match.ts';
import { readNat } from './nat.ts';
import { isOver } from './objects.ts';
import { statementText } from './print.ts';
import type { RuleBuilder } from './rule-builder.ts';
import { type Change, changeOf, effectOf, isConstant } from './without-effect.ts';

/**
 * A verdict as statement or as value of a verdict map.
 * @returns null for anything else
 * @throws Malformed for a jump without a chain
 */
export function readVerdict(value: Json | undefined): Verdict | null {
  const [kind, body] = tagged(value) ?? [];
  switch (kind) {
    case 'accept':
    case 'drop':
    case 'continue':
    case 'return':
      return { kind };
    case 'jump':
    case 'goto': {
      const target = isObject(body) ? member(body, 'target') : undefined;
      if (typeof target !== 'string') throw new Malformed(`A ${kind} should name a chain: ${shown(body)}.`);
      return { kind, chain: target };
    }
    default:
      return null;
  }
}

function readVerdictMap(builder: RuleBuilder, body: Json, whole: Json): void {
  if (!isObject(body)) throw new Malformed(`A verdict map should have a key and data: ${shown(body)}.`);
  const read = readMap(builder, body);
  if (!read) {
    builder.push(unmodelledVerdict(whole));
    return;
  }
  const entries = read.map(({ conditions, data }) => {
    const verdict = readVerdict(data);
    if (!verdict) throw new Malformed(`A verdict map should hold verdicts, not ${shown(data)}.`);
    return { conditions, verdict };
  });
  builder.push({ kind: 'verdictMap', entries });
}

function readReject(builder: RuleBuilder, body: Json): void {
  const type = isObject(body) ? member(body, 'type') : undefined;
  // nft leaves these out of what it prints, since the kind of reject implies them.
  // Not in front of a set of protocols of which one is TCP: the others are then dropped, and nothing printed says so (evaluate.c,
  // stmt_evaluate_reset).
  if (type === 'tcp reset' && builder.asksProtocols()) {
    builder.push({ kind: 'unmodelled', text: 'reject with tcp reset' });
    builder.push({ kind: 'verdict', verdict: { kind: 'reject' } });
    return;
  }
  if (type === 'tcp reset') builder.ask([is('l4proto', [PROTOCOL.tcp])]);
  if (type === 'tcp reset' && builder.family === 'ip6') builder.hidesNextHeader = true;
  if (type === 'icmp') builder.ask([is('nfproto', [4n])]);
  if (type === 'icmpv6') builder.ask([is('nfproto', [6n])]);
  // In a table for both families it leaves out `meta nfproto` in front of a reset too (netlink_delinearize.c,
  // stmt_reject_postprocess), and nothing that is printed says whether there was one.
  if (type === 'tcp reset') builder.askHidden('any', 'reject with tcp reset');
  builder.push({ kind: 'verdict', verdict: { kind: 'reject' } });
}

/** A limit or quota, in the rule or by name: it holds while there is room, `over` when there is none. */
function readBound(builder: RuleBuilder, kind: 'limit' | 'quota', body: Json, whole: Json): void {
  const own =
    typeof body === 'string' ? builder.objects.get(kind, builder.family, builder.table, body) : body;
  const text = statementText(whole);
  // `quota name ip saddr map { … }`: without an entry the rule ends.
  if (isObject(body) && member(body, 'map') !== undefined) {
    builder.push({ kind: 'unmodelled', text });
    return;
  }
  if (!isObject(own ?? undefined)) {
    builder.push({ kind: 'may', text, whenQuiet: null });
    return;
  }
  const bound = own as JsonObject;
  const used = member(bound, 'used');
  const isFresh = used === undefined || used === 0;
  builder.push({ kind: 'may', text, whenQuiet: isFresh ? isOver(bound) === false : null });
}

/** A packet may be without the option, or the option without room (nft_exthdr.c). */
const MAY_END: Change = { mayEnd: true, ofRoutes: false };

function readMangle(builder: RuleBuilder, body: Json, whole: Json): void {
  const [kind, key] = isObject(body) ? (tagged(member(body, 'key')) ?? []) : [];
  if (!isObject(body) || kind === undefined || !isObject(key))
    throw new Malformed(`A mangle should say what it changes: ${shown(body)}.`);
  const name = member(key, 'key');
  if (name === 'mark' && (kind === 'meta' || kind === 'ct')) {
    readMarkChange(builder, kind === 'meta' ? 'mark' : 'ctMark', member(body, 'value'), whole);
    return;
  }
  if (kind === 'payload') builder.expression(member(body, 'key'));
  const change = kind === 'tcp option' ? MAY_END : changeOf(kind, key, member(body, 'value'));
  const text = statementText(whole);
  if (change?.mayEnd) builder.push({ kind: 'unmodelled', text });
  if (change?.ofRoutes) builder.push({ kind: 'setRoute', text });
  if (!change) builder.push(unmodelledVerdict(whole));
  if (kind === 'ct' && name === 'zone') builder.push({ kind: 'zone' });
}

/**
 * What makes the key of an element, or its value in a map: the rule ends where a packet has no such thing.
 */
function readPart(builder: RuleBuilder, part: Json | undefined, text: string): void {
  const read = builder.expression(part);
  const isThere =
    read.kind === 'keys' && read.keys.every(({ names }) => names !== LOOPBACK_TYPE) ? read.keys : null;
  if (!isThere) builder.push({ kind: 'unmodelled', text });
  for (const { field, bits } of isThere ?? [])
    if (field === 'skuid' || field === 'skgid') builder.ask([is(field, [[0n, (1n << BigInt(bits)) - 1n]])]);
}

/** `add @set { key … }`: goes on unless the set is full; its own limits decide as a limit does. */
function readSetUpdate(builder: RuleBuilder, body: Json, whole: Json): void {
  if (!isObject(body)) throw new Malformed(`A set statement should name a set: ${shown(body)}.`);
  const element = member(body, 'elem') ?? member(body, 'key');
  const [wrapper, inner] = tagged(element) ?? [];
  const text = statementText(whole);
  readPart(builder, wrapper === 'elem' && isObject(inner) ? member(inner, 'val') : element, text);
  const data = member(body, 'data');
  if (data !== undefined && !isConstant(data)) builder.push({ kind: 'unmodelled', text });
  if (member(body, 'op') === 'delete') return;
  builder.push({ kind: 'may', text, whenQuiet: true });
  const own = member(body, 'stmt');
  for (const statement of isList(own) ? own : own === undefined ? [] : [own])
    readStatement(builder, statement);
}

function readExtension(builder: RuleBuilder, body: Json, whole: Json, isLast: boolean): void {
  const name = isObject(body) ? member(body, 'name') : undefined;
  const type = isObject(body) ? member(body, 'type') : undefined;
  if ((type === 'match' && name === 'comment') || (type === 'target' && (name === 'LOG' || name === 'NFLOG')))
    return;
  const isMatch = type === 'match' || (type === undefined && !isLast);
  builder.push(isMatch ? { kind: 'unmodelled', text: statementText(whole) } : unmodelledVerdict(whole));
}

/**
 * One statement of a rule. One that this model does not know decides something unknown.
 * @param isLast whether it is the last one of its rule
 * @throws Malformed
 */
export function readStatement(builder: RuleBuilder, statement: Json, isLast = true): void {
  // nft prints a statement that it has no JSON for as text: `update @map { ip saddr : 5 }`.
  if (typeof statement === 'string') {
    const isUpdate = /^(?:add|update|delete) @/.test(statement);
    // Its key or value may be what a packet has not.
    builder.push(isUpdate ? { kind: 'unmodelled', text: statement } : unmodelledVerdict(statement));
    return;
  }
  const found = tagged(statement);
  if (!found) throw new Malformed(`Expected a statement, not ${shown(statement)}.`);
  const [kind, body] = found;
  const effect = effectOf(kind, body);
  if (effect === 'mayEnd') builder.push({ kind: 'unmodelled', text: statementText(statement) });
  if (effect !== null) return;
  const verdict = readVerdict(statement);
  if (verdict) {
    builder.push({ kind: 'verdict', verdict });
    return;
  }
  switch (kind) {
    case 'match':
      if (!isObject(body)) throw new Malformed(`A match should have two sides: ${shown(body)}.`);
      readMatch(builder, body, statement);
      return;
    case 'vmap':
      readVerdictMap(builder, body, statement);
      return;
    case 'reject':
      readReject(builder, body);
      return;
    case 'limit':
    case 'quota':
      readBound(builder, kind, body, statement);
      return;
    case 'ct count': {
      const over = isObject(body) && isOver(body);
      builder.push({ kind: 'may', text: statementText(statement), whenQuiet: !over });
      return;
    }
    case 'mangle':
      readMangle(builder, body, statement);
      return;
    case 'notrack':
      builder.push({ kind: 'notrack' });
      return;
    case 'dnat':
    case 'snat':
    case 'masquerade':
    case 'redirect':
      readNat(builder, kind, body, statement);
      return;
    case 'set':
    case 'map':
    case 'meter':
      readSetUpdate(builder, body, statement);
      return;
    case 'flow':
      builder.push({ kind: 'unmodelled', text: statementText(statement) });
      return;
    case 'xt':
      readExtension(builder, body, statement, isLast);
      return;
    default:
      builder.push(unmodelledVerdict(statement));
      return;
  }
}
