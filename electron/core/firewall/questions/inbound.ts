import { prefixInterval } from '../address.ts';
import { domain, PROTOCOL } from '../fields.ts';
import type { HostContext } from '../host.ts';
import { contains, type Interval, type IntervalSet, normalize, single, subtract } from '../interval.ts';
import type { Packet } from '../packet.ts';
import { ownAddresses, publicAddresses, type Space } from '../prove/space.ts';
import { WELL_KNOWN } from '../prove/telling.ts';
import { type Answer, ask, type Rules } from './ask.ts';

/** One address and port of the host, and the interface that has the address. */
export interface Target {
  readonly version: 4 | 6;
  readonly daddr: bigint;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly iifname: string;
}

/** Networks of the home that the host is connected to, by every interface but those of `except` (a VPN is not the home). */
export function homeNetworks(host: HostContext, version: 4 | 6, except: ReadonlySet<string>): IntervalSet {
  const outside = publicAddresses(version);
  const networks = (host.interfaces ?? [])
    .filter(({ name }) => name !== 'lo' && !except.has(name))
    .flatMap(({ addresses }) => addresses)
    .filter((address) => address.version === version)
    .map(({ value, prefix }): Interval => prefixInterval(version, value, prefix));
  return subtract(normalize(networks), outside);
}

/** Addresses in these networks that a machine can have: in IPv4 neither the first nor the last (RFC 1122 section 3.2.1.3). */
export function machinesIn(host: HostContext, version: 4 | 6, networks: IntervalSet): IntervalSet {
  if (version === 6) return networks;
  const ends = (host.interfaces ?? []).flatMap(({ addresses }) =>
    addresses.flatMap((address): Interval[] => {
      if (address.version !== 4 || address.prefix > 30) return [];
      const [low, high] = prefixInterval(4, address.value, address.prefix);
      return [
        [low, low],
        [high, high],
      ];
    }),
  );
  return subtract(networks, normalize(ends));
}

const SOME_PORT = 40_000n;

function firstOf(set: IntervalSet): bigint | undefined {
  const [first] = set;
  return first === undefined ? undefined : first[1] > first[0] ? first[0] + 1n : first[0];
}

/** The first packet of a connection from outside. */
export function packetIn({ version, daddr, protocol, port, iifname }: Target, saddr: bigint): Packet {
  const l4proto = PROTOCOL[protocol];
  return { direction: 'in', version, daddr, saddr, l4proto, dport: BigInt(port), sport: SOME_PORT, iifname };
}

/**
 * Can a packet from one of these addresses get to a port of the host, or to what translation puts behind it?
 * @param sources addresses of senders
 */
export function askInbound(rules: Rules, target: Target, sources: IntervalSet): Answer {
  const { version, daddr, protocol, port } = target;
  const saddr = subtract(sources, ownAddresses(rules.host, version));
  const sender = contains(saddr, WELL_KNOWN[version]) ? WELL_KNOWN[version] : firstOf(saddr);
  if (sender === undefined) return { kind: 'closed', sample: null, proof: null };
  const l4proto = PROTOCOL[protocol];
  const space: Space = {
    direction: 'in',
    version,
    fields: { saddr, daddr: single(daddr), l4proto: single(l4proto), dport: single(port) },
    exceptInterfaces: ['lo'],
  };
  return ask(rules, space, packetIn(target, sender));
}

/** Every address. */
export function everywhere(version: 4 | 6): IntervalSet {
  return domain('saddr', version);
}
