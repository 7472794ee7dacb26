import type { Statement } from '../model.ts';
import type { Key } from './expression.ts';
import { isList, isObject, type Json, member, tagged } from './json.ts';
import { mapBody, readMap, unmodelledVerdict } from './match.ts';
import type { RuleBuilder } from './rule-builder.ts';
import { readNumber } from './values.ts';

type MarkField = 'mark' | 'ctMark';

/** A mark as an expression: bits of the packet's and of the connection's mark, and bits turned over. They never overlap. */
interface Mix {
  readonly mark: bigint;
  readonly ctMark: bigint;
  readonly flip: bigint;
}

const ALL = 0xffff_ffffn;
const MARK: Key = { field: 'mark', bits: 32, names: null, isBitmask: false, mask: null, flip: 0n, shift: 0 };

function constant(value: Json | undefined): bigint | null {
  return typeof value === 'number' || typeof value === 'string' ? readNumber(MARK, value) : null;
}

function join(a: Mix, b: Mix, operator: string): Mix | null {
  const used = (mix: Mix) => mix.mark | mix.ctMark;
  const onlyFlips = used(b) === 0n;
  if (operator === '&' && onlyFlips)
    return { mark: a.mark & b.flip, ctMark: a.ctMark & b.flip, flip: a.flip & b.flip };
  if (operator === '|' && onlyFlips)
    return { mark: a.mark & ~b.flip, ctMark: a.ctMark & ~b.flip, flip: a.flip | b.flip };
  const apart = ((used(a) | a.flip) & (used(b) | b.flip)) === 0n;
  if ((operator === '^' && (onlyFlips || apart)) || (operator === '|' && apart))
    return { mark: a.mark | b.mark, ctMark: a.ctMark | b.ctMark, flip: a.flip ^ b.flip };
  return null;
}

function mix(value: Json | undefined, depth: number): Mix | null {
  const number = constant(value);
  if (number !== null) return { mark: 0n, ctMark: 0n, flip: number };
  const [name, body] = tagged(value) ?? [];
  if (name === undefined || depth > 8) return null;
  if (isObject(body)) {
    const isMark = member(body, 'key') === 'mark' && member(body, 'dir') === undefined;
    if (isMark && name === 'meta') return { mark: ALL, ctMark: 0n, flip: 0n };
    if (isMark && name === 'ct') return { mark: 0n, ctMark: ALL, flip: 0n };
    return null;
  }
  if (!isList(body) || body.length !== 2) return null;
  const left = mix(body[0], depth + 1);
  const right = mix(body[1], depth + 1);
  if (!left || !right) return null;
  return join(left, right, name) ?? join(right, left, name);
}

function changes(field: MarkField, { mark, ctMark, flip }: Mix): Statement[] {
  const [own, other] = field === 'mark' ? [mark, ctMark] : [ctMark, mark];
  if (other === 0n) return [{ kind: 'setMark', field, change: { kind: 'value', keep: own, value: flip } }];
  const from = field === 'mark' ? 'ctMark' : 'mark';
  const copied: Statement = {
    kind: 'setMark',
    field,
    change: { kind: 'copy', keep: own, from, take: other },
  };
  if (flip === 0n) return [copied];
  return [copied, { kind: 'setMark', field, change: { kind: 'value', keep: ALL, value: flip } }];
}

/**
 * `meta mark set …` and `ct mark set …`: numbers, `&`, `|`, `^`, one mark into the other, and maps. Anything else may give any
 * mark, so the verdict is not known from there.
 * @throws Malformed
 */
export function readMarkChange(
  builder: RuleBuilder,
  field: MarkField,
  value: Json | undefined,
  whole: Json,
): void {
  const body = mapBody(value);
  if (!body) {
    const found = mix(value, 0);
    builder.push(...(found ? changes(field, found) : [unmodelledVerdict(whole)]));
    return;
  }
  const entries: {
    conditions: NonNullable<ReturnType<typeof readMap>>[number]['conditions'];
    value: bigint;
  }[] = [];
  const read = readMap(builder, body);
  for (const { conditions, data } of read ?? []) {
    const number = constant(data);
    if (number === null) {
      builder.push(unmodelledVerdict(whole));
      return;
    }
    entries.push({ conditions, value: number });
  }
  builder.push(read ? { kind: 'mapMark', field, entries } : unmodelledVerdict(whole));
}
