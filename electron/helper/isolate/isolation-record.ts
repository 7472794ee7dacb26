import { z } from 'zod';
import { sshWay, wireIdentity } from '#shared/domain/helper/isolate.ts';
import { accountRange } from '#shared/domain/helper/secret.ts';
import { changeId, interfaceName, numericId, sha256 } from '#shared/domain/helper/targets.ts';
import { isolationScope } from '#shared/domain/incident/isolation.ts';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { isInMemory, namesOf, readText, removeText, writeText, writeTextFirst } from './record-place.ts';

const at = z.iso.datetime();
const port = z.int().min(1).max(65_535);
const address = z.union([z.ipv4(), z.ipv6()]);

/** What was loaded last, to be found again: the text and what the kernel lists of it. */
const loaded = z.strictObject({
  text: sha256,
  /** SHA-256 of the listings of the two tables; null where it is not there. */
  inet: sha256.nullable(),
  netdev: sha256.nullable(),
  interfaces: z.array(interfaceName).max(64),
  egressWhy: z.string().max(512),
});
export type Loaded = z.infer<typeof loaded>;

const tampered = z.strictObject({ times: z.int().min(0), lastAt: at.nullable() });

/** An address or route that stays, whatever a lease says. */
export const pin = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('address'),
    device: interfaceName,
    address,
    length: z.int().min(0).max(128),
    /** When it would have ended; null: never. What was pinned ends again after a release. */
    until: at.nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal('route'),
    family: z.enum(['4', '6']),
    to: z.string().regex(/^(default|[0-9a-f.:]{2,45}(\/\d{1,3})?)$/),
    via: address.nullable(),
    device: interfaceName,
    metric: z.int().min(0).max(4_294_967_295).nullable(),
    /** Who had made it (`protocol` of ip-route(8)), and when it would have ended. */
    protocol: z
      .string()
      .regex(/^[a-z0-9_-]{1,32}$/)
      .nullable()
      .default(null),
    source: address.nullable().default(null),
    until: at.nullable().default(null),
  }),
]);
export type Pin = z.infer<typeof pin>;

const ownRecord = z.strictObject({
  isolation: changeId,
  scope: isolationScope,
  uids: z.array(numericId.min(1)).max(64),
  accounts: z.array(accountRange).max(64),
  ports: z.array(port).max(64),
  sshPort: port.nullable(),
  ways: z.array(sshWay).max(4),
  /** The console's own port of the connection that ordered the cut: a confirmation comes from another one. */
  clientPort: port.nullable(),
  bootId: z.string().max(64),
  /** Seconds since boot (CLOCK_BOOTTIME). */
  deadline: z.number().min(0),
  is: z.enum(['armed', 'cut', 'confirmed', 'stepped-down']),
  cutAt: at.nullable(),
  pins: z.array(pin).max(128),
  loaded: loaded.nullable(),
  tampered,
  /** Made anew from the kernel because the record was damaged; whose order it was is not known. */
  rebuilt: z.boolean().default(false),
});
export type OwnRecord = z.infer<typeof ownRecord>;

const fenceRecord = z.strictObject({
  isolation: changeId,
  scope: isolationScope,
  target: wireIdentity,
  leftOut: z.array(z.string().max(256)).max(128),
  port,
  covers: z.strictObject({ address: z.boolean(), mac: z.boolean() }).default({ address: false, mac: false }),
  loaded: loaded.nullable(),
  tampered,
  rebuilt: z.boolean().default(false),
});
export type FenceRecord = z.infer<typeof fenceRecord>;

export const OWN_NAME = 'own.json';
const fenceName = (isolation: string) => `fence-${isolation}.json`;
const FENCE_NAME = /^fence-([0-9a-f]{32})\.json$/;

function read<T>(machine: Machine, name: string, form: z.ZodType<T>): T | null {
  const text = readText(machine, name);
  try {
    return text === null ? null : form.parse(JSON.parse(text));
  } catch {
    throw new Refused(
      'record-damaged',
      'What was written down of the isolation on this node cannot be read.',
    );
  }
}

/** @returns how this node itself is isolated, or null. Refuses `record-damaged`. */
export const readOwn = (machine: Machine): OwnRecord | null => read(machine, OWN_NAME, ownRecord);
/** Durable when it returns, unless the disk takes nothing: then in memory. Refuses when neither takes it. */
export const writeOwn = (machine: Machine, own: OwnRecord): void =>
  writeText(machine, OWN_NAME, JSON.stringify(own));
/** In memory only, for what must not wait for a disk; `writeOwn` has to follow. */
export const writeOwnFirst = (machine: Machine, own: OwnRecord): void =>
  writeTextFirst(machine, OWN_NAME, JSON.stringify(own));
/** Forgets it: nothing is kept in force or brought back any more. */
export const removeOwn = (machine: Machine): void => removeText(machine, OWN_NAME);

/** @returns one fence that this node keeps up against another one, or null. Refuses `record-damaged`. */
export const readFence = (machine: Machine, isolation: string): FenceRecord | null =>
  read(machine, fenceName(isolation), fenceRecord);
/** As {@link writeOwn}. */
export const writeFence = (machine: Machine, fence: FenceRecord): void =>
  writeText(machine, fenceName(fence.isolation), JSON.stringify(fence));
/** As {@link writeOwnFirst}. */
export const writeFenceFirst = (machine: Machine, fence: FenceRecord): void =>
  writeTextFirst(machine, fenceName(fence.isolation), JSON.stringify(fence));
/** Forgets a fence. */
export const removeFence = (machine: Machine, isolation: string): void =>
  removeText(machine, fenceName(isolation));

/** @returns whether a record lies on the disk and would survive a restart */
export const isDurable = (record: OwnRecord | FenceRecord): boolean =>
  !isInMemory('target' in record ? fenceName(record.isolation) : OWN_NAME);

/** @returns ids of all fences that this node keeps up */
export const fencesOf = (machine: Machine): string[] =>
  namesOf(machine)
    .flatMap((name) => FENCE_NAME.exec(name)?.[1] ?? [])
    .slice(0, 64);

/** @returns names of records that cannot be read, with the id of the fence; null for the isolation of this node itself */
export function damagedRecords(machine: Machine): { name: string; fence: string | null }[] {
  return namesOf(machine).flatMap((name) => {
    const fence = FENCE_NAME.exec(name)?.[1] ?? null;
    if (fence === null && name !== OWN_NAME) return [];
    try {
      if (fence === null) readOwn(machine);
      else readFence(machine, fence);
      return [];
    } catch {
      return [{ name, fence }];
    }
  });
}

/** @returns whether something is to be kept in force here */
export function isHolding(machine: Machine): boolean {
  return fencesOf(machine).length > 0 || existsOwn(machine);
}

/** A record that cannot be read is one: nothing is let go because of damage. */
function existsOwn(machine: Machine): boolean {
  try {
    return readOwn(machine) !== null;
  } catch {
    return true;
  }
}
