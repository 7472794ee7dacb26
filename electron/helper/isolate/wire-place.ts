import { readFileSync } from 'node:fs';
import { BlockList, isIPv6 } from 'node:net';
import { z } from 'zod';
import type { Machine } from '../machine.ts';
import { listJson, plainAddress } from './network-place.ts';

const MOST_BYTES = 65_536;

/** Where this machine's kernel would send a packet for an address: its own word, or that nobody knows. */
export type WayTo = 'on-link' | 'off-link' | 'local' | 'many' | 'unknown';

/** No address of one machine: this network, loopback, multicast, reserved, broadcast (RFC 6890); mapped and translated ones, which are of another family. */
const NOBODY4 = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  NOBODY4.addSubnet(network, bits, 'ipv4');
/** A list of its own: one for both families takes every address of IPv4 for a mapped one. */
const NOBODY6 = new BlockList();
for (const [network, bits] of [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['ff00::', 8],
] as const)
  NOBODY6.addSubnet(network, bits, 'ipv6');

/** @returns whether an address can be that of one machine of a network at all */
export const isOfOneMachine = (address: string): boolean =>
  isIPv6(address) ? !NOBODY6.check(address, 'ipv6') : !NOBODY4.check(address, 'ipv4');

const found = z.object({
  type: z.string().max(32).optional(),
  gateway: z.string().max(64).optional(),
  via: z.object({ host: z.string().max(64) }).optional(),
  dev: z.string().max(32).optional(),
});

/**
 * Asks the kernel (ip-route(8), `route get`). The broadcast addresses of each interface are `many`, and so is multicast. Addresses of a link
 * (fe80::/10) are on one by what they are.
 */
export function wayTo(machine: Machine, address: string): WayTo {
  if (!isOfOneMachine(address)) return 'many';
  if (/^fe[89ab]/i.test(address)) return 'on-link';
  const [route] = listJson(machine, ['route', 'get', address], found);
  if (route === undefined) return 'unknown';
  if (route.type === 'local' || route.dev === 'lo') return 'local';
  if (route.type !== undefined && route.type !== 'unicast') return 'many';
  return route.gateway === undefined && route.via === undefined ? 'on-link' : 'off-link';
}

const route = z.object({
  gateway: z.string().max(64).optional(),
  via: z.object({ host: z.string().max(64) }).optional(),
  nexthops: z
    .array(
      z.object({
        gateway: z.string().max(64).optional(),
        via: z.object({ host: z.string().max(64) }).optional(),
      }),
    )
    .max(64)
    .default([]),
});

/** @returns addresses of all routers by which this machine reaches anything, of all its tables, addresses of links too */
export function gatewaysHere(machine: Machine): string[] {
  const routes = (['-4', '-6'] as const).flatMap((family) =>
    listJson(machine, [family, 'route', 'show', 'table', 'all'], route),
  );
  const all = routes
    .flatMap((one) => [one, ...one.nexthops])
    .flatMap(({ gateway, via }) => gateway ?? via?.host ?? []);
  return [...new Set(all.map(plainAddress))];
}

/** Where name servers stand: what programs are told (resolv.conf(5)), and what the local resolvers of systemd and NetworkManager were told. */
const RESOLVERS = [
  '/etc/resolv.conf',
  '/run/systemd/resolve/resolv.conf',
  '/run/NetworkManager/resolv.conf',
  '/run/NetworkManager/no-stub-resolv.conf',
];

/** @returns addresses of the name servers that this machine asks */
export function nameServersHere(): string[] {
  return [...new Set(RESOLVERS.flatMap((path) => readNameServers(textOf(path))))];
}

/** @param text a resolv.conf(5) */
export const readNameServers = (text: string): string[] =>
  [...text.matchAll(/^[ \t]*nameserver[ \t]+([0-9a-fA-F:.]{2,45})(?:%\S+)?[ \t]*$/gm)].map(
    ([, address = '']) => plainAddress(address),
  );

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(0, MOST_BYTES);
  } catch {
    return '';
  }
}

/**
 * Lets the kernel look for the hardware address of a neighbour (ip-neighbour(8), `use`). It sends nothing but that question, which no rule for packets
 * to that address stops.
 */
export function askNeighbour(machine: Machine, address: string): void {
  const [way] = listJson(machine, ['route', 'get', address], found);
  if (way?.dev === undefined || way.gateway !== undefined || way.via !== undefined) return;
  listJson(machine, ['neigh', 'replace', address, 'dev', way.dev, 'use'], found);
}
