import type { WireIdentity } from '#shared/domain/helper/isolate.ts';

/** Most addresses, and most hardware addresses, that a node is believed to have because it says so. */
export const MOST_CLAIMED = 8;
/** Most of each that fits into one order to a peer. */
export const MOST_SENT = 64;

/** One machine as this console knows it. */
export interface KnownMachine {
  node: string;
  name: string;
  /** The address by which it is reached now; null: it is this computer, or no name server says one. */
  reached: string | null;
  /** The operator wrote that address down; false: somebody on the network answered it for a name. */
  isLiteral: boolean;
  /** It is this computer. */
  isLocal: boolean;
  /** Fingerprints of its confirmed host keys. */
  keys: readonly string[];
  /** What it says of itself, now or at its last look. A proposal, nothing more. */
  claims: WireIdentity;
  /** What its own neighbour table has: which address is at which hardware address. */
  neighbours: readonly { address: string; mac: string }[];
}

/** What this computer knows of the network without asking any node. */
export interface ConsolePlace {
  own: WireIdentity;
  gateways: readonly string[];
  nameservers: readonly string[];
  neighbours: readonly { address: string; mac: string }[];
}

/** Who a node is on the wire, and who must not be taken for it. */
export interface WhoItIs {
  /** Other entries of the list that are the same machine: they are no peers of it. */
  same: string[];
  /** Entries that may be the same machine, by their host key: asked as peers, counted for less, and spared by nobody. */
  alike: string[];
  /** What this console knows by itself. */
  certain: WireIdentity;
  /** What peers are told to drop: `certain`, and what it claims as far as nothing speaks against that. */
  target: WireIdentity;
  /** Who everybody else is: dropped by nobody. Never anything of `certain`. */
  spares: WireIdentity;
  /** What it claims and is not believed to have, one sentence each. */
  notTaken: string[];
  /** Addresses that others are reached by and that do not fit into one order any more. */
  sparesLeftOut: string[];
}

/** One writing for each address (RFC 5952), without a zone. */
export function plainAddress(address: string): string {
  const bare = address.split('%')[0] ?? '';
  if (!bare.includes(':')) return bare;
  try {
    const plain = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
    // ::ffff:a.b.c.d of RFC 4291, 2.5.5.2, as two groups of hexadecimal digits.
    const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(plain);
    if (mapped === null) return plain;
    const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)];
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  } catch {
    return bare;
  }
}

/** Loopback, group and unspecified addresses (RFC 6890, RFC 5771, RFC 4291): nobody's own on a wire. */
const isNobodys = (address: string): boolean =>
  /^(0|127|22[4-9]|23\d|255)\./.test(address) || address === '::' || address === '::1' || /^ff/.test(address);

/** Two entries of the list with one address: one machine, as far as anybody can tell. */
export function isSameMachine(one: KnownMachine, other: KnownMachine): boolean {
  if (one.isLocal || other.isLocal) return one.isLocal && other.isLocal;
  if (one.reached === null || other.reached === null) return false;
  const reached = plainAddress(one.reached);
  if (reached !== plainAddress(other.reached) || isNobodys(reached)) return false;
  // Who answers for a name may answer what it likes; keys that differ say that these are two.
  const areTwo = one.keys.length > 0 && other.keys.length > 0 && !isAlike(one, other);
  return !areTwo || (one.isLiteral && other.isLiteral);
}

/** Whether two have a host key in common: one machine at two addresses, or one that was copied from the disk of the other. */
export const isAlike = (one: KnownMachine, other: KnownMachine): boolean =>
  one.keys.some((key) => other.keys.includes(key));

/**
 * Who a node is on the wire. What this console knows by itself stands above everything that any node says: an isolated node is not let out because
 * another one claims its address, and another one is not cut off because the isolated one claims its.
 * @param before what was found when it was ordered: what was certain stays so, and what was dropped does not count as claimed anew
 */
export function whoIsIt(
  target: KnownMachine,
  all: readonly KnownMachine[],
  place: ConsolePlace,
  before: Pick<WhoItIs, 'certain' | 'target'> = { certain: NOBODY, target: NOBODY },
): WhoItIs {
  const listed = all.filter(({ node }) => node !== target.node);
  const same = listed.filter((other) => isSameMachine(target, other));
  const alike = listed.filter((other) => !same.includes(other) && isAlike(target, other));
  const others = listed.filter((other) => !same.includes(other) && !alike.includes(other));
  const reachedBy = new Map(
    others.flatMap((other) =>
      other.reached === null ? [] : [[plainAddress(other.reached), other] as const],
    ),
  );
  const home = homeOf(place, target.isLocal);
  const addresses = certainAddresses(target, others, place, home, before.certain);
  for (const address of addresses) home.delete(address);
  const homeMacs = new Map<string, string>();
  for (const [address, whose] of home) for (const mac of macsAt(place, address)) homeMacs.set(mac, whose);
  if (!target.isLocal) for (const mac of place.own.macs) homeMacs.set(mac, THIS_COMPUTER);
  const otherMacs = new Set(
    [...reachedBy.keys()].flatMap((one) => (addresses.includes(one) ? [] : macsAt(place, one))),
  );
  const macs = target.isLocal ? place.own.macs : addresses.flatMap((address) => macsAt(place, address));
  const certain = limited(
    addresses,
    // A gateway or a repeater that answers for others, too (proxy ARP, RFC 1027), is not the node.
    [...before.certain.macs, ...macs].filter((mac) => !homeMacs.has(mac) && !otherMacs.has(mac)),
  );
  // The more is known of it, the later it is set: what this computer knows stands above what a node says.
  const whose = new Map<string, string>();
  for (const { name, claims } of others)
    for (const one of [...claims.addresses.map(plainAddress), ...claims.macs])
      whose.set(one, `${name} has it`);
  for (const [address, { name }] of reachedBy)
    if (!addresses.includes(address))
      for (const one of [address, ...macsAt(place, address)]) whose.set(one, `${name} is reached by it`);
  for (const [one, words] of [...home, ...homeMacs]) whose.set(one, words);
  for (const known of [...certain.addresses, ...certain.macs]) whose.delete(known);
  const seen = seenAt(target, all, certain);
  const { taken, notTaken } = claimsOf(target, certain, whose, seen, before.target);
  const claimed = (kind: keyof WireIdentity) => others.flatMap(({ claims }) => claims[kind]);
  const isSpared = (one: string) => whose.has(one);
  const spared = unique(
    [...home.keys(), ...reachedBy.keys(), ...claimed('addresses').map(plainAddress)].filter(isSpared),
  );
  const sparedMacs = unique([
    ...homeMacs.keys(),
    ...[...reachedBy.keys()].flatMap((address) => macsAt(place, address)),
    // One says that it has what others see at the address of the node: each peer believes its own eyes.
    ...claimed('macs').filter((mac) => !seen.includes(mac)),
  ]).filter(isSpared);
  return {
    same: same.map(({ node }) => node),
    alike: alike.map(({ node }) => node),
    certain,
    target: taken,
    spares: { addresses: spared.slice(0, MOST_SENT), macs: sparedMacs.slice(0, MOST_SENT) },
    notTaken: notTaken.slice(0, MOST_SENT),
    sparesLeftOut: spared.slice(MOST_SENT).filter((one) => reachedBy.has(one)),
  };
}

