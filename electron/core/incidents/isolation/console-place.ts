import { getServers } from 'node:dns';
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { macAddress } from '#shared/domain/helper/isolate.ts';
import { type ConsolePlace, plainAddress } from './who-is-it.ts';

const MOST = 64;
const MOST_LINES = 4_096;
const GATEWAY_FLAG = 0x2;

/**
 * What this computer knows of its network without asking anybody: its own addresses, its gateways, its name servers, and its neighbour table for
 * IPv4. What cannot be read is left out, as on other systems than Linux.
 * @param read for tests: gives a file of proc(5) or of resolv.conf(5) as text
 */
export async function consolePlace(
  read: (path: string) => Promise<string> = readText,
): Promise<ConsolePlace> {
  const lines = async (path: string) => (await read(path).catch(() => '')).split('\n').slice(0, MOST_LINES);
  const [route4, route6, arp, resolved] = await Promise.all(
    ['/proc/net/route', '/proc/net/ipv6_route', '/proc/net/arp', '/run/systemd/resolve/resolv.conf'].map(
      lines,
    ),
  );
  const entries = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal }) => !internal);
  return {
    own: {
      addresses: unique(entries.map(({ address }) => plainAddress(address))),
      macs: unique(entries.map(({ mac }) => mac)).filter(isMac),
    },
    gateways: unique([...(route4 ?? []).flatMap(gateway4), ...(route6 ?? []).flatMap(gateway6)]),
    nameservers: unique([
      ...getServers().map((server) => server.replace(/^\[(.*)\]:\d+$/, '$1').replace(/^([\d.]+):\d+$/, '$1')),
      // A stub on this computer stands in resolv.conf; whom it asks stands here.
      ...(resolved ?? []).flatMap((line) => /^nameserver\s+([0-9a-fA-F.:]+)/.exec(line)?.[1] ?? []),
    ]),
    neighbours: (arp ?? []).slice(1).flatMap((line) => {
      const [address = '', , , mac = ''] = line.trim().split(/\s+/);
      return isMac(mac) ? [{ address, mac }] : [];
    }),
  };
}

const readText = (path: string): Promise<string> => readFile(path, 'utf8');
const isMac = (text: string): boolean => macAddress.safeParse(text).success;
const unique = (all: readonly string[]): string[] => [...new Set(all)].slice(0, MOST);

/** One line of /proc/net/route (proc(5)): the gateway stands third, in the byte order of the machine, which is little-endian on ours. */
function gateway4(line: string): string[] {
  const [, , gateway = '', flags = ''] = line.trim().split(/\s+/);
  if (!/^[0-9A-F]{8}$/.test(gateway) || (Number.parseInt(flags, 16) & GATEWAY_FLAG) === 0) return [];
  return [
    (gateway.match(/../g) ?? [])
      .toReversed()
      .map((byte) => Number.parseInt(byte, 16))
      .join('.'),
  ];
}

/** One line of /proc/net/ipv6_route: the next hop stands fifth, in 32 digits; all zeros where there is none. */
function gateway6(line: string): string[] {
  const [, , , , hop = ''] = line.trim().split(/\s+/);
  if (!/^[0-9a-f]{32}$/.test(hop) || /^0+$/.test(hop)) return [];
  return [plainAddress((hop.match(/.{4}/g) ?? []).join(':'))];
}
