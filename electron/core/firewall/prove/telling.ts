import { CONNECTION, PROTOCOL, WITH_PORTS } from '../fields.ts';
import { contains, type IntervalSet } from '../interval.ts';
import type { Packet } from '../packet.ts';
import type { Question } from './compile.ts';
import { intersectRanks, type RankSet } from './rank-set.ts';
import { SOME } from './ranks.ts';
import type { Region } from './region.ts';
import { allowed, REGION_FIELDS, type RegionField, type RegionNumberField } from './space.ts';

/** Addresses that everybody knows to be on the internet: the public resolvers of Google. */
export const WELL_KNOWN: Readonly<Record<4 | 6, bigint>> = {
  4: 0x08080808n,
  6: 0x20014860_48600000_00000000_00008888n,
};

/** A part of the question that makes a telling counter-example. */
export interface Telling {
  readonly fields: Readonly<Partial<Record<RegionNumberField, bigint>>>;
}

/**
 * Web, name service, ping; to a well-known address first. In connections of other accounts name service is first: a socket for datagrams goes
 * on in one without ado.
 */
export function tellings(version: 4 | 6, anyAddress: boolean, isOfAnother: boolean): readonly Telling[] {
  const connection = isOfAnother ? CONNECTION.ofAnother : CONNECTION.new;
  const daddr = anyAddress ? {} : { daddr: WELL_KNOWN[version] };
  const echo =
    version === 4 ? { l4proto: PROTOCOL.icmp, icmpType: 8n } : { l4proto: PROTOCOL.icmpv6, icmpType: 128n };
  const web = { fields: { ...daddr, connection, l4proto: PROTOCOL.tcp, dport: 443n } };
  const names = { fields: { ...daddr, connection, l4proto: PROTOCOL.udp, dport: 53n } };
  const ping = { fields: { ...daddr, connection, ...echo, icmpCode: 0n } };
  return isOfAnother ? [names, web, ping] : [web, names, ping];
}

/** Interfaces by which the host reaches everything, then all others; empty when no route is known. */
export function interfacesFirst({ host, space }: Question): readonly string[] {
  const routes = (host.routes ?? []).filter((route) => route.version === space.version && route.prefix === 0);
  const names = routes.flatMap((route) => (route.oifname === null ? [] : [route.oifname]));
  return [...new Set([...names, ...(host.interfaces ?? []).map((one) => one.name)])].filter(
    (name) => !space.exceptInterfaces.includes(name),
  );
}

const indexOf = (field: RegionField): number => REGION_FIELDS.indexOf(field);

/**
 * The part of a box in which some fields have one value (or lie in the same piece as it).
 * @returns null when there is none
 */
export function narrowed(
  { ranks }: Question,
  box: readonly RankSet[],
  { fields }: Telling,
): readonly RankSet[] | null {
  const narrow = [...box];
  for (const [field, value] of Object.entries(fields) as [RegionNumberField, bigint][]) {
    const at = indexOf(field);
    const rank = ranks.rankOf(at, value);
    const set = intersectRanks(narrow[at] as RankSet, [rank, rank]);
    if (set.length === 0) return null;
    narrow[at] = set;
  }
  return narrow;
}

/** A box whose packets use one interface. */
export function throughInterface(
  { ranks, space }: Question,
  box: readonly RankSet[],
  name: string,
): readonly RankSet[] | null {
  const at = indexOf(space.direction === 'out' ? 'oifname' : 'iifname');
  const set = intersectRanks(box[at] as RankSet, ranks.names([name]));
  if (set.length === 0) return null;
  return box.map((one, index) => (index === at ? set : one));
}

/** Whether all packets of a region are in connections that other accounts have opened. */
export function isOfAnother({ ranks }: Question, { box }: Region): boolean {
  const [first] = ranks.values(indexOf('connection'), box[indexOf('connection')] as RankSet);
  return first?.[0] === CONNECTION.ofAnother;
}

function pick(set: IntervalSet, wanted: readonly bigint[]): bigint {
  return wanted.find((value) => contains(set, value)) ?? set[0]?.[0] ?? 0n;
}

/**
 * The packet of a region that says most to a person.
 * @param complete whether to give every field, also those that no rule asks for
 * @param uid whose packet it should be, when the region has it
 */
