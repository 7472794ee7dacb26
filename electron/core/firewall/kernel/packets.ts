import type { LabPacket } from '../../hosts/testing/packet-lab.ts';
import { parseAddress } from '../address.ts';
import { WITH_PORTS } from '../fields.ts';
import type { Packet } from '../packet.ts';
import type { Random } from './random.ts';
import {
  GIDS,
  ICMP_TYPES,
  INTERFACES,
  PORTS,
  SOURCES,
  TARGETS,
  TTL_FREE_PROTOCOLS,
  UIDS,
} from './setting.ts';

/** A packet for the kernel and the same for the model. */
export interface TestPacket {
  readonly sent: LabPacket;
  readonly asked: Packet;
}

function addressOn(device: string, version: 4 | 6, local: boolean): string {
  const found = INTERFACES.find((one) => one.name === device)?.addresses.filter(
    (address) => address.includes(':') === (version === 6) && address.startsWith('fe80') === local,
  );
  return (found?.[0] ?? '').split('/')[0] ?? '';
}

function numberOf(text: string): bigint {
  const address = parseAddress(text);
  if (!address) throw new Error(`${text} is no address`);
  return address.value;
}

function isLinkLocal(text: string): boolean {
  return text.startsWith('fe80') || text.startsWith('ff');
}

function sourceFor(
  random: Random,
  version: 4 | 6,
  target: { address: string; device: string; datagrams?: boolean },
): string {
  const { address, device } = target;
  if (device === 'lo') {
    const own =
      address.startsWith('127') || address === '::1' ? (version === 4 ? '127.0.0.1' : '::1') : address;
    return random.chance(0.8) ? own : addressOn('eth0', version, false);
  }
  if (version === 6 && isLinkLocal(address)) return addressOn(device, 6, true);
  // To a group or to everybody the kernel sends by the interface of the source.
  return addressOn(
    target.datagrams || random.chance(0.85) ? device : random.pick(INTERFACES).name,
    version,
    false,
  );
}

function protocolFor(random: Random, version: 4 | 6, datagrams: boolean): number {
  const kind = random.weighted({ udp: 5, tcp: datagrams ? 0 : 3, icmp: 2, other: 0.6 });
  if (kind === 'udp') return 17;
  if (kind === 'tcp') return 6;
  return kind === 'icmp' ? (version === 4 ? 1 : 58) : random.pick(TTL_FREE_PROTOCOLS);
}

interface Shape {
  readonly direction: Packet['direction'];
  readonly version: 4 | 6;
  readonly saddr: string;
  readonly daddr: string;
  /** By which it leaves, or comes in. */
  readonly device: string;
  readonly oifname: string | undefined;
  readonly datagrams: boolean;
  readonly broadcast: boolean;
}

function packetOf(random: Random, shape: Shape, number: number): TestPacket {
  const { direction, version, saddr, daddr, device } = shape;
  const protocol = protocolFor(random, version, shape.datagrams);
  // Each packet of a batch is a connection of its own: what one leaves behind must not be met by the next.
  const sport = random.chance(0.3) ? random.pick(PORTS) : 20_000 + number;
  const dport = random.pick(PORTS);
  const uid = random.pick(UIDS);
  const gid = random.pick(GIDS);
  const icmpType = random.chance(0.55) ? (version === 4 ? 8 : 128) : random.pick(ICMP_TYPES[version]);
  const sent: LabPacket = {
    direction: direction === 'out' ? 'out' : 'in',
    version,
    protocol,
    saddr,
    daddr,
    sport,
    dport,
    icmpType,
    icmpCode: 0,
    uid,
    gid,
    device,
    broadcast: shape.broadcast,
  };
  const ports = WITH_PORTS.includes(BigInt(protocol));
  const icmp = protocol === 1 || protocol === 58;
  const asked: Packet = {
    direction,
    version,
    l4proto: BigInt(protocol),
    saddr: numberOf(saddr),
    daddr: numberOf(daddr),
    ...(ports ? { sport: BigInt(sport), dport: BigInt(dport) } : {}),
    ...(icmp ? { icmpType: BigInt(icmpType), icmpCode: 0n } : {}),
    ...(direction === 'out' ? { skuid: BigInt(uid), skgid: BigInt(gid) } : { iifname: device }),
    ...(shape.oifname === undefined ? {} : { oifname: shape.oifname }),
  };
  return { sent, asked };
}

function outgoing(random: Random, version: 4 | 6, number: number): TestPacket {
  const target = random.pick<{ address: string; device: string; datagrams?: boolean }>(TARGETS[version]);
  return packetOf(
    random,
    {
      direction: 'out',
      version,
      saddr: sourceFor(random, version, target),
      daddr: target.address,
      device: target.device,
      oifname: target.device,
      datagrams: target.datagrams ?? false,
      broadcast: false,
    },
    number,
  );
}

const GROUPS = { 4: ['224.0.0.251', '224.0.0.1', '255.255.255.255'], 6: ['ff02::fb', 'ff02::1'] } as const;

function incoming(random: Random, version: 4 | 6, number: number): TestPacket {
  const { name: device } = random.pick(INTERFACES);
  const own = addressOn(device, version, false);
  const to = random.weighted({ own: 7, other: 1, group: 1, subnet: version === 4 ? 0.5 : 0 });
  const daddr =
    to === 'own'
      ? own
      : to === 'other'
        ? addressOn(random.pick(INTERFACES).name, version, false)
        : to === 'subnet'
          ? own.replace(/\d+$/, '255')
          : random.pick(GROUPS[version]);
  const broadcast = to === 'subnet' || daddr === '255.255.255.255';
  const datagrams = to === 'group' || to === 'subnet';
  return packetOf(
    random,
    {
      direction: 'in',
      version,
      saddr: random.pick(SOURCES[version]),
      daddr,
      device,
      oifname: undefined,
      datagrams,
      broadcast,
    },
    number,
  );
}

function forwarded(random: Random, version: 4 | 6, number: number): TestPacket {
  const targets = TARGETS[version].filter(
    (target) => target.device !== 'lo' && !('datagrams' in target) && !isLinkLocal(target.address),
  );
  const target = random.pick(targets);
  return packetOf(
    random,
    {
      direction: 'forward',
      version,
      saddr: random.pick(SOURCES[version]),
      daddr: target.address,
      device: random.pick(INTERFACES).name,
      oifname: target.device,
      datagrams: false,
      broadcast: false,
    },
    number,
  );
}

/** Packets of which no two belong to one connection. */
export function randomPackets(random: Random, count: number, onlyVersion: 4 | 6 | null = null): TestPacket[] {
  const packets: TestPacket[] = [];
  const tuples = new Set<string>();
  while (packets.length < count) {
    const version = onlyVersion ?? (random.chance(0.5) ? 4 : 6);
    const make = { out: outgoing, in: incoming, forward: forwarded }[
      random.weighted({ out: 6, in: 2.5, forward: 1.5 })
    ];
    const packet = make(random, version, packets.length);
    const { protocol, saddr, daddr, sport, dport } = packet.sent;
    // ICMP and other protocols without ports are told apart by their addresses alone.
    const tuple = [
      protocol,
      ...[saddr, daddr].sort(),
      ...(protocol === 6 || protocol === 17 ? [sport, dport].sort() : []),
    ].join();
    if (tuples.has(tuple)) continue;
    tuples.add(tuple);
    packets.push(packet);
  }
  return packets;
}