export const NOBODY: WireIdentity = { macs: [], addresses: [] };

const THIS_COMPUTER = 'this computer has it';

/** What must go on for everybody: this computer, the way out of the house, and names. */
function homeOf(place: ConsolePlace, isLocal: boolean): Map<string, string> {
  const home = new Map<string, string>();
  const add = (addresses: readonly string[], words: string) => {
    for (const address of addresses.map(plainAddress))
      if (!home.has(address) && !isNobodys(address)) home.set(address, words);
  };
  if (!isLocal) add(place.own.addresses, THIS_COMPUTER);
  add(place.gateways, 'the gateway has it');
  add(place.nameservers, 'a name server has it');
  return home;
}

const macsAt = ({ neighbours }: ConsolePlace, wanted: string): string[] =>
  neighbours.flatMap(({ address, mac }) => (plainAddress(address) === wanted ? [mac] : []));

function certainAddresses(
  target: KnownMachine,
  others: readonly KnownMachine[],
  place: ConsolePlace,
  home: ReadonlyMap<string, string>,
  before: WireIdentity,
): string[] {
  if (target.isLocal) return place.own.addresses.map(plainAddress);
  const known = before.addresses.map(plainAddress);
  const reached = target.reached === null ? null : plainAddress(target.reached);
  if (reached === null || isNobodys(reached)) return known;
  // A name that is answered with the address of somebody else proves nothing about who has that address.
  const isElses =
    !target.isLiteral &&
    (home.has(reached) || others.some((one) => one.isLiteral && plainAddress(one.reached ?? '') === reached));
  // A container of this computer, for one: this computer is dropped by nobody.
  const isHere = place.own.addresses.some((own) => plainAddress(own) === reached);
  return unique([...known, ...(isElses || isHere ? [] : [reached])]);
}

/** @returns hardware addresses that others see at the addresses of a node, by their neighbour tables */
function seenAt(target: KnownMachine, all: readonly KnownMachine[], certain: WireIdentity): string[] {
  return all
    .filter(({ node }) => node !== target.node)
    .flatMap(({ neighbours }) => neighbours)
    .filter(({ address }) => certain.addresses.includes(plainAddress(address)))
    .map(({ mac }) => mac);
}

/** What it says, and what its peers' neighbour tables say of it, as far as nothing speaks against that. */
function claimsOf(
  target: KnownMachine,
  certain: WireIdentity,
  whose: ReadonlyMap<string, string>,
  seen: readonly string[],
  before: WireIdentity,
): { taken: WireIdentity; notTaken: string[] } {
  const notTaken: string[] = [];
  const take = (kind: keyof WireIdentity): string[] => {
    const claimed = unique(target.claims[kind].map(kind === 'addresses' ? plainAddress : String));
    const free = claimed.filter((one) => {
      if (certain[kind].includes(one)) return false;
      const isOne = kind === 'macs' || !isNobodys(one);
      const why = isOne ? whose.get(one) : 'it is no address of one machine';
      if (why !== undefined) notTaken.push(`${one} is not dropped, though ${target.name} claims it: ${why}.`);
      return why === undefined;
    });
    const known = [...before[kind], ...(kind === 'macs' ? seen : [])].filter((one) => !whose.has(one));
    const fresh = free.filter((one) => !known.includes(one));
    const room = Math.max(
      0,
      MOST_CLAIMED - before[kind].filter((one) => !certain[kind].includes(one)).length,
    );
    for (const one of fresh.slice(room))
      notTaken.push(`${one} is not dropped: ${target.name} claims more than ${MOST_CLAIMED} of its kind.`);
    return unique([...certain[kind], ...known, ...fresh.slice(0, room)]).slice(0, MOST_SENT);
  };
  return { taken: { addresses: take('addresses'), macs: take('macs') }, notTaken };
}

const unique = (all: readonly string[]): string[] => [...new Set(all)];
const limited = (addresses: readonly string[], macs: readonly string[]): WireIdentity => ({
  addresses: unique(addresses).slice(0, MOST_SENT),
  macs: unique(macs).slice(0, MOST_SENT),
});