export function packetOf(question: Question, region: Region, complete: boolean, uid: bigint | null): Packet {
  const { space, ranks } = question;
  const { version, direction } = space;
  const set = (field: RegionNumberField): IntervalSet =>
    ranks.values(indexOf(field), region.box[indexOf(field)] as RankSet);
  const isWhole = (field: RegionNumberField): boolean => {
    const [range, more] = set(field);
    const [whole] = allowed({ ...space, fields: {} }, field);
    return more === undefined && range?.[0] === whole?.[0] && range?.[1] === whole?.[1];
  };
  const l4proto = pick(set('l4proto'), [
    PROTOCOL.tcp,
    PROTOCOL.udp,
    version === 4 ? PROTOCOL.icmp : PROTOCOL.icmpv6,
  ]);
  const isIcmp = l4proto === PROTOCOL.icmp || l4proto === PROTOCOL.icmpv6;
  const hasPorts = WITH_PORTS.includes(l4proto);
  const optional = (field: RegionNumberField, wanted: readonly bigint[]) =>
    complete || !isWhole(field) ? pick(set(field), wanted) : undefined;
  const own = (question.host.interfaces ?? []).flatMap((one) =>
    one.addresses.filter((address) => address.version === version).map((address) => address.value),
  );
  const ports = l4proto === PROTOCOL.udp ? [53n, 443n, 123n] : [443n, 80n, 53n, 22n];
  const skuid = direction === 'out' ? pick(set('skuid'), uid === null ? [] : [uid]) : undefined;
  const daddr = pick(set('daddr'), [WELL_KNOWN[version]]);
  const interfaceName = interfaceOf(question, region, complete, daddr);
  return {
    direction,
    version,
    l4proto,
    daddr,
    saddr: direction === 'in' ? pick(set('saddr'), [WELL_KNOWN[version]]) : optional('saddr', own),
    ...(hasPorts && { dport: pick(set('dport'), ports), sport: optional('sport', [40_000n]) }),
    ...(isIcmp && {
      icmpType: pick(set('icmpType'), [version === 4 ? 8n : 128n]),
      icmpCode: pick(set('icmpCode'), [0n]),
    }),
    ...(direction === 'out' && { skuid, skgid: optional('skgid', skuid === undefined ? [] : [skuid]) }),
    ...(direction === 'out' ? { oifname: interfaceName } : { iifname: interfaceName }),
    ...(isOfAnother(question, region) && { connection: 'ofAnother' as const }),
  };
}

/** Interfaces that have an address: from a socket that is bound to one of them a packet to it stays on the host, from others it leaves. */
function ownersOf({ host, space }: Question, daddr: bigint): ReadonlySet<string> {
  if (space.direction !== 'out') return new Set();
  const owners = (host.interfaces ?? []).filter(({ addresses }) =>
    addresses.some(({ version, value }) => version === space.version && value === daddr),
  );
  return new Set(owners.map(({ name }) => name));
}

/** Whether a packet never leaves: it is for an address of the very interface that it should leave by (fib_table_lookup in fib_trie.c). */
export function staysHome(question: Question, { daddr, oifname }: Packet): boolean {
  return oifname !== undefined && ownersOf(question, daddr).has(oifname);
}

function interfaceOf(
  question: Question,
  region: Region,
  complete: boolean,
  daddr: bigint,
): string | undefined {
  const { ranks, space } = question;
  const owners = ownersOf(question, daddr);
  const set = region.box[indexOf(space.direction === 'out' ? 'oifname' : 'iifname')] as RankSet;
  const names: string[] = [];
  for (let at = 0; at < set.length; at += 2)
    names.push(...ranks.nameOf.slice(set[at] as number, (set[at + 1] as number) + 1));
  const others = names.filter((name) => !owners.has(name));
  const known = interfacesFirst(question).find((name) => others.includes(name));
  if (known !== undefined) return known;
  if (owners.size === 0 && !complete && names.length >= ranks.nameOf.length - space.exceptInterfaces.length)
    return undefined;
  const [name = SOME] = (others.length > 0 ? others : names).toSorted(
    (a, b) => Number(a.endsWith(SOME)) - Number(b.endsWith(SOME)),
  );
  return name.endsWith(SOME) ? freeName(name.slice(0, -SOME.length), ranks.nameOf) : name;
}

/** A name that begins so and is no other piece: `eth0`, `eth1`, …; for any other name `other0`. */
function freeName(prefix: string, taken: readonly string[]): string {
  const begin = prefix === '' ? 'other' : prefix;
  for (let number = 0; ; number += 1) if (!taken.includes(`${begin}${number}`)) return `${begin}${number}`;
}
