import { FIB_TYPE, PACKET_TYPE } from '../../fields.ts';
import { type IntervalSet, normalize, subtract } from '../../interval.ts';
import type { Condition, Statement } from '../../model.ts';
import { hasOnly, type MatchReader, onlyOption } from '../rule-syntax.ts';
import { match, matchNumber, numbers } from '../statements.ts';
import { parseAddressRange } from '../values.ts';

/** iprange (xt_iprange.c). */
export const readIprange: MatchReader = (extension, { version }) => {
  if (!hasOnly(extension, ['--src-range', '--dst-range'])) return null;
  const statements: Statement[] = [];
  for (const { name, negated, values } of extension.options) {
    const range = parseAddressRange(values[0] ?? '', version);
    if (!range) return null;
    statements.push(matchNumber(name === '--src-range' ? 'saddr' : 'daddr', [range], negated));
  }
  return statements;
};

const PACKET_TYPES: ReadonlyMap<string, bigint> = new Map([
  ['unicast', PACKET_TYPE.host],
  ['host', PACKET_TYPE.host],
  ['broadcast', PACKET_TYPE.broadcast],
  ['multicast', PACKET_TYPE.multicast],
  ['otherhost', PACKET_TYPE.other],
]);

/** pkttype (xt_pkttype.c). */
export const readPkttype: MatchReader = (extension) => {
  const option = onlyOption(extension, '--pkt-type');
  const type = PACKET_TYPES.get(option?.values[0]?.toLowerCase() ?? '');
  if (!option || type === undefined || !hasOnly(extension, ['--pkt-type'])) return null;
  return [matchNumber('pkttype', [[type, type]], option.negated)];
};

const ALL_128: IntervalSet = [[0n, (1n << 128n) - 1n]];
const MULTICAST_6: IntervalSet = [[0xffn << 120n, (1n << 128n) - 1n]];
const NOT_UNICAST_6: IntervalSet = normalize([
  [0n, 0n],
  [0xffffn << 32n, (0xffffn << 32n) + 0xffff_ffffn],
  ...MULTICAST_6,
]);

/**
 * Types of IPv6 addresses (match_type6 of xt_addrtype.c): unlike for IPv4 several types must all hold, and unicast is every
 * address that ipv6_addr_type() calls so, the host's own too.
 */
function conditions6(
  types: readonly string[],
  address: 'saddr' | 'daddr',
  type: 'fibSaddrType' | 'fibDaddrType',
) {
  const conditions: Condition[] = [];
  for (const name of types) {
    if (name === 'MULTICAST') conditions.push(numbers(address, MULTICAST_6));
    else if (name === 'UNICAST') conditions.push(numbers(address, subtract(ALL_128, NOT_UNICAST_6)));
    else if (name === 'UNSPEC') conditions.push(numbers(address, [[0n, 0n]]));
    else if (name === 'LOCAL') conditions.push(numbers(type, [[FIB_TYPE.local, FIB_TYPE.local]]));
    else return null;
  }
  return conditions;
}

const TYPES: ReadonlyMap<string, bigint> = new Map(
  Object.entries(FIB_TYPE).map(([name, value]) => [name.toUpperCase(), value]),
);

/** addrtype (xt_addrtype.c) without `--limit-iface-in` and `--limit-iface-out`. */
export const readAddrtype: MatchReader = (extension, { version }) => {
  if (!hasOnly(extension, ['--src-type', '--dst-type'])) return null;
  const statements: Statement[] = [];
  for (const { name, negated, values } of extension.options) {
    const types = (values[0] ?? '').toUpperCase().split(',');
    const isSource = name === '--src-type';
    const field = isSource ? 'fibSaddrType' : 'fibDaddrType';
    if (version === 6) {
      const conditions = conditions6(types, isSource ? 'saddr' : 'daddr', field);
      if (!conditions) return null;
      statements.push(match(conditions, negated));
      continue;
    }
    const wanted = types.map((type) => TYPES.get(type));
    if (!wanted.every((type) => type !== undefined)) return null;
    statements.push(matchNumber(field, normalize(wanted.map((type) => [type, type] as const)), negated));
  }
  return statements;
};
