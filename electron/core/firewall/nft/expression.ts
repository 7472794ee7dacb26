import { complement, type NumberField, PROTOCOL, WITH_PORTS } from '../fields.ts';
import { type IntervalSet, normalize } from '../interval.ts';
import type { Condition, Field, TableFamily } from '../model.ts';
import { PROTOCOL_NUMBERS } from '../protocol-names.ts';
import { isList, isObject, type Json, type JsonObject, Malformed, member, shown, tagged } from './json.ts';
import {
  CT_DIRECTION,
  CT_STATE_NAME,
  CT_STATUS,
  ETHER_TYPE,
  FIB_TYPE_NAME,
  ICMP_CODE,
  ICMP_TYPE,
  ICMPV6_CODE,
  ICMPV6_TYPE,
  type Names,
  NFPROTO,
  PACKET_TYPE_NAME,
  TCP_FLAG,
} from './names.ts';

/** `meta iiftype loopback`: only `lo` is of this type (ARPHRD_LOOPBACK). Which interfaces are of the others is not known here. */
export const LOOPBACK_TYPE: Names = new Map();

/** A field as a rule looks at it: `((value & mask) ^ flip) >> shift`. */
export interface Key {
  readonly field: Field;
  /** Width in bits; 0 for a name. */
  readonly bits: number;
  readonly names: Names | null;
  /** Values are combinations of bits, so a list of words means any of them (`tcp flags`, `ct state`, `ct status`). */
  readonly isBitmask: boolean;
  readonly mask: bigint | null;
  readonly flip: bigint;
  readonly shift: number;
}

/** What a rule asks first without saying so; each becomes a match of its own. */
export type Dependencies = readonly Condition[];

export type Expression =
  | {
      readonly kind: 'keys';
      readonly keys: readonly Key[];
      readonly dependencies: Dependencies;
      readonly readsAnyPorts: boolean;
    }
  /** A number that is another one each time: by chance, time or count; bytes that are no port; the result of a route look-up. */
  | {
      readonly kind: 'varies';
      readonly by: 'chance' | 'bytes' | 'route';
      readonly dependencies: Dependencies;
    }
  | { readonly kind: 'unmodelled'; readonly dependencies: Dependencies };

/**
 * `th dport` reads two bytes whatever the protocol is, so a rule with it is read twice: for packets that have ports, and for
 * others, where the bytes are a checksum or an SPI and can be anything.
 */
export type PortReading = 'ports' | 'bytes';

export interface ExpressionContext {
  readonly family: TableFamily;
  readonly portReading: PortReading;
}

export function is(field: NumberField, values: readonly bigint[] | IntervalSet): Condition {
  const intervals = normalize(values.map((value) => (typeof value === 'bigint' ? [value, value] : value)));
  return { field, values: { kind: 'numbers', mask: null, intervals } };
}

const IPV4 = is('nfproto', [4n]);
const IPV6 = is('nfproto', [6n]);
const PORTS = is('l4proto', WITH_PORTS);
/** Every protocol without ports. */
export const NO_PORTS: IntervalSet = complement(
  'l4proto',
  4,
  normalize(WITH_PORTS.map((port) => [port, port])),
);
/** Without a tracked connection the kernel cannot say anything of it but its state (nft_ct.c). */
const TRACKED = is('ctState', [2n, 4n, 8n]);

function key(field: Field, bits: number, names: Names | null = null, isBitmask = false): Key {
  return { field, bits, names, isBitmask, mask: null, flip: 0n, shift: 0 };
}

function keys(found: Key, dependencies: Dependencies = []): Expression {
  return { kind: 'keys', keys: [found], dependencies, readsAnyPorts: false };
}

function unmodelled(dependencies: Dependencies = []): Expression {
  return { kind: 'unmodelled', dependencies };
}

function l4(protocol: bigint): Condition {
  return is('l4proto', [protocol]);
}

/** What a header's presence asks for. */
const HEADER: ReadonlyMap<string, Dependencies> = new Map<string, Dependencies>([
  ['ip', [IPV4]],
  ['ip6', [IPV6]],
  ['tcp', [l4(PROTOCOL.tcp)]],
  ['udp', [l4(PROTOCOL.udp)]],
  ['udplite', [l4(PROTOCOL.udplite)]],
  ['sctp', [l4(PROTOCOL.sctp)]],
  ['dccp', [l4(PROTOCOL.dccp)]],
  ['gre', [l4(PROTOCOL.gre)]],
  ['esp', [l4(PROTOCOL.esp)]],
  ['ah', [l4(PROTOCOL.ah)]],
  ['icmp', [IPV4, l4(PROTOCOL.icmp)]],
  ['igmp', [IPV4, l4(PROTOCOL.igmp)]],
  ['icmpv6', [IPV6, l4(PROTOCOL.icmpv6)]],
]);

