import { prefixInterval } from '../address.ts';
import { CONNECTION, domain, QUESTION_FIELDS } from '../fields.ts';
import type { HostContext } from '../host.ts';
import { type Interval, type IntervalSet, normalize, single, subtract } from '../interval.ts';

export const REGION_FIELDS = ['oifname', 'iifname', ...QUESTION_FIELDS] as const;
export type RegionNumberField = (typeof QUESTION_FIELDS)[number];
export type RegionField = (typeof REGION_FIELDS)[number];

/** All packets that a question is about: mark 0, as in `packet.ts`, of new connections when it says nothing else. */
export interface Space {
  readonly direction: 'out' | 'in';
  readonly version: 4 | 6;
  /** A field that is left out may have every value. */
  readonly fields: Readonly<Partial<Record<RegionNumberField, IntervalSet>>>;
  /** Packets go out (or come in) by every interface except these. */
  readonly exceptInterfaces: readonly string[];
}

/** Networks that count as the home network, as numbers: design of the checks, "LAN"; the same list as checks/lan.ts in text. */
const LAN: Readonly<Record<4 | 6, IntervalSet>> = {
  4: normalize([
    prefixInterval(4, 0x7f000000n, 8),
    prefixInterval(4, 0x0a000000n, 8),
    prefixInterval(4, 0xac100000n, 12),
    prefixInterval(4, 0xc0a80000n, 16),
    prefixInterval(4, 0xa9fe0000n, 16),
    prefixInterval(4, 0xe0000000n, 24),
  ]),
  6: normalize([
    [1n, 1n],
    prefixInterval(6, 0xfe80n << 112n, 10),
    prefixInterval(6, 0xfc00n << 112n, 7),
    prefixInterval(6, 0xff02n << 112n, 16),
  ]),
};

/** Addresses that are not LAN: public, on-link global IPv6 and 100.64.0.0/10 too. */
export function publicAddresses(version: 4 | 6): IntervalSet {
  return subtract(domain('daddr', version), LAN[version]);
}

/** The host's own addresses; empty when the host is not known. */
export function ownAddresses(host: HostContext, version: 4 | 6): IntervalSet {
  const own = (host.interfaces ?? []).flatMap((one) =>
    one.addresses.filter((address) => address.version === version),
  );
  return normalize(own.map(({ value }): Interval => [value, value]));
}

/**
 * Every packet by which a process with one of these uids could reach a public address: any group, protocol, port, source and interface but
 * `lo`, in a connection of its own or one that another account has opened. Addresses of the host itself are among them: of a socket that is bound to an interface (SO_BINDTODEVICE, which needs no right) a
 * packet to an address of another interface leaves (fib_table_lookup in fib_trie.c, rt6_device_match in ipv6/route.c).
 * @param uids numbers of 32 bits, as interval set
 */
export function outboundSpace(version: 4 | 6, uids: IntervalSet): Space {
  return {
    direction: 'out',
    version,
    fields: {
      skuid: uids,
      daddr: publicAddresses(version),
      connection: [[CONNECTION.new, CONNECTION.ofAnother]],
    },
    exceptInterfaces: ['lo'],
  };
}

/**
 * Every packet from a public address to one address and port of the host, by any interface but `lo`.
 * @param port null for protocols without ports
 */
export function inboundSpace(version: 4 | 6, daddr: bigint, l4proto: bigint, port: number | null): Space {
  return {
    direction: 'in',
    version,
    fields: {
      saddr: publicAddresses(version),
      daddr: single(daddr),
      l4proto: single(l4proto),
      ...(port === null ? {} : { dport: single(port) }),
    },
    exceptInterfaces: ['lo'],
  };
}

const NEW = single(CONNECTION.new);

/** The values of one field that a space allows; of connections only new ones when it does not say more. */
export function allowed(space: Space, field: RegionNumberField): IntervalSet {
  return space.fields[field] ?? (field === 'connection' ? NEW : domain(field, space.version));
}
