import { prefixInterval } from '../address.ts';
import { CT_STATE, FIB_TYPE, PROTOCOL } from '../fields.ts';
import type { HostContext } from '../host.ts';
import { type Interval, type IntervalSet, normalize, single, subtract, union } from '../interval.ts';
import { ownAddresses, publicAddresses } from './space.ts';

/** A range of values of two fields for which a derived field has one value; null: every value. */
export interface ConntrackClass {
  readonly l4proto: IntervalSet;
  readonly icmpType: IntervalSet | null;
  readonly state: bigint;
}

const BYTE: IntervalSet = [[0n, 255n]];

function icmpClasses(
  protocol: bigint,
  ofOtherFamily: bigint,
  asNew: IntervalSet,
  untracked: IntervalSet,
): readonly ConntrackClass[] {
  const l4proto = single(protocol);
  const invalid = subtract(BYTE, union(asNew, untracked));
  return [
    {
      l4proto: subtract(BYTE, union(l4proto, single(ofOtherFamily))),
      icmpType: null,
      state: CT_STATE.new,
    },
    { l4proto: single(ofOtherFamily), icmpType: null, state: CT_STATE.invalid },
    { l4proto, icmpType: asNew, state: CT_STATE.new },
    { l4proto, icmpType: invalid, state: CT_STATE.invalid },
    ...(untracked.length === 0 ? [] : [{ l4proto, icmpType: untracked, state: CT_STATE.untracked }]),
  ];
}

/**
 * What connection tracking makes of the first packet of a connection: requests of ICMP begin one (echo, timestamp, information, address mask;
 * echo and node information of ICMPv6), neighbour discovery and MLD are not tracked, other ICMP out of nowhere is invalid, as is that of
 * the other family
 * (nf_conntrack_proto_icmp.c, nf_conntrack_proto_icmpv6.c: valid_new, noct_valid_new).
 */
export const CONNTRACK_CLASSES: Readonly<Record<4 | 6, readonly ConntrackClass[]>> = {
  4: icmpClasses(
    PROTOCOL.icmp,
    PROTOCOL.icmpv6,
    [
      [8n, 8n],
      [13n, 13n],
      [15n, 15n],
      [17n, 17n],
    ],
    [],
  ),
  6: icmpClasses(
    PROTOCOL.icmpv6,
    PROTOCOL.icmp,
    [
      [128n, 128n],
      [139n, 139n],
    ],
    [
      [130n, 136n],
      [143n, 143n],
    ],
  ),
};

const MULTICAST: Readonly<Record<4 | 6, IntervalSet>> = {
  4: [prefixInterval(4, 0xe0000000n, 4)],
  6: [prefixInterval(6, 0xffn << 120n, 8)],
};

/**
 * Types of addresses that are not the host's own, as `fib daddr type` sees them (fib_frontend.c: __inet_dev_addr_type).
 * @returns one set of addresses per type; addresses in none of the sets have a type that is not known
 */
export function addressTypes(
  host: HostContext,
  version: 4 | 6,
): readonly { addresses: IntervalSet; type: bigint }[] {
  const everything: IntervalSet = [[0n, (1n << (version === 4 ? 32n : 128n)) - 1n]];
  const multicast = MULTICAST[version];
  if (version === 6) {
    // An address without a route is "unreachable" to this question, so the rest is not simply unicast.
    return [
      { addresses: multicast, type: FIB_TYPE.multicast },
      { addresses: ownAddresses(host, 6), type: FIB_TYPE.local },
    ];
  }
  const known: Interval[] = [prefixInterval(4, 0n, 8), [0xffffffffn, 0xffffffffn]];
  // Kernels before 5.14 answer broadcast for the first address of a network, later ones unicast.
  const lowest: Interval[] = [];
  for (const { addresses } of host.interfaces ?? [])
    for (const { version: of, value, prefix } of addresses)
      if (of === 4 && prefix < 31) {
        const [low, high] = prefixInterval(4, value, prefix);
        known.push([high, high]);
        lowest.push([low, low]);
      }
  const broadcast = normalize(known);
  const types = [
    { addresses: multicast, type: FIB_TYPE.multicast },
    { addresses: broadcast, type: FIB_TYPE.broadcast },
  ];
  if (host.interfaces === null) return types;
  const local = union(ownAddresses(host, 4), [prefixInterval(4, 0x7f000000n, 8)]);
  const others = union(union(union(multicast, broadcast), local), normalize(lowest));
  const unicast = subtract(everything, others);
  return [
    ...types,
    { addresses: local, type: FIB_TYPE.local },
    { addresses: unicast, type: FIB_TYPE.unicast },
  ];
}

/**
 * Addresses to which a packet may go to several machines, this host among them: groups, and for IPv4 what is a broadcast, or may be one on a
 * host that is not known.
 */
export function addressesOfMany(host: HostContext, version: 4 | 6): IntervalSet {
  if (version === 6) return MULTICAST[6];
  const toOne = addressTypes(host, 4).filter(
    ({ type }) => type === FIB_TYPE.unicast || type === FIB_TYPE.local,
  );
  return toOne.reduce<IntervalSet>((rest, { addresses }) => subtract(rest, addresses), [[0n, 0xffffffffn]]);
}

/** Addresses of the home network, as targets of address translation that do not leave it. */
export function homeAddresses(version: 4 | 6): IntervalSet {
  return subtract([[0n, (1n << (version === 4 ? 32n : 128n)) - 1n]], publicAddresses(version));
}
