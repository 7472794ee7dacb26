import { type IntervalSet, subtract } from './interval.ts';

/**
 * What rules ask about a packet, in the words of nft(8). `nfproto` is 4 or 6. Addresses are numbers of 32 or 128 bits; a
 * rule that asks for one has asked for its `nfproto` before. `ctState` is one bit of `CT_STATE`, `fibDaddrType` and
 * `fibSaddrType` one number of `FIB_TYPE`, `pkttype` one of `PACKET_TYPE`. `socket` is 1 for a packet that belongs to a
 * socket of this host that a process holds, else 0, and can always be answered: xt_owner.c lets `! --uid-owner` match without one.
 * No rule asks for `connection`: 0 for the first packet of a new one, 1 in one that another account has opened (`CONNECTION`).
 */
export type NumberField =
  | 'nfproto'
  | 'saddr'
  | 'daddr'
  | 'l4proto'
  | 'sport'
  | 'dport'
  | 'icmpType'
  | 'icmpCode'
  | 'tcpFlags'
  | 'skuid'
  | 'skgid'
  | 'socket'
  | 'mark'
  | 'ctMark'
  | 'ctState'
  | 'ctDirection'
  | 'ctStatus'
  | 'connection'
  | 'fibDaddrType'
  | 'fibSaddrType'
  | 'pkttype';

/** Fields by which the packets of a question, and of a proof about them, differ; all others follow from these or from rules on the way. */
export const QUESTION_FIELDS = [
  'skuid',
  'skgid',
  'l4proto',
  'daddr',
  'dport',
  'saddr',
  'sport',
  'icmpType',
  'icmpCode',
  'connection',
] as const satisfies readonly NumberField[];

/** Interfaces are known by name; a packet that has none (no `iifname` while it goes out) has the empty name. */
export type NameField = 'iifname' | 'oifname';

export type Field = NumberField | NameField;

/** Bits of `ct state` (linux/netfilter/nf_conntrack_common.h, as nft prints them). */
export const CT_STATE = { invalid: 1n, established: 2n, related: 4n, new: 8n, untracked: 64n } as const;

/**
 * Whose connection a packet belongs to. To connection tracking a packet is known by its addresses and ports alone: an account that takes a
 * source port which another has left, and sends where that one sent, goes on in its connection (nf_conntrack_core.c, resolve_normal_ct).
 */
export const CONNECTION = { new: 0n, ofAnother: 1n } as const;

/** RTN_* of linux/rtnetlink.h, which `fib daddr type` and addrtype use. */
export const FIB_TYPE = {
  unspec: 0n,
  unicast: 1n,
  local: 2n,
  broadcast: 3n,
  anycast: 4n,
  multicast: 5n,
  blackhole: 6n,
  unreachable: 7n,
  prohibit: 8n,
  throw: 9n,
  nat: 10n,
  xresolve: 11n,
} as const;

/** PACKET_* of linux/if_packet.h. */
export const PACKET_TYPE = { host: 0n, broadcast: 1n, multicast: 2n, other: 3n } as const;

/**
 * Flags of the SYN that begins a TCP connection, as `tcp flags` sees them. A socket of this host sets no others, and with net.ipv4.tcp_ecn=1
 * asks for ECN (ECE and CWR, RFC 3168 section 6.1.1). A stranger adds what it likes: a listener takes a SYN with any of PSH, URG, ECE, CWR,
 * and none with FIN, RST or ACK (tcp_rcv_state_process in tcp_input.c).
 */
export function firstFlags(direction: 'out' | 'in' | 'forward'): readonly bigint[] {
  if (direction === 'out') return [0x02n, 0xc2n];
  return [0x02n, 0x22n, 0x42n, 0x62n, 0x82n, 0xa2n, 0xc2n, 0xe2n].flatMap((flags) => [flags, flags | 0x08n]);
}

/** Assigned protocol numbers (IANA) that rules name. */
export const PROTOCOL = {
  icmp: 1n,
  igmp: 2n,
  tcp: 6n,
  udp: 17n,
  dccp: 33n,
  gre: 47n,
  esp: 50n,
  ah: 51n,
  icmpv6: 58n,
  sctp: 132n,
  udplite: 136n,
} as const;

/** Protocols whose first four bytes are two ports. */
export const WITH_PORTS: readonly bigint[] = [
  PROTOCOL.tcp,
  PROTOCOL.udp,
  PROTOCOL.dccp,
  PROTOCOL.sctp,
  PROTOCOL.udplite,
];

const BITS: Readonly<Record<Exclude<NumberField, 'saddr' | 'daddr'>, bigint>> = {
  nfproto: 8n,
  l4proto: 8n,
  sport: 16n,
  dport: 16n,
  icmpType: 8n,
  icmpCode: 8n,
  tcpFlags: 8n,
  skuid: 32n,
  skgid: 32n,
  socket: 1n,
  mark: 32n,
  ctMark: 32n,
  ctState: 8n,
  ctDirection: 8n,
  ctStatus: 32n,
  connection: 1n,
  fibDaddrType: 8n,
  fibSaddrType: 8n,
  pkttype: 8n,
};

/**
 * Every value that a field can have.
 * @param version decides the width of an address: 32 or 128 bits
 */
export function domain(field: NumberField, version: 4 | 6): IntervalSet {
  const bits = field === 'saddr' || field === 'daddr' ? (version === 4 ? 32n : 128n) : BITS[field];
  return [[0n, (1n << bits) - 1n]];
}

/** Every value of a field that is not in `set`. */
export function complement(field: NumberField, version: 4 | 6, set: IntervalSet): IntervalSet {
  return subtract(domain(field, version), set);
}
