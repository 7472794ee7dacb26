import { readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { z } from 'zod';
import { macAddress, type WireIdentity } from '#shared/domain/helper/isolate.ts';
import { interfaceName } from '#shared/domain/helper/targets.ts';
import type { Machine } from '../machine.ts';
import { runProgram } from '../run/run-program.ts';

const MOST = 64;
const LIST_MS = 3_000;

/** @returns every network interface but loopback, and the names of those that no rule can name */
export function interfacesHere(): { names: string[]; unfit: string[] } {
  const all = readdirSync('/sys/class/net').filter((name) => name !== 'lo' && name !== 'bonding_masters');
  const names = all.filter((name) => interfaceName.safeParse(name).success);
  return {
    names: names.sort().slice(0, MOST),
    unfit: [...all.filter((name) => !names.includes(name)), ...names.slice(MOST)],
  };
}

/** @returns who this machine is on the wire; addresses of links too, for its neighbours know it by those */
export function identityHere(): WireIdentity {
  const entries = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal }) => !internal);
  return {
    macs: [...new Set(entries.map(({ mac }) => mac))].filter(isMac).slice(0, MOST),
    addresses: [...new Set(entries.map(({ address }) => plainAddress(address)))].slice(0, MOST),
  };
}

/** Whether one of our addresses lies on an interface without a hardware address: a tunnel. */
export function isTunnel(own: string): boolean {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .some(({ address, mac, internal }) => !internal && plainAddress(address) === own && !isMac(mac));
}

const isMac = (text: string) => macAddress.safeParse(text).success;

/** One writing for each address (RFC 5952), without a zone. */
export function plainAddress(address: string): string {
  if (!address.includes(':')) return address;
  try {
    return new URL(`http://[${address.split('%')[0]}]/`).hostname.slice(1, -1);
  } catch {
    return address;
  }
}

/** What ip(8) lists as JSON; an empty list where it cannot be had. */
export function listJson<T>(machine: Machine, words: readonly string[], form: z.ZodType<T>): T[] {
  try {
    const end = runProgram(machine, { program: 'ip', arguments: ['-j', ...words], timeoutMs: LIST_MS });
    const list = end.status === 0 ? JSON.parse(end.output.toString('utf8') || '[]') : [];
    return (Array.isArray(list) ? list : []).flatMap((one) => {
      const read = form.safeParse(one);
      return read.success ? [read.data] : [];
    });
  } catch {
    return [];
  }
}

const neighbour = z.object({ dst: z.union([z.ipv4(), z.ipv6()]), lladdr: z.string().max(64) });
export interface Neighbour {
  address: string;
  mac: string;
}

/** @returns what the neighbour table knows */
export function neighboursHere(machine: Machine): Neighbour[] {
  return listJson(machine, ['neigh', 'show'], neighbour)
    .map(({ dst, lladdr }) => ({ address: plainAddress(dst), mac: lladdr.toLowerCase() }))
    .filter(({ mac }) => isMac(mac));
}
