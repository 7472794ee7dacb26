import type { TableFamily } from '../model.ts';
import { isList, isObject, type Json, type JsonObject, member, shown, tagged } from './json.ts';
import { duration, expressionText, mapText, matchText, styleOf, valueText } from './print-expression.ts';

/** No rule that a person wrote is longer; a set of thousands is cut before. */
const LONGEST = 4000;

function word(value: Json | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : shown(value);
}

function flags(body: JsonObject): string[] {
  const found = member(body, 'flags');
  if (found === undefined) return [];
  return [isList(found) ? found.map(word).join(',') : word(found)];
}

function optional(body: JsonObject, name: string, quoted = false): string[] {
  const value = member(body, name);
  if (value === undefined) return [];
  return [`${name} ${quoted ? `"${word(value)}"` : word(value)}`];
}

function natText(kind: string, body: Json): string {
  if (!isObject(body)) return kind;
  const address = member(body, 'addr');
  const port = member(body, 'port');
  const isPrefix = member(body, 'type_flags') === 'prefix';
  const parts = [kind];
  if (member(body, 'family') !== undefined) parts.push(word(member(body, 'family')));
  if (isPrefix) parts.push('prefix');
  if (address !== undefined || port !== undefined) {
    const host = address === undefined ? '' : valueText(address, ['plain']);
    const bracketed = port !== undefined && member(body, 'family') === 'ip6' && address !== undefined;
    parts.push(
      'to',
      `${bracketed ? `[${host}]` : host}${port === undefined ? '' : `:${valueText(port, ['plain'])}`}`,
    );
  }
  if (!isPrefix) parts.push(...flags(body));
  return parts.join(' ');
}

const DEFAULT_REJECT: ReadonlyMap<string, string> = new Map([
  ['ip', 'icmp'],
  ['ip6', 'icmpv6'],
  ['inet', 'icmpx'],
  ['bridge', 'icmpx'],
  ['netdev', 'icmpx'],
]);

function rejectText(body: Json, family: TableFamily | null): string {
  if (!isObject(body)) return 'reject';
  const type = word(member(body, 'type'));
  const code = member(body, 'expr');
  if (code === undefined) return `reject with ${type}`;
  const implied = code === 'port-unreachable' && DEFAULT_REJECT.get(family ?? '') === type;
  return implied ? 'reject' : `reject with ${type} ${word(code)}`;
}

function limitText(body: Json): string {
  if (!isObject(body)) return 'limit';
  const bytes = member(body, 'rate_unit');
  const unit = bytes === undefined || bytes === 'packets' ? '' : ` ${word(bytes)}`;
  const over = member(body, 'inv') === true ? 'over ' : '';
  const burst = member(body, 'burst');
  const usual = unit === '' ? 5 : 0;
  const room =
    burst === undefined || burst === usual
      ? ''
      : ` burst ${word(burst)} ${unit === '' ? 'packets' : word(member(body, 'burst_unit'))}`;
  return `limit rate ${over}${word(member(body, 'rate'))}${unit}/${word(member(body, 'per'))}${room}`;
}

function quotaText(body: Json): string {
  if (!isObject(body)) return 'quota';
  const used = member(body, 'used');
  const spent = used ? ` used ${word(used)} ${word(member(body, 'used_unit'))}` : '';
  const over = member(body, 'inv') === true ? 'over ' : '';
  return `quota ${over}${word(member(body, 'val'))} ${word(member(body, 'val_unit'))}${spent}`;
}

function logText(body: Json): string {
  if (!isObject(body)) return 'log';
  return [
    'log',
    ...optional(body, 'prefix', true),
    ...optional(body, 'group'),
    ...optional(body, 'snaplen'),
    ...optional(body, 'queue-threshold'),
    ...optional(body, 'level'),
    ...flags(body).map((found) => `flags ${found.replaceAll(',tcp ', ',')}`),
  ].join(' ');
}

function setText(body: Json, depth: number): string {
  if (!isObject(body)) return shown(body);
  const [wrapper, inner] = tagged(member(body, 'elem')) ?? [];
  const timed = wrapper === 'elem' && isObject(inner) ? inner : null;
  const key = expressionText(timed ? member(timed, 'val') : member(body, 'elem'));
  const timeout =
    timed && member(timed, 'timeout') !== undefined ? ` timeout ${duration(member(timed, 'timeout'))}` : '';
  const own = member(body, 'stmt');
  const statements = isList(own)
    ? own.map((statement) => ` ${written(statement, null, depth + 1)}`).join('')
    : '';
  const name = word(member(body, 'set') ?? member(body, 'map'));
  const data = member(body, 'data');
  const value = data === undefined ? '' : ` : ${expressionText(data)}`;
  return `${word(member(body, 'op'))} ${name} { ${key}${timeout}${statements}${value} }`;
}

function meterText(body: Json, depth: number): string {
  if (!isObject(body)) return shown(body);
  const size = optional(body, 'size').map((found) => ` ${found}`);
  const statement = written(member(body, 'stmt') ?? null, null, depth + 1);
  return `meter ${word(member(body, 'name'))}${size} { ${expressionText(member(body, 'key'))} ${statement} }`;
}

