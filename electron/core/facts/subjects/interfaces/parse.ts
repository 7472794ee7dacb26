import { z } from 'zod';
import type { InterfaceFact, InterfaceFacts } from '#shared/domain/facts/network.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import { gapOf } from '../../script/outcome.ts';
import { kindOf } from './kind.ts';

/** What /sys/class/net says of one interface (Documentation/ABI/testing/sysfs-class-net), as text. */
export interface SysfsEntry {
  name: string;
  /** Found by files: `wifi`, `bridge`, `vpn`, `device` (real hardware), or empty. */
  kind: string;
  flags: string;
  carrier: string;
  mac: string;
  receivedBytes: string;
  sentBytes: string;
}

const name = z.string().max(256);
const count = z.object({ bytes: z.number().min(0) }).optional();

/** One element of `ip -j -d -s address` (ip-address(8)); fields that are not needed are not read. */
const link = z.object({
  ifname: name,
  flags: z.array(name).max(64),
  link_type: name.optional(),
  address: name.optional(),
  master: name.optional(),
  linkinfo: z.object({ info_kind: name.optional() }).optional(),
  addr_info: z
    .array(
      z.object({
        family: name,
        local: name.optional(),
        prefixlen: z.int().min(0).max(128).optional(),
        scope: name.optional(),
      }),
    )
    .max(4_096)
    .optional(),
  stats64: z.object({ rx: count, tx: count }).optional(),
});

const route = z.object({ dst: name, gateway: name.optional(), dev: name.optional(), type: name.optional() });

function readList<T>(bytes: Buffer | undefined, item: z.ZodType<T>): T[] | null {
  if (!bytes || bytes.length === 0) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (!Array.isArray(value)) return null;
    return value.slice(0, 16_384).flatMap((entry) => {
      const checked = item.safeParse(entry);
      return checked.success ? [checked.data] : []; // `ip -j` prints empty objects for what a filter left out
    });
  } catch {
    return null;
  }
}

function toNumber(text: string): number | null {
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}

const ZERO_MAC = '00:00:00:00:00:00';

function fromLink(entry: z.infer<typeof link>, sysfs: SysfsEntry | undefined): InterfaceFact {
  const carrier = sysfs?.carrier === '1' ? true : sysfs?.carrier === '0' ? false : null;
  const isUp = entry.flags.includes('UP');
  return {
    name: entry.ifname,
    kind: kindOf({
      name: entry.ifname,
      linkType: entry.link_type ?? '',
      infoKind: entry.linkinfo?.info_kind ?? '',
      sysfs: sysfs?.kind ?? '',
      enslaved: entry.master !== undefined,
    }),
    up: isUp && carrier !== false,
    carrier,
    mac: entry.address && entry.address !== ZERO_MAC ? entry.address : null,
    master: entry.master ?? null,
    addresses: (entry.addr_info ?? [])
      .filter((address) => address.local !== undefined && /^inet6?$/.test(address.family))
      .slice(0, 256)
      .map((address) => ({
        family: address.family === 'inet6' ? 6 : 4,
        address: address.local ?? '',
        prefix: address.prefixlen ?? (address.family === 'inet6' ? 128 : 32),
        scope: address.scope ?? '',
      })),
    receivedBytes: entry.stats64?.rx?.bytes ?? toNumber(sysfs?.receivedBytes ?? ''),
    sentBytes: entry.stats64?.tx?.bytes ?? toNumber(sysfs?.sentBytes ?? ''),
  };
}

/** /proc/net/if_inet6: address, index, prefix, scope, flags, name; all but the name in hex. */
function inet6Addresses(text: string, name: string): InterfaceFact['addresses'] {
  const scopes: Record<string, string> = { '00': 'global', '10': 'host', '20': 'link', '40': 'site' };
  return text.split('\n').flatMap((line) => {
    const match = /^([0-9a-f]{32}) [0-9a-f]+ ([0-9a-f]{2}) ([0-9a-f]{2}) [0-9a-f]{2}\s+(\S+)$/.exec(line);
    if (match?.[4] !== name) return [];
    const groups = (match[1] ?? '').match(/.{4}/g) ?? [];
    const address = groups.map((group) => group.replace(/^0{1,3}/, '')).join(':');
    const prefix = Number.parseInt(match[2] ?? '', 16);
    return [
      {
        family: 6 as const,
        address,
        prefix: Math.min(prefix, 128),
        scope: scopes[match[3] ?? ''] ?? 'global',
      },
    ];
  });
}

function fromSysfs(entry: SysfsEntry, inet6: string): InterfaceFact {
  const flags = Number.parseInt(entry.flags, 16) || 0;
  const carrier = entry.carrier === '1' ? true : entry.carrier === '0' ? false : null;
  return {
    name: entry.name,
    kind: kindOf({
      name: entry.name,
      linkType: flags & 0x8 ? 'loopback' : 'ether', // IFF_LOOPBACK, netdevice(7)
      infoKind: '',
      sysfs: entry.kind,
      enslaved: false,
    }),
    up: (flags & 0x1) !== 0 && carrier !== false, // IFF_UP
    carrier,
    mac: entry.mac && entry.mac !== ZERO_MAC ? entry.mac : null,
    master: null,
    addresses: inet6Addresses(inet6, entry.name).slice(0, 256),
    receivedBytes: toNumber(entry.receivedBytes),
    sentBytes: toNumber(entry.sentBytes),
  };
}

/**
 * Interfaces from `ip -j -d -s address`, or where there is no such program from sysfs and procfs, then without IPv4.
 * @returns null when neither said anything
 */
export function readInterfaces(
  address: Buffer | undefined,
  sysfs: readonly SysfsEntry[],
  inet6: string,
): { list: InterfaceFact[]; gaps: Gap[] } | null {
  const links = readList(address, link);
  const bySysfs = new Map(sysfs.map((entry) => [entry.name, entry]));
  if (links) {
    return {
      list: links.slice(0, 1_024).map((entry) => fromLink(entry, bySysfs.get(entry.ifname))),
      gaps: [],
    };
  }
  if (sysfs.length === 0) return null;
  const gap = gapOf(
    'IPv4 addresses',
    'the program ip is not installed or did not answer',
    'install iproute2',
  );
  return { list: sysfs.slice(0, 1_024).map((entry) => fromSysfs(entry, inet6)), gaps: [gap] };
}

/** @returns false when `ip -j route show` did not print a whole list; one without routes is a list too */
export function areRoutesTold(bytes: Buffer | undefined): boolean {
  return readList(bytes, route) !== null;
}

/** Routes of the main table from `ip -j route show` (ip-route(8)); those that lead nowhere are left out. */
export function readRoutes(bytes: Buffer | undefined, family: 4 | 6): InterfaceFacts['routes'] {
  return (readList(bytes, route) ?? [])
    .filter((entry) => !/^(?:unreachable|blackhole|prohibit|throw)$/.test(entry.type ?? ''))
    .map((entry) => ({
      family,
      destination: entry.dst,
      gateway: entry.gateway ?? null,
      interface: entry.dev ?? null,
    }));
}
