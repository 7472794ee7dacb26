import { networkInterfaces } from 'node:os';
import { z } from 'zod';
import { interfaceName } from '#shared/domain/helper/targets.ts';
import type { Machine } from '../machine.ts';
import { runProgram } from '../run/run-program.ts';
import { type OwnRecord, type Pin, pin } from './isolation-record.ts';
import { listJson, plainAddress } from './network-place.ts';

const FOREVER = 4_294_967_295;
const ROUTES_EVERY = 5;
/** What ended meanwhile stays for so long after a release. */
const GRACE_SECONDS = 120;
let round = 0;

const device = z.object({
  ifname: interfaceName,
  addr_info: z.array(
    z.object({
      family: z.enum(['inet', 'inet6']),
      local: z.union([z.ipv4(), z.ipv6()]),
      prefixlen: z.int().min(0).max(128),
      valid_life_time: z.number().default(FOREVER),
    }),
  ),
});
const route = z.object({
  dst: z.string().max(64),
  gateway: z.union([z.ipv4(), z.ipv6()]).nullable().default(null),
  dev: interfaceName,
  metric: z.int().min(0).max(FOREVER).nullable().default(null),
  protocol: z.string().max(32).default(''),
  prefsrc: z.union([z.ipv4(), z.ipv6()]).nullable().default(null),
  expires: z.number().min(0).max(FOREVER).nullable().default(null),
});

type AddressPin = Extract<Pin, { kind: 'address' }>;
type RoutePin = Extract<Pin, { kind: 'route' }>;

/**
 * Pins the addresses and routes that are there: their lifetimes end, for the rules let no lease be renewed (RFC 2131, 4.4.5) and no router be heard
 * (RFC 4862, 5.5.3). What a client takes away all the same is put back by the keeper. Written down is how each of them was.
 * @param former what was pinned before: pinned already, it no longer shows how long it would have stayed
 */
export function pinAll(
  machine: Machine,
  former: readonly Pin[],
): { pins: Pin[]; done: string[]; failed: string[] } {
  const done: string[] = [];
  const failed: string[] = [];
  const note = (ok: boolean, words: string) => (ok ? done : failed).push(words.slice(0, 256));
  const before = new Map(former.map((one) => [keyOf(one), one]));
  const known = <P extends Pin>(one: P): P => (before.get(keyOf(one)) as P | undefined) ?? one;
  const addresses = addressesHere(machine).map(known);
  for (const one of addresses)
    note(one.until === null || pinAddress(machine, one), `${one.address}/${one.length} on ${one.device}`);
  const routes = routesHere(machine).map(known);
  // A route that nothing ends is left as it is; the keeper puts it back when somebody takes it away.
  for (const one of routes)
    note(one.until === null || pinRoute(machine, one), `route to ${one.to} on ${one.device}`);
  const here = new Set([...addresses, ...routes].map(keyOf));
  const gone = former.filter((one) => !here.has(keyOf(one)));
  const pins = [...addresses, ...routes, ...gone].slice(0, 128);
  return { pins, done: done.slice(0, 64), failed: failed.slice(0, 64) };
}

const keyOf = (one: Pin) =>
  one.kind === 'address'
    ? `${one.device} ${one.address}/${one.length}`
    : `${one.family} ${one.to} ${one.via} ${one.device} ${one.metric}`;

function addressesHere(machine: Machine): AddressPin[] {
  return listJson(machine, ['address', 'show'], device)
    .filter(({ ifname }) => ifname !== 'lo')
    .flatMap(({ ifname, addr_info }) =>
      addr_info.map((one) => ({
        kind: 'address' as const,
        device: ifname,
        address: plainAddress(one.local),
        length: one.prefixlen,
        until: one.valid_life_time < FOREVER ? inSeconds(one.valid_life_time) : null,
      })),
    );
}

function routesHere(machine: Machine): RoutePin[] {
  return (['4', '6'] as const).flatMap((family) =>
    listJson(machine, [`-${family}`, 'route', 'show'], route).flatMap((one) => {
      if (one.dev === 'lo' || (one.protocol === 'kernel' && one.gateway === null)) return [];
      const read = pin.safeParse({
        ...{ kind: 'route', family, to: one.dst, via: one.gateway, device: one.dev, metric: one.metric },
        protocol: one.protocol === '' ? null : one.protocol,
        source: one.prefsrc,
        until: one.expires === null ? null : inSeconds(one.expires),
      });
      return read.success && read.data.kind === 'route' ? [read.data] : [];
    }),
  );
}

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

/** Puts back what is gone: addresses at every look, routes every few. */
export function holdPins(machine: Machine, { pins }: OwnRecord): void {
  round += 1;
  const here = new Set(
    Object.entries(networkInterfaces()).flatMap(([name, list]) =>
      (list ?? []).map(({ address }) => `${name} ${plainAddress(address)}`),
    ),
  );
  let isChanged = false;
  for (const one of pins)
    if (one.kind === 'address' && !here.has(`${one.device} ${one.address}`))
      isChanged = pinAddress(machine, one) || isChanged;
  if (!isChanged && round % ROUTES_EVERY !== 0) return;
  const routes = new Set(routesHere(machine).map(keyOf));
  for (const one of pins) if (one.kind === 'route' && !routes.has(keyOf(one))) pinRoute(machine, one);
}

/**
 * Lets what was pinned end again as it would have, and names its maker again, so that a client of DHCP or the kernel takes it over. What would have
 * ended meanwhile gets a short time, in which that client asks for a new one: taken away at once, it would end the connection that releases.
 */
export function unpinAll(machine: Machine, { pins }: OwnRecord): void {
  const left = (until: string) =>
    Math.min(FOREVER - 1, Math.max(GRACE_SECONDS, Math.round((Date.parse(until) - Date.now()) / 1_000)));
  for (const one of pins) {
    if (one.until === null) continue;
    if (one.kind === 'address') pinAddress(machine, one, String(left(one.until)));
    else pinRoute(machine, one, left(one.until));
  }
}

function pinAddress(machine: Machine, one: AddressPin, seconds = 'forever'): boolean {
  return ip(machine, [
    ...['address', 'replace', `${one.address}/${one.length}`, 'dev', one.device],
    ...['valid_lft', seconds, 'preferred_lft', seconds],
  ]);
}

function pinRoute(machine: Machine, one: RoutePin, seconds: number | null = null): boolean {
  return ip(machine, [
    ...[`-${one.family}`, 'route', 'replace', one.to],
    ...(one.via === null ? [] : ['via', one.via]),
    ...['dev', one.device],
    ...(one.protocol === null ? [] : ['proto', one.protocol]),
    ...(one.source === null ? [] : ['src', one.source]),
    ...(one.metric === null ? [] : ['metric', String(one.metric)]),
    ...(seconds === null ? [] : ['expires', String(seconds)]),
  ]);
}

function ip(machine: Machine, words: readonly string[]): boolean {
  try {
    return runProgram(machine, { program: 'ip', arguments: words, timeoutMs: 3_000 }).status === 0;
  } catch {
    return false;
  }
}
