import { formatAddress, prefixInterval } from '../address.ts';
import { FIB_TYPE, PACKET_TYPE } from '../fields.ts';
import type { HostContext } from '../host.ts';
import { contains, type IntervalSet, normalize } from '../interval.ts';
import { type Known, name, number, oneOf, someInterface } from './known.ts';

const LOOPBACK4 = prefixInterval(4, 127n << 24n, 8);

/** 127.0.0.0/8 and ::1. */
export function isLoopback(version: 4 | 6, address: bigint): boolean {
  return version === 4 ? address >= LOOPBACK4[0] && address <= LOOPBACK4[1] : address === 1n;
}

/** 224.0.0.0/4 and ff00::/8. */
export function isMulticast(version: 4 | 6, address: bigint): boolean {
  return version === 4 ? address >> 28n === 0xen : address >> 120n === 0xffn;
}

function ownOf(host: HostContext, version: 4 | 6) {
  return (host.interfaces ?? [])
    .flatMap((one) => one.addresses)
    .filter((address) => address.version === version);
}

/** Every address that packets made here can have as their source; null when the host is not known. */
export function ownAddresses(host: HostContext, version: 4 | 6): IntervalSet | null {
  if (host.interfaces === null) return null;
  return normalize([
    version === 4 ? LOOPBACK4 : [1n, 1n],
    ...ownOf(host, version).map(({ value }) => [value, value] as const),
  ]);
}

/** Whether an address is one of the host's own; null when the host is not known. */
export function isOwn(host: HostContext, version: 4 | 6, address: bigint): boolean | null {
  if (isLoopback(version, address)) return true;
  if (isMulticast(version, address)) return false;
  return host.interfaces === null ? null : ownOf(host, version).some(({ value }) => value === address);
}

/** IPv4 broadcast as inet_addr_type answers it: 0.0.0.0/8, 255.255.255.255, the last address of a connected network. */
function broadcastType(host: HostContext, address: bigint): Known | null {
  if (address >> 24n === 0n || address === 0xffff_ffffn) return number(FIB_TYPE.broadcast);
  const either = numbersOf(FIB_TYPE.unicast, FIB_TYPE.broadcast);
  if (host.interfaces === null)
    return oneOf(
      either,
      [],
      `whether ${formatAddress(4, address)} is a broadcast address of the host is not known`,
    );
  for (const own of ownOf(host, 4)) {
    const [low, high] = prefixInterval(4, own.value, own.prefix);
    if (own.prefix >= 31) continue;
    if (address === high) return number(FIB_TYPE.broadcast);
    // Kernels before 5.14 answer broadcast for the first address of a network too.
    if (address === low) return oneOf(either, [], 'kernels differ about the first address of a network');
  }
  return null;
}

/**
 * `fib daddr type` or `fib saddr type` (nft_fib_ipv4.c, nft_fib_ipv6.c, xt_addrtype.c) of an address that is not the host's own.
 */
export function foreignType(host: HostContext, version: 4 | 6, address: bigint): Known {
  if (isMulticast(version, address)) return number(FIB_TYPE.multicast);
  if (version === 4) return broadcastType(host, address) ?? number(FIB_TYPE.unicast);
  return type6(host, address);
}

function numbersOf(...values: readonly bigint[]): IntervalSet {
  return normalize(values.map((value) => [value, value]));
}

/** Without a route the answer is unreachable, and the first address of a router's own network is anycast. */
function type6(host: HostContext, address: bigint): Known {
  const { unicast, anycast, blackhole, unreachable, prohibit } = FIB_TYPE;
  if (host.routes !== null && host.interfaces !== null) {
    const route = routeTo(host, 6, address);
    const first = ownOf(host, 6).some(({ value, prefix }) => prefixInterval(6, value, prefix)[0] === address);
    if (route === null) return number(unreachable);
    if (route.oifname !== null && !first) return number(unicast);
  }
  return oneOf(
    numbersOf(unicast, anycast, blackhole, unreachable, prohibit),
    [],
    `what the host's routes say about ${formatAddress(6, address)} is not known`,
  );
}

/**
 * Whom the frame of a packet from outside is for, as the driver tells. What is not known to be broadcast is for the host: a
 * question about `in` says that the packet comes in for one of the host's own addresses.
 */
export function frameType(host: HostContext, { version, daddr }: { version: 4 | 6; daddr: bigint }): bigint {
  if (isMulticast(version, daddr)) return PACKET_TYPE.multicast;
  const type = version === 6 || isOwn(host, 4, daddr) ? null : foreignType(host, 4, daddr);
  return type?.kind === 'number' && type.value === FIB_TYPE.broadcast
    ? PACKET_TYPE.broadcast
    : PACKET_TYPE.host;
}

/** The longest prefix that holds an address, among routes and connected networks; null when there is none. */
function routeTo(host: HostContext, version: 4 | 6, address: bigint): { oifname: string | null } | null {
  const connected = (host.interfaces ?? []).flatMap((one) =>
    one.addresses.map((own) => ({ ...own, oifname: one.name })),
  );
  let best: { prefix: number; oifname: string | null } | null = null;
  for (const route of [...connected, ...(host.routes ?? [])]) {
    if (route.version !== version) continue;
    const [low, high] = prefixInterval(version, route.value, route.prefix);
    if (low <= address && address <= high && (best === null || route.prefix > best.prefix)) best = route;
  }
  return best;
}

function isLinkLocal6(address: bigint): boolean {
  return address >> 118n === 0x3fan;
}

/**
 * The address of an interface that `masquerade` and an incoming `redirect` translate to, for a packet to `daddr`: one on the
 * network of `daddr`, else any (inet_select_addr), and for IPv6 one of the scope of `daddr` (ipv6_dev_get_saddr).
 */
export function addressOf(host: HostContext, version: 4 | 6, device: Known, daddr: Known): Known {
  const why = 'which address of the interface it is translated to is not known';
  const found = device.kind === 'name' ? host.interfaces?.find((one) => one.name === device.name) : undefined;
  const own = (found?.addresses ?? []).filter(
    (one) => one.version === version && !isLoopback(version, one.value),
  );
  // Of lo no address is taken, but one of another interface.
  if (own.length === 0) return oneOf(found ? ownAddresses(host, version) : null, [], why);
  if (daddr.kind !== 'number') return oneOf(numbersOf(...own.map(({ value }) => value)), [], why);
  const near = own.filter(({ value, prefix }) =>
    version === 4
      ? contains([prefixInterval(4, value, prefix)], daddr.value)
      : isLinkLocal6(value) === (isLinkLocal6(daddr.value) || daddr.value >> 112n === 0xff02n),
  );
  return oneOf(numbersOf(...(near.length > 0 ? near : own).map(({ value }) => value)), [], why);
}

/** The interface by which packets leave for an address that is not the host's own. Rules of policy routing are not looked at. */
export function interfaceTo(host: HostContext, version: 4 | 6, daddr: Known): Known {
  const route = daddr.kind === 'number' && host.routes !== null ? routeTo(host, version, daddr.value) : null;
  return route?.oifname
    ? name(route.oifname)
    : someInterface('oifname', 'by which interface the host sends the packet on is not known');
}