/** The protocol, unless an extension header stands before it. */
export const NEXT_HEADER: Names = new Map(PROTOCOL_NUMBERS);

const PAYLOAD: ReadonlyMap<string, Key> = new Map([
  ['ip saddr', key('saddr', 32)],
  ['ip daddr', key('daddr', 32)],
  ['ip protocol', key('l4proto', 8, PROTOCOL_NUMBERS)],
  ['ip6 saddr', key('saddr', 128)],
  ['ip6 daddr', key('daddr', 128)],
  ['ip6 nexthdr', key('l4proto', 8, NEXT_HEADER)],
  ['tcp flags', key('tcpFlags', 8, TCP_FLAG, true)],
  ['icmp type', key('icmpType', 8, ICMP_TYPE)],
  ['icmp code', key('icmpCode', 8, ICMP_CODE)],
  ['icmpv6 type', key('icmpType', 8, ICMPV6_TYPE)],
  ['icmpv6 code', key('icmpCode', 8, ICMPV6_CODE)],
  ...['tcp', 'udp', 'udplite', 'sctp', 'dccp', 'th'].flatMap((header): [string, Key][] => [
    [`${header} sport`, key('sport', 16)],
    [`${header} dport`, key('dport', 16)],
  ]),
]);

function readPayload(body: JsonObject, context: ExpressionContext): Expression {
  const protocol = member(body, 'protocol');
  if (typeof protocol !== 'string') return unmodelled();
  const field = member(body, 'field');
  if (typeof field !== 'string') throw new Malformed(`A payload expression has no field: ${shown(body)}.`);
  if (protocol === 'ether') {
    const onWire = context.family === 'netdev' || context.family === 'bridge';
    return onWire && field === 'type' ? keys(key('nfproto', 16, ETHER_TYPE)) : unmodelled();
  }
  const found = PAYLOAD.get(`${protocol} ${field}`);
  if (!found) return unmodelled(HEADER.get(protocol) ?? []);
  if (protocol !== 'th') return keys(found, HEADER.get(protocol) ?? []);
  return context.portReading === 'ports'
    ? { kind: 'keys', keys: [found], dependencies: [PORTS], readsAnyPorts: true }
    : { kind: 'varies', by: 'bytes', dependencies: [is('l4proto', NO_PORTS)] };
}

const META: ReadonlyMap<string, Key> = new Map([
  ['nfproto', key('nfproto', 8, NFPROTO)],
  ['protocol', key('nfproto', 16, ETHER_TYPE)],
  ['l4proto', key('l4proto', 8, PROTOCOL_NUMBERS)],
  ['skuid', key('skuid', 32)],
  ['skgid', key('skgid', 32)],
  ['mark', key('mark', 32)],
  ['pkttype', key('pkttype', 8, PACKET_TYPE_NAME)],
  ['iif', key('iifname', 0)],
  ['iifname', key('iifname', 0)],
  ['oif', key('oifname', 0)],
  ['oifname', key('oifname', 0)],
]);
const VARYING_META = new Set(['random', 'time', 'hour', 'day', 'cpu']);

const CT: ReadonlyMap<string, Key> = new Map([
  ['mark', key('ctMark', 32)],
  ['status', key('ctStatus', 32, CT_STATUS, true)],
  ['direction', key('ctDirection', 8, CT_DIRECTION)],
  ['protocol', key('l4proto', 8, PROTOCOL_NUMBERS)],
  ['l3proto', key('nfproto', 8, NFPROTO)],
]);
const CT_STATE_KEY = key('ctState', 8, CT_STATE_NAME, true);

function readMeta(body: JsonObject, { family }: ExpressionContext): Expression {
  const name = member(body, 'key');
  if (typeof name !== 'string') throw new Malformed(`A meta expression has no key: ${shown(body)}.`);
  // In these families the kernel's own number is meant: NFPROTO_NETDEV or NFPROTO_BRIDGE.
  if (name === 'nfproto' && (family === 'netdev' || family === 'bridge')) return unmodelled();
  if (VARYING_META.has(name)) return { kind: 'varies', by: 'chance', dependencies: [] };
  if (name === 'iiftype') return keys(key('iifname', 0, LOOPBACK_TYPE));
  if (name === 'oiftype') return keys(key('oifname', 0, LOOPBACK_TYPE));
  const found = META.get(name);
  return found ? keys(found) : unmodelled();
}

function readCt(body: JsonObject): Expression {
  const name = member(body, 'key');
  if (typeof name !== 'string') throw new Malformed(`A ct expression has no key: ${shown(body)}.`);
  if (name === 'state') return keys(CT_STATE_KEY);
  const found = member(body, 'dir') === undefined ? CT.get(name) : undefined;
  return found ? keys(found, [TRACKED]) : unmodelled();
}

