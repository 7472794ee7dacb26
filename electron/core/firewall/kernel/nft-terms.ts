import type { Random } from './random.ts';
import { GIDS, ICMP_TYPES, MARKS, NETWORKS, PORTS, RANGES, SOURCES, TARGETS, UIDS } from './setting.ts';

export type NftFamily = 'ip' | 'ip6' | 'inet' | 'netdev';

/** Where a rule will stand. */
export interface Place {
  readonly family: NftFamily;
  readonly hook: string | null;
}

export function addressesOf(version: 4 | 6): string[] {
  return [...new Set([...TARGETS[version].map(({ address }) => address), ...SOURCES[version]])];
}

export function versionFor(random: Random, { family }: Place): 4 | 6 {
  if (family === 'ip') return 4;
  return family === 'ip6' ? 6 : random.pick([4, 6] as const);
}

function ipWord(version: 4 | 6): string {
  return version === 4 ? 'ip' : 'ip6';
}

function values(random: Random, singles: readonly (string | number)[], ranges: readonly string[]): string {
  const kind = random.weighted({
    one: 4,
    range: ranges.length > 0 ? 2 : 0,
    set: 2,
    ranges: ranges.length > 0 ? 1 : 0,
  });
  if (kind === 'one') return `${random.pick(singles)}`;
  if (kind === 'range') return random.pick(ranges);
  if (kind === 'set') return `{ ${random.some(singles, 1, 4).join(', ')} }`;
  return `{ ${[random.pick(singles), random.pick(ranges)].join(', ')} }`;
}

function not(random: Random): string {
  return random.chance(0.25) ? '!= ' : '';
}

const PORT_RANGES = ['0-79', '80-443', '4000-7890', '20000-20040', '53-5353'];
const UID_RANGES = ['1000-1002', '1-999', '1002-65534', '100000-165535', '100001-165534', '0-1000'];

export function addressTerm(random: Random, place: Place): string {
  const version = versionFor(random, place);
  const field = random.pick(['daddr', 'daddr', 'saddr']);
  const choices = [...addressesOf(version), ...NETWORKS[version]];
  return `${ipWord(version)} ${field} ${not(random)}${addressValues(random, version, choices)}`;
}

function addressValues(random: Random, version: 4 | 6, choices: readonly string[]): string {
  const kind = random.weighted({ one: 5, range: 1, set: 2 });
  if (kind === 'one') return random.pick(choices);
  if (kind === 'range') return random.pick(RANGES[version]);
  return `{ ${random.some(addressesOf(version), 1, 4).join(', ')} }`;
}

export function portTerm(random: Random): string {
  const protocol = random.pick(['tcp', 'udp', 'udp', 'th']);
  const field = random.pick(['dport', 'dport', 'sport']);
  const guard = protocol === 'th' ? `meta l4proto { tcp, udp } ` : '';
  return `${guard}${protocol} ${field} ${not(random)}${values(random, PORTS, PORT_RANGES)}`;
}

function concatenation(random: Random, place: Place): string {
  const version = versionFor(random, place);
  const address = () => random.pick([...addressesOf(version), ...NETWORKS[version]]);
  const port = () => random.pick([...PORTS, '50-500', '4000-8000']);
  const word = ipWord(version);
  const elements = (make: () => string) => {
    const made = [...new Set(Array.from({ length: 1 + random.below(4) }, make))];
    return `{ ${made.join(', ')} }`;
  };
  const single = () => random.pick(addressesOf(version));
  return random.pick([
    () => `${word} daddr . udp dport ${not(random)}${elements(() => `${single()} . ${random.pick(PORTS)}`)}`,
    () => `${word} daddr . tcp dport ${elements(() => `${single()} . ${port()}`)}`,
    () =>
      `${word} daddr . meta l4proto ${not(random)}${elements(() => `${single()} . ${random.pick(['tcp', 'udp', 'icmp', 'ipv6-icmp'])}`)}`,
    () =>
      `meta l4proto . th dport ${elements(() => `${random.pick(['tcp', 'udp'])} . ${random.pick(PORTS)}`)}`,
    () => `${word} saddr . ${word} daddr ${elements(() => `${single()} . ${single()}`)}`,
    () => `meta mark . ${word} daddr ${elements(() => `${random.pick(MARKS)} . ${address()}`)}`,
  ])();
}

function protocolTerm(random: Random, { family }: Place): string {
  const names = ['tcp', 'udp', 'gre', 'esp', 'icmp', 'ipv6-icmp'];
  const plain = `meta l4proto ${not(random)}${random.chance(0.5) ? random.pick(names) : `{ ${random.some(names, 1, 3).join(', ')} }`}`;
  const choices = [plain];
  if (family !== 'ip6') choices.push(`ip protocol ${not(random)}${random.pick(['tcp', 'udp', 'icmp'])}`);
  if (family !== 'ip') choices.push(`ip6 nexthdr ${not(random)}${random.pick(['tcp', 'udp', 'ipv6-icmp'])}`);
  if (family === 'inet') choices.push(`meta nfproto ${random.pick(['ipv4', 'ipv6'])}`);
  if (family === 'inet') choices.push(`meta nfproto ${random.pick(['ipv4', 'ipv6'])} ${plain}`);
  if (family === 'netdev') choices.push(`meta protocol ${random.pick(['ip', 'ip6'])}`);
  return random.pick(choices);
}

