import { CT_STATE, FIB_TYPE, PACKET_TYPE } from '../fields.ts';

/** Words that nft prints for numbers. Plain objects would find `constructor`. */
export type Names = ReadonlyMap<string, bigint>;

function names(entries: Readonly<Record<string, number | bigint>>): Names {
  return new Map(Object.entries(entries).map(([name, value]) => [name, BigInt(value)]));
}

export const NFPROTO = names({ ipv4: 4, ipv6: 6 });

/** Ether types as the `nfproto` that carries them: a packet at a hook of ip, ip6 or inet is never anything else. */
export const ETHER_TYPE = names({ ip: 4, ip6: 6 });

/** As numbers, which nft prints for a protocol that it has no word for (IEEE 802 numbers). */
export const ETHER_TYPE_NUMBER: ReadonlyMap<bigint, bigint> = new Map([
  [0x0800n, 4n],
  [0x86ddn, 6n],
]);

export const ICMP_TYPE = names({
  'echo-reply': 0,
  'destination-unreachable': 3,
  'source-quench': 4,
  redirect: 5,
  'echo-request': 8,
  'router-advertisement': 9,
  'router-solicitation': 10,
  'time-exceeded': 11,
  'parameter-problem': 12,
  'timestamp-request': 13,
  'timestamp-reply': 14,
  'info-request': 15,
  'info-reply': 16,
  'address-mask-request': 17,
  'address-mask-reply': 18,
});

export const ICMP_CODE = names({
  'net-unreachable': 0,
  'host-unreachable': 1,
  'prot-unreachable': 2,
  'port-unreachable': 3,
  'frag-needed': 4,
  'net-prohibited': 9,
  'host-prohibited': 10,
  'admin-prohibited': 13,
});

export const ICMPV6_TYPE = names({
  'destination-unreachable': 1,
  'packet-too-big': 2,
  'time-exceeded': 3,
  'parameter-problem': 4,
  'echo-request': 128,
  'echo-reply': 129,
  'mld-listener-query': 130,
  'mld-listener-report': 131,
  'mld-listener-done': 132,
  'mld-listener-reduction': 132,
  'nd-router-solicit': 133,
  'nd-router-advert': 134,
  'nd-neighbor-solicit': 135,
  'nd-neighbor-advert': 136,
  'nd-redirect': 137,
  'router-renumbering': 138,
  'ind-neighbor-solicit': 141,
  'ind-neighbor-advert': 142,
  'mld2-listener-report': 143,
});

export const ICMPV6_CODE = names({
  'no-route': 0,
  'admin-prohibited': 1,
  'addr-unreachable': 3,
  'port-unreachable': 4,
  'policy-fail': 5,
  'reject-route': 6,
});

export const TCP_FLAG = names({ fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ecn: 64, cwr: 128 });

export const CT_STATE_NAME = names(CT_STATE);

/** IPS_* of linux/netfilter/nf_conntrack_common.h. */
export const CT_STATUS = names({
  expected: 1,
  'seen-reply': 2,
  assured: 4,
  confirmed: 8,
  snat: 16,
  dnat: 32,
  dying: 512,
});

export const CT_DIRECTION = names({ original: 0, reply: 1 });

export const FIB_TYPE_NAME = names(FIB_TYPE);

export const PACKET_TYPE_NAME = names({ ...PACKET_TYPE, unicast: PACKET_TYPE.host });