function mangleText(body: Json): string {
  if (!isObject(body)) return shown(body);
  const key = member(body, 'key');
  const value = member(body, 'value');
  const styles = [styleOf(key)];
  const isOperation = isObject(value) && ['&', '|', '^', '<<', '>>'].includes(tagged(value)?.[0] ?? '');
  return `${expressionText(key)} set ${isOperation ? expressionText(value, 0, styles) : valueText(value, styles)}`;
}

function deviceText(kind: string, body: Json): string {
  if (!isObject(body)) return kind;
  const [address, device] = [member(body, 'addr'), member(body, 'dev')];
  if (address === undefined) return `${kind} to "${word(device)}"`;
  return `${kind} to ${valueText(address, ['plain'])}${device === undefined ? '' : ` device "${word(device)}"`}`;
}

function tproxyText(body: Json): string {
  if (!isObject(body)) return 'tproxy';
  const family = member(body, 'family');
  const address = member(body, 'addr');
  const port = member(body, 'port');
  const host = address === undefined ? '' : family === 'ip6' ? `[${word(address)}]` : word(address);
  return `tproxy ${family === undefined ? '' : `${word(family)} `}to ${host}${port === undefined ? '' : `:${word(port)}`}`;
}

function queueText(body: Json): string {
  if (!isObject(body)) return 'queue to 0';
  const how = flags(body).map((found) => ` flags ${found}`);
  return `queue${how} to ${valueText(member(body, 'num') ?? 0, ['plain'])}`;
}

function synproxyText(body: Json): string {
  if (!isObject(body)) return 'synproxy';
  const how = flags(body).map((found) => found.replaceAll(',', ' '));
  return ['synproxy', ...optional(body, 'mss'), ...optional(body, 'wscale'), ...how].join(' ');
}

/** An object by its name, or by a map of names. */
function named(kind: string, body: Json): string | null {
  if (typeof body === 'string') return `${kind} name "${body}"`;
  const isLookedUp = isObject(body) && member(body, 'map') !== undefined;
  return isLookedUp ? `${kind} name ${valueText(body, ['plain'])}` : null;
}

function counterText(body: Json): string {
  if (!isObject(body)) return 'counter';
  return `counter packets ${word(member(body, 'packets'))} bytes ${word(member(body, 'bytes'))}`;
}

function written(statement: Json, family: TableFamily | null, depth: number): string {
  if (typeof statement === 'string') return statement;
  const [kind, body] = tagged(statement) ?? [];
  if (kind === undefined || body === undefined || depth > 8) return shown(statement);
  switch (kind) {
    case 'match': {
      const op = isObject(body) ? member(body, 'op') : undefined;
      return isObject(body)
        ? matchText(member(body, 'left'), typeof op === 'string' ? op : '==', member(body, 'right'))
        : shown(body);
    }
    case 'vmap':
      return mapText('vmap', body, ['plain'], depth);
    case 'counter':
      return named(kind, body) ?? counterText(body);
    case 'log':
      return logText(body);
    case 'limit':
      return named(kind, body) ?? limitText(body);
    case 'quota':
      return named(kind, body) ?? quotaText(body);
    case 'ct count':
      return isObject(body)
        ? `ct count ${member(body, 'inv') === true ? 'over ' : ''}${word(member(body, 'val'))}`
        : 'ct count';
    case 'reject':
      return rejectText(body, family);
    case 'mangle':
      return mangleText(body);
    case 'dnat':
    case 'snat':
    case 'masquerade':
    case 'redirect':
      return natText(kind, body);
    case 'set':
    case 'map':
      return setText(body, depth);
    case 'meter':
      return meterText(body, depth);
    case 'dup':
    case 'fwd':
      return deviceText(kind, body);
    case 'tproxy':
      return tproxyText(body);
    case 'queue':
      return queueText(body);
    case 'synproxy':
      return named(kind, body) ?? synproxyText(body);
    case 'flow':
      return isObject(body) ? `flow ${word(member(body, 'op'))} ${word(member(body, 'flowtable'))}` : 'flow';
    case 'ct helper':
    case 'ct timeout':
    case 'ct expectation':
      return `${kind} set ${isObject(body) ? valueText(body, ['plain']) : `"${word(body)}"`}`;
    case 'xt':
      return isObject(body) ? `xt ${word(member(body, 'type'))} "${word(member(body, 'name'))}"` : 'xt';
    default:
      return body === null ? kind : valueText(statement, ['plain']);
  }
}

function bounded(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** A statement in the language of nft(8), for a person to read. Never throws, whatever it is given. */
export function statementText(statement: Json): string {
  return bounded(written(statement, null, 0));
}

/** A rule as `nft list ruleset` writes it, without its handle, cut at 4,000 characters. */
export function ruleText(
  statements: readonly Json[],
  comment: Json | undefined,
  family: TableFamily,
): string {
  const parts = statements.map((statement) => written(statement, family, 0));
  return bounded([...parts, ...(typeof comment === 'string' ? [`comment "${comment}"`] : [])].join(' '));
}