function readFib(body: JsonObject): Expression {
  const listed = member(body, 'flags');
  const flags = new Set(isList(listed) ? listed : [listed]);
  const result = member(body, 'result');
  if (result === 'type' && flags.size === 1) {
    if (flags.has('daddr')) return keys(key('fibDaddrType', 8, FIB_TYPE_NAME));
    if (flags.has('saddr')) return keys(key('fibSaddrType', 8, FIB_TYPE_NAME));
  }
  // The reverse path filter of firewalld and others: whether a source could be answered by the interface that it came in by.
  if (result === 'oif' && flags.has('saddr') && flags.has('iif') && !flags.has('daddr'))
    return { kind: 'varies', by: 'route', dependencies: [] };
  return unmodelled();
}

const FULL = (1n << 128n) - 1n;

/** A key with `& mask`, `| bits` or `^ bits` on top; null where this model cannot say it. */
function operate(found: Key, operator: string, operand: bigint): Key | null {
  const all = (1n << BigInt(found.bits)) - 1n;
  const mask = found.mask ?? all;
  const bits = operand << BigInt(found.shift);
  if (operator === '&') return { ...found, mask: mask & bits & all, flip: found.flip & bits };
  if (operator === '>>' && operand < BigInt(found.bits)) {
    const shift = found.shift + Number(operand);
    const low = (1n << BigInt(shift)) - 1n;
    return { ...found, mask: mask & ~low & FULL, flip: found.flip & ~low & FULL, shift };
  }
  if (operator === '|')
    return { ...found, mask: mask & ~bits & FULL, flip: (found.flip & ~bits & FULL) | bits };
  if (operator === '^') return { ...found, mask, flip: found.flip ^ bits };
  return null;
}

const OPERATORS = new Set(['&', '|', '^', '<<', '>>']);
const MAX_DEPTH = 16;

/**
 * Reads the left side of a match or the key of a map: EXPRESSION of libnftables-json(5).
 * @param number reads a constant of a key ("255.255.255.0", ["fin", "syn"], 255)
 * @throws Malformed for what no version of nft prints
 */
export function readExpression(
  value: Json | undefined,
  context: ExpressionContext,
  number: (found: Key, value: Json | undefined) => bigint | null,
  depth = 0,
): Expression {
  if (depth > MAX_DEPTH) throw new Malformed('An expression is nested too deeply.');
  // nft prints the text of an expression that it has no JSON for.
  if (typeof value === 'string') return unmodelled();
  const found = tagged(value);
  if (!found) throw new Malformed(`Expected an expression, not ${shown(value)}.`);
  const [name, body] = found;
  if (name === 'concat') return readConcat(body, context, number, depth);
  if (OPERATORS.has(name)) {
    if (!isList(body) || body.length < 2) throw new Malformed(`"${name}" should have two operands.`);
    const left = readExpression(body[0], context, number, depth + 1);
    if (left.kind !== 'keys' || body.length > 2)
      return left.kind === 'keys' ? unmodelled(left.dependencies) : left;
    const [inner] = left.keys;
    if (inner === undefined || left.keys.length > 1 || inner.bits === 0) return unmodelled(left.dependencies);
    const operand = name === '>>' || name === '<<' ? shiftOf(body[1]) : number(inner, body[1]);
    const changed = operand === null ? null : operate(inner, name, operand);
    return changed ? { ...left, keys: [changed] } : unmodelled(left.dependencies);
  }
  if (!isObject(body)) return unmodelled();
  switch (name) {
    case 'payload':
      return readPayload(body, context);
    case 'meta':
      return readMeta(body, context);
    case 'ct':
      return readCt(body);
    case 'fib':
      return readFib(body);
    case 'exthdr':
      return unmodelled([IPV6]);
    case 'ip option':
      return unmodelled([IPV4]);
    case 'numgen':
      return { kind: 'varies', by: 'chance', dependencies: [] };
    default:
      return unmodelled();
  }
}

function shiftOf(value: Json | undefined): bigint | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 128
    ? BigInt(value)
    : null;
}

function readConcat(
  body: Json,
  context: ExpressionContext,
  number: (found: Key, value: Json | undefined) => bigint | null,
  depth: number,
): Expression {
  if (!isList(body) || body.length < 1 || body.length > 16)
    throw new Malformed('A concatenation should list its parts.');
  const parts = body.map((part) => readExpression(part, context, number, depth + 1));
  const dependencies = parts.flatMap((part) => part.dependencies);
  if (parts.some((part) => part.kind === 'unmodelled')) return unmodelled(dependencies);
  const varying = parts.find((part) => part.kind === 'varies');
  if (varying) return { kind: 'varies', by: varying.by, dependencies };
  return {
    kind: 'keys',
    keys: parts.flatMap((part) => (part.kind === 'keys' ? part.keys : [])),
    dependencies,
    readsAnyPorts: parts.some((part) => part.kind === 'keys' && part.readsAnyPorts),
  };
}
