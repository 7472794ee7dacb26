import { networkInterfaces } from 'node:os';
import { z } from 'zod';
import { interfaceName } from '#shared/domain/helper/targets.ts';
import type { Machine } from '../machine.ts';
import { runProgram } from '../run/run-program.ts';
import { type OwnRecord, type Pin, pin } from './isolation-record.ts';
import { listJson, plainAddress } from './network-place.ts';

const FOREVER = 4_294_967_295;
const ROUTES_EVERY = 5;
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
});

/**
 * Pins the addresses and routes that are there: their lifetimes end, for the rules let no lease be renewed (RFC 2131, 4.4.5) and no router be heard
 * (RFC 4862, 5.5.3). What a client takes away all the same is put back by the keeper.
 */
export function pinAll(machine: Machine): { pins: Pin[]; done: string[]; failed: string[] } {
  const done: string[] = [];
  const failed: string[] = [];
  const note = (ok: boolean, words: string) => (ok ? done : failed).push(words.slice(0, 256));
  const addresses = listJson(machine, ['address', 'show'], device)
    .filter(({ ifname }) => ifname !== 'lo')
    .flatMap(({ ifname, addr_info }) =>
      addr_info.map((one) => ({
        ends: one.valid_life_time < FOREVER,
        pin: {
          kind: 'address',
          device: ifname,
          address: plainAddress(one.local),
          length: one.prefixlen,
        } as const,
      })),
    );
  for (const { ends, pin: one } of addresses)
    note(!ends || putBack(machine, one), `${one.address}/${one.length} on ${one.device}`);
  const routes = (['4', '6'] as const).flatMap((family) =>
    listJson(machine, [`-${family}`, 'route', 'show'], route).flatMap(
      ({ dst, gateway, dev, metric, protocol }) => {
        if (dev === 'lo' || (protocol === 'kernel' && gateway === null)) return [];
        const read = pin.safeParse({ kind: 'route', family, to: dst, via: gateway, device: dev, metric });
        return read.success ? [read.data] : [];
      },
    ),
  );
  for (const one of routes)
    if (one.kind === 'route') note(putBack(machine, one), `route to ${one.to} on ${one.device}`);
  const pins = [...addresses.map(({ pin: one }) => one), ...routes].slice(0, 128);
  return { pins, done: done.slice(0, 64), failed: failed.slice(0, 64) };
}

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
      isChanged = putBack(machine, one) || isChanged;
  if (!isChanged && round % ROUTES_EVERY !== 0) return;
  for (const one of pins) if (one.kind === 'route') putBack(machine, one);
}

function putBack(machine: Machine, one: Pin): boolean {
  const words =
    one.kind === 'address'
      ? [
          ...['address', 'replace', `${one.address}/${one.length}`, 'dev', one.device],
          ...['valid_lft', 'forever', 'preferred_lft', 'forever'],
        ]
      : [
          ...[`-${one.family}`, 'route', 'replace', one.to],
          ...(one.via === null ? [] : ['via', one.via]),
          ...['dev', one.device],
          ...(one.metric === null ? [] : ['metric', String(one.metric)]),
        ];
  try {
    return runProgram(machine, { program: 'ip', arguments: words, timeoutMs: 3_000 }).status === 0;
  } catch {
    return false;
  }
}
