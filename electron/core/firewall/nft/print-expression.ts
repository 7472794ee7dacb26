import { isList, isObject, type Json, member, shown, tagged } from './json.ts';

/** How nft writes a value, by what it is compared with or put into. */
export type Style = 'plain' | 'mark' | 'quoted' | 'bits' | 'hex' | 'seconds';

const QUOTED_META = new Set([
  'iif',
  'iifname',
  'oif',
  'oifname',
  'iifkind',
  'oifkind',
  'iifgroup',
  'oifgroup',
  'ibrname',
  'obrname',
  'sdifname',
  'time',
  'hour',
  'day',
]);
/** These are written without "meta". */
const BARE_META = new Set(['iif', 'iifname', 'oif', 'oifname', 'iifgroup', 'oifgroup', 'ibrname', 'obrname']);
const DEEPEST = 16;
const MOST_ELEMENTS = 64;

function word(value: Json | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : shown(value);
}

/** The style of values beside an expression; one for each part of a concatenation. */
export function styleOf(expression: Json | undefined): Style {
  const [kind, body] = tagged(expression) ?? [];
  if (kind === 'payload' && isObject(body)) {
    if (member(body, 'base') !== undefined) return 'hex';
    return member(body, 'protocol') === 'tcp' && member(body, 'field') === 'flags' ? 'bits' : 'plain';
  }
  if ((kind === 'meta' || kind === 'ct' || kind === 'socket') && isObject(body)) {
    const key = member(body, 'key');
    if (key === 'mark' || key === 'secmark') return 'mark';
    if (kind === 'ct' && key === 'expiration') return 'seconds';
    if (kind === 'ct')
      return key === 'state' || key === 'status' ? 'bits' : key === 'helper' ? 'quoted' : 'plain';
    if (key === 'protocol') return 'hex';
    return typeof key === 'string' && QUOTED_META.has(key) ? 'quoted' : 'plain';
  }
  if (kind === 'osf' || (kind === 'fib' && isObject(body) && member(body, 'result') === 'oifname'))
    return 'quoted';
  return isList(body) ? styleOf(body[0]) : 'plain';
}

function stylesOf(expression: Json | undefined): readonly Style[] {
  const [kind, body] = tagged(expression) ?? [];
  return kind === 'concat' && isList(body) ? body.map(styleOf) : [styleOf(expression)];
}

function atom(value: Json | undefined, style: Style): string {
  if (typeof value === 'number') {
    if (style === 'mark') return `0x${value.toString(16).padStart(8, '0')}`;
    if (style === 'seconds') return duration(value);
    return style === 'hex' || style === 'bits' ? `0x${value.toString(16)}` : String(value);
  }
  if (typeof value === 'boolean') return value ? 'exists' : 'missing';
  // A number in the place of a name is that of an interface which is gone.
  const isName = typeof value === 'string' && style === 'quoted' && !/^(?:@|\d+$)/.test(value);
  if (typeof value === 'string') return isName ? `"${value}"` : value;
  return shown(value);
}

/** Seconds as nft writes them: `1h30m`. */
export function duration(value: Json | undefined): string {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) return shown(value);
  const units: readonly [string, number][] = [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ];
  let rest = value;
  const parts = units.map(([unit, seconds]) => {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    return count > 0 ? `${count}${unit}` : '';
  });
  return parts.join('') || '0s';
}

function element(body: Json, styles: readonly Style[], depth: number): string {
  if (!isObject(body)) return shown(body);
  const parts = [valueText(member(body, 'val'), styles, depth + 1)];
  for (const time of ['timeout', 'expires'])
    if (member(body, time) !== undefined) parts.push(`${time} ${duration(member(body, time))}`);
  const counter = member(body, 'counter');
  if (isObject(counter))
    parts.push(`counter packets ${word(member(counter, 'packets'))} bytes ${word(member(counter, 'bytes'))}`);
  if (member(body, 'comment') !== undefined) parts.push(`comment "${word(member(body, 'comment'))}"`);
  return parts.join(' ');
}

function verdictText(kind: string, body: Json): string | null {
  if (['accept', 'drop', 'continue', 'return'].includes(kind)) return kind;
  if (kind !== 'jump' && kind !== 'goto') return null;
  return `${kind} ${isObject(body) ? word(member(body, 'target')) : shown(body)}`;
}

/** A set, with `key : value` for the entries of a map. */
function setText(
  elements: readonly Json[],
  styles: readonly Style[],
  data: readonly Style[],
  depth: number,
): string {
  const written = elements
    .slice(0, MOST_ELEMENTS)
    .map((entry) =>
      isList(entry) && entry.length === 2 && data.length > 0
        ? `${valueText(entry[0], styles, depth + 1)} : ${valueText(entry[1], data, depth + 1)}`
        : valueText(entry, styles, depth + 1),
    );
  if (elements.length > MOST_ELEMENTS) written.push(`and ${elements.length - MOST_ELEMENTS} more`);
  return `{ ${written.join(', ')} }`;
}

/** A value: what stands to the right of an operator, in a set, or behind `set`. */
export function valueText(
  value: Json | undefined,
  styles: readonly Style[],
  depth = 0,
  data: readonly Style[] = [],
): string {
  const style = styles[0] ?? 'plain';
  if (depth > DEEPEST) return '…';
  if (isList(value)) return value.map((bit) => atom(bit, style)).join(',');
  const [kind, body] = (isObject(value) ? tagged(value) : null) ?? [];
  if (kind === undefined || body === undefined) return atom(value, style);
  switch (kind) {
    case 'range':
      return isList(body) ? body.map((end) => atom(end, style)).join('-') : shown(body);
    case 'prefix':
      return isObject(body)
        ? `${atom(member(body, 'addr'), style)}/${word(member(body, 'len'))}`
        : shown(body);
    case 'set':
      return setText(isList(body) ? body : [body], styles, data, depth);
    case 'elem':
      return element(body, styles, depth);
    case 'concat':
      return isList(body)
        ? body.map((part, index) => valueText(part, [styles[index] ?? style], depth + 1)).join(' . ')
        : shown(body);
    case '|':
      return isList(body) ? body.map((bit) => valueText(bit, styles, depth + 1)).join(' | ') : shown(body);
    default:
      return verdictText(kind, body) ?? expressionText(value, depth + 1, styles);
  }
}

