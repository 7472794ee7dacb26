import { PROTOCOL } from '../../fields.ts';
import { hasOnly, type MatchReader, onlyOption } from '../rule-syntax.ts';
import { match, NEVER, numbers } from '../statements.ts';
import { parseNumber } from '../values.ts';

type Names = ReadonlyMap<string, readonly [type: bigint, code: bigint | null]>;

function names(all: Readonly<Record<string, readonly [number, number | null]>>): Names {
  return new Map(
    Object.entries(all).map(([name, [type, code]]) => [
      name,
      [BigInt(type), code === null ? null : BigInt(code)],
    ]),
  );
}

/** The names that `iptables -p icmp -h` lists; iptables-save prints numbers. */
const ICMP = names({
  'echo-reply': [0, null],
  pong: [0, null],
  'destination-unreachable': [3, null],
  'network-unreachable': [3, 0],
  'host-unreachable': [3, 1],
  'protocol-unreachable': [3, 2],
  'port-unreachable': [3, 3],
  'fragmentation-needed': [3, 4],
  'source-route-failed': [3, 5],
  'network-unknown': [3, 6],
  'host-unknown': [3, 7],
  'network-prohibited': [3, 9],
  'host-prohibited': [3, 10],
  'tos-network-unreachable': [3, 11],
  'tos-host-unreachable': [3, 12],
  'communication-prohibited': [3, 13],
  'host-precedence-violation': [3, 14],
  'precedence-cutoff': [3, 15],
  'source-quench': [4, null],
  redirect: [5, null],
  'network-redirect': [5, 0],
  'host-redirect': [5, 1],
  'tos-network-redirect': [5, 2],
  'tos-host-redirect': [5, 3],
  'echo-request': [8, null],
  ping: [8, null],
  'router-advertisement': [9, null],
  'router-solicitation': [10, null],
  'time-exceeded': [11, null],
  'ttl-exceeded': [11, null],
  'ttl-zero-during-transit': [11, 0],
  'ttl-zero-during-reassembly': [11, 1],
  'parameter-problem': [12, null],
  'ip-header-bad': [12, 0],
  'required-option-missing': [12, 1],
  'timestamp-request': [13, null],
  'timestamp-reply': [14, null],
  'address-mask-request': [17, null],
  'address-mask-reply': [18, null],
});

/** The names that `ip6tables -p icmpv6 -h` lists. */
const ICMP6 = names({
  'destination-unreachable': [1, null],
  'no-route': [1, 0],
  'communication-prohibited': [1, 1],
  'beyond-scope': [1, 2],
  'address-unreachable': [1, 3],
  'port-unreachable': [1, 4],
  'failed-policy': [1, 5],
  'reject-route': [1, 6],
  'packet-too-big': [2, null],
  'time-exceeded': [3, null],
  'ttl-exceeded': [3, null],
  'ttl-zero-during-transit': [3, 0],
  'ttl-zero-during-reassembly': [3, 1],
  'parameter-problem': [4, null],
  'bad-header': [4, 0],
  'unknown-header-type': [4, 1],
  'unknown-option': [4, 2],
  'echo-request': [128, null],
  ping: [128, null],
  'echo-reply': [129, null],
  pong: [129, null],
  'router-solicitation': [133, null],
  'router-advertisement': [134, null],
  'neighbour-solicitation': [135, null],
  'neighbor-solicitation': [135, null],
  'neighbour-advertisement': [136, null],
  'neighbor-advertisement': [136, null],
  redirect: [137, null],
});

/** icmp and icmp6 (xt_tcpudp.c of Linux 6.x, before ip_tables.c and ip6_tables.c): a type and perhaps a code. */
export const readIcmp: MatchReader = (extension, { protocol }) => {
  const [name, known, wanted] =
    extension.name === 'icmp'
      ? (['--icmp-type', ICMP, PROTOCOL.icmp] as const)
      : (['--icmpv6-type', ICMP6, PROTOCOL.icmpv6] as const);
  if (protocol !== wanted || !hasOnly(extension, [name])) return null;
  const option = onlyOption(extension, name);
  if (!option) return [];
  const text = (option.values[0] ?? '').toLowerCase();
  const [first = '', second, ...more] = text.split('/');
  if (more.length > 0) return null;
  const [type, code] =
    text === 'any' && wanted === PROTOCOL.icmp
      ? [255n, null]
      : (known.get(text) ?? [
          parseNumber(first, 255n),
          second === undefined ? null : parseNumber(second, 255n),
        ]);
  if (type === null || (second !== undefined && code === null)) return null;
  // 255 stands for every type of ICMP for IPv4 (icmp_match), and is an ordinary one for IPv6.
  if (type === 255n && wanted === PROTOCOL.icmp) return option.negated ? [NEVER] : [];
  const conditions = [numbers('icmpType', [[type, type]])];
  if (code !== null) conditions.push(numbers('icmpCode', [[code, code]]));
  return [match(conditions, option.negated)];
};