function icmpTerm(random: Random, place: Place): string {
  const version = versionFor(random, place);
  const word = version === 4 ? 'icmp' : 'icmpv6';
  if (random.chance(0.15)) return `${word} code ${not(random)}0`;
  return `${word} type ${not(random)}${values(random, ICMP_TYPES[version], [])}`;
}

const INTERFACE_NAMES = ['"eth0"', '"eth1"', '"wan0"', '"lo"', '"eth*"', '"w*"', '"et*"'];

export function interfaceTerm(random: Random): string {
  const field = random.pick(['oifname', 'iifname']);
  if (random.chance(0.2))
    return `${field.slice(0, 3)} ${not(random)}${random.pick(['"lo"', '"eth0"', '"wan0"'])}`;
  if (random.chance(0.25)) return `${field} { ${random.some(INTERFACE_NAMES.slice(0, 4), 1, 3).join(', ')} }`;
  return `${field} ${not(random)}${random.pick(INTERFACE_NAMES)}`;
}

export function uidTerm(random: Random): string {
  const field = random.weighted({ skuid: 4, skgid: 1 });
  return field === 'skuid'
    ? `meta skuid ${not(random)}${values(random, UIDS, UID_RANGES)}`
    : `meta skgid ${not(random)}${values(random, GIDS, ['100-1000', '1-999'])}`;
}

function markTerm(random: Random, { family }: Place): string {
  const field = family !== 'netdev' && random.chance(0.35) ? 'ct mark' : 'meta mark';
  return random.pick([
    () => `${field} ${not(random)}${random.pick(MARKS)}`,
    () => `${field} and ${random.pick(MARKS)} ${random.pick(['==', '!='])} ${random.pick(MARKS)}`,
    () => `${field} { ${random.some(MARKS, 1, 3).join(', ')} }`,
  ])();
}

function ctTerm(random: Random): string {
  const states = ['new', 'established', 'related', 'invalid', 'untracked'];
  return random.pick([
    () => `ct state ${not(random)}${random.pick(states)}`,
    () => `ct state ${random.some(states, 2, 3).join(',')}`,
    () => `ct state { ${random.some(states, 2, 3).join(', ')} }`,
    () => `ct direction ${random.pick(['original', 'reply'])}`,
    () => `ct status ${random.pick(['dnat', 'snat', 'confirmed'])}`,
  ])();
}

function fibTerm(random: Random): string {
  const types = ['local', 'unicast', 'broadcast', 'multicast'];
  return `fib ${random.pick(['daddr', 'daddr', 'saddr'])} type ${not(random)}${random.chance(0.7) ? random.pick(types) : `{ ${random.some(types, 2, 3).join(', ')} }`}`;
}

function flagTerm(random: Random): string {
  return random.pick([
    'tcp flags syn',
    'tcp flags & (fin|syn|rst|ack) == syn',
    'tcp flags != syn',
    'tcp flags & (syn|ack) == ack',
  ]);
}

/** One match of a rule. */
export function nftTerm(random: Random, place: Place): string {
  const inNetdev = place.family === 'netdev';
  const kind = random.weighted({
    address: 6,
    port: 5,
    uid: place.hook === 'output' || place.hook === 'postrouting' || place.hook === 'egress' ? 6 : 1,
    concatenation: 2,
    protocol: 3,
    icmp: 1.5,
    interface: 3,
    mark: 3,
    ct: inNetdev ? 0 : 2,
    fib: inNetdev ? 0 : 2,
    packetType: 1,
    flags: 0.7,
    limit: 0.25,
  });
  switch (kind) {
    case 'address':
      return addressTerm(random, place);
    case 'port':
      return portTerm(random);
    case 'uid':
      return uidTerm(random);
    case 'concatenation':
      return concatenation(random, place);
    case 'protocol':
      return protocolTerm(random, place);
    case 'icmp':
      return icmpTerm(random, place);
    case 'interface':
      return interfaceTerm(random);
    case 'mark':
      return markTerm(random, place);
    case 'ct':
      return ctTerm(random);
    case 'fib':
      return fibTerm(random);
    case 'packetType':
      return `meta pkttype ${not(random)}${random.pick(['host', 'broadcast', 'multicast'])}`;
    case 'flags':
      return flagTerm(random);
    case 'limit':
      return `limit rate ${random.chance(0.3) ? 'over ' : ''}1000000/second`;
  }
}