function keyed(prefix: string, body: Json): string {
  if (!isObject(body)) return `${prefix} ${shown(body)}`;
  const parts = ['dir', 'family', 'key', 'name', 'field'].flatMap((key) => {
    const value = member(body, key);
    return value === undefined ? [] : [word(value)];
  });
  return [prefix, ...parts].filter((part) => part !== '').join(' ');
}

function payloadText(body: Json): string {
  if (!isObject(body)) return shown(body);
  const base = member(body, 'base');
  if (base !== undefined)
    return `@${word(base)},${word(member(body, 'offset'))},${word(member(body, 'len'))}`;
  return `${word(member(body, 'protocol'))} ${word(member(body, 'field'))}`;
}

function generated(kind: string, body: Json, depth: number): string {
  if (!isObject(body)) return `${kind} ${shown(body)}`;
  const parts = [kind];
  if (member(body, 'mode') !== undefined) parts.push(word(member(body, 'mode')));
  if (member(body, 'expr') !== undefined) parts.push(expressionText(member(body, 'expr'), depth + 1));
  parts.push(`mod ${word(member(body, 'mod'))}`);
  const seed = member(body, 'seed');
  if (typeof seed === 'number') parts.push(`seed 0x${seed.toString(16)}`);
  if (member(body, 'offset')) parts.push(`offset ${word(member(body, 'offset'))}`);
  return parts.join(' ');
}

/** A map with its key, as `tcp dport map { 80 : 0x00000001 }`. */
export function mapText(word: 'map' | 'vmap', body: Json, data: readonly Style[], depth: number): string {
  if (!isObject(body)) return shown(body);
  const key = member(body, 'key');
  return `${expressionText(key, depth + 1)} ${word} ${valueText(member(body, 'data'), stylesOf(key), depth + 1, data)}`;
}

/**
 * An expression in the language of nft: what stands to the left of an operator.
 * @param data styles of the values of a map
 */
export function expressionText(
  value: Json | undefined,
  depth = 0,
  data: readonly Style[] = ['plain'],
): string {
  const [kind, body] = (isObject(value) ? tagged(value) : null) ?? [];
  if (kind === undefined || body === undefined) return typeof value === 'string' ? value : shown(value);
  if (depth > DEEPEST) return '…';
  switch (kind) {
    case 'payload':
      return payloadText(body);
    case 'meta': {
      const key = isObject(body) ? word(member(body, 'key')) : shown(body);
      return BARE_META.has(key) ? key : `meta ${key}`;
    }
    case 'fib': {
      const flags = isObject(body) ? member(body, 'flags') : null;
      const result = isObject(body) ? word(member(body, 'result')) : '';
      return `fib ${isList(flags) ? flags.map(word).join(' . ') : word(flags ?? null)} ${result}`;
    }
    case 'exthdr':
      return keyed(isObject(body) && member(body, 'field') === undefined ? 'exthdr' : '', body);
    case 'numgen':
    case 'jhash':
    case 'symhash':
      return generated(kind, body, depth);
    case 'map':
      return mapText('map', body, data, depth);
    case 'concat':
      return isList(body) ? body.map((part) => expressionText(part, depth + 1)).join(' . ') : shown(body);
    case '&':
    case '|':
    case '^':
    case '<<':
    case '>>':
      return operationText(kind, body, depth);
    default:
      return keyed(kind, body);
  }
}

function operationText(operator: string, body: Json, depth: number): string {
  if (!isList(body)) return shown(body);
  const style = styleOf(body[0]);
  const shift = operator === '<<' || operator === '>>';
  const [left, right] = [body[0], body[1]].map((operand, index) => {
    if (index === 0 && isObject(operand)) return expressionText(operand, depth + 1);
    const text = isList(operand)
      ? operand.map((bit) => atom(bit, style)).join(' | ')
      : valueText(
          operand,
          [shift || (style === 'bits' && typeof operand === 'number') ? 'plain' : style],
          depth + 1,
        );
    return text.includes(' | ') ? `(${text})` : text;
  });
  return `${left} ${operator} ${right}`;
}

const SIMPLE = new Set(['==', 'in']);

/** `match`: an expression, an operator where nft writes one, and a value. */
export function matchText(left: Json | undefined, op: string, right: Json | undefined): string {
  const [kind, operands] = tagged(left) ?? [];
  const styles = stylesOf(left);
  const operation = kind === '&' || kind === '|' || kind === '^' || kind === '<<' || kind === '>>';
  const isSet = tagged(right)?.[0] === 'set' || (typeof right === 'string' && right.startsWith('@'));
  // `tcp flags syn / fin,syn,rst,ack`
  if (kind === '&' && isList(operands) && isList(operands[1]) && styles[0] === 'bits' && !isSet) {
    const not = op === '!=' ? '!= ' : '';
    return `${expressionText(operands[0])} ${not}${valueText(right, styles)} / ${valueText(operands[1], styles)}`;
  }
  const spelled =
    !SIMPLE.has(op) || operation || (op === '==' && styles[0] === 'bits' && styles.length === 1 && !isSet);
  return [expressionText(left), ...(spelled ? [op] : []), valueText(right, styles)].join(' ');
}
