import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { sshWay, wireIdentity } from '#shared/domain/helper/isolate.ts';
import { accountRange } from '#shared/domain/helper/secret.ts';
import { changeId, interfaceName, numericId, sha256 } from '#shared/domain/helper/targets.ts';
import { isolationScope } from '#shared/domain/incident/isolation.ts';
import type { Machine } from '../machine.ts';
import { syncPath, writeDurable } from '../record/durable.ts';
import { codeOf, Refused } from '../refused.ts';

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
  }),
  z.strictObject({
    kind: z.literal('route'),
    family: z.enum(['4', '6']),
    to: z.string().regex(/^(default|[0-9a-f.:]{2,45}(\/\d{1,3})?)$/),
    via: address.nullable(),
    device: interfaceName,
    metric: z.int().min(0).max(4_294_967_295).nullable(),
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
});
export type OwnRecord = z.infer<typeof ownRecord>;

const fenceRecord = z.strictObject({
  isolation: changeId,
  scope: isolationScope,
  target: wireIdentity,
  leftOut: z.array(z.string().max(256)).max(128),
  port,
  loaded: loaded.nullable(),
  tampered,
});
export type FenceRecord = z.infer<typeof fenceRecord>;

const folderOf = (machine: Machine) => `${machine.stateFolder}/isolation`;
const OWN = 'own.json';
const fenceName = (isolation: string) => `fence-${isolation}.json`;

function read<T>(machine: Machine, name: string, form: z.ZodType<T>): T | null {
  try {
    return form.parse(JSON.parse(readFileSync(`${folderOf(machine)}/${name}`, 'utf8').slice(0, 1_048_576)));
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw new Refused(
      'record-damaged',
      'What was written down of the isolation on this node cannot be read.',
    );
  }
}

function write(machine: Machine, name: string, value: object): void {
  try {
    mkdirSync(folderOf(machine), { mode: 0o700 });
    syncPath(machine.stateFolder);
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown;
  }
  writeDurable(folderOf(machine), name, JSON.stringify(value));
}

function remove(machine: Machine, name: string): void {
  rmSync(`${folderOf(machine)}/${name}`, { force: true });
  try {
    syncPath(folderOf(machine));
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown;
  }
}

/** @returns how this node itself is isolated, or null. Refuses `record-damaged`. */
export const readOwn = (machine: Machine): OwnRecord | null => read(machine, OWN, ownRecord);
/** Durable when it returns. */
export const writeOwn = (machine: Machine, own: OwnRecord): void => write(machine, OWN, own);
/** Forgets it: nothing is kept in force or brought back any more. */
export const removeOwn = (machine: Machine): void => remove(machine, OWN);

/** @returns one fence that this node keeps up against another one, or null. Refuses `record-damaged`. */
export const readFence = (machine: Machine, isolation: string): FenceRecord | null =>
  read(machine, fenceName(isolation), fenceRecord);
/** Durable when it returns. */
export const writeFence = (machine: Machine, fence: FenceRecord): void =>
  write(machine, fenceName(fence.isolation), fence);
/** Forgets a fence. */
export const removeFence = (machine: Machine, isolation: string): void =>
  remove(machine, fenceName(isolation));

/** @returns ids of all fences that this node keeps up */
export function fencesOf(machine: Machine): string[] {
  try {
    return readdirSync(folderOf(machine))
      .flatMap((name) => /^fence-([0-9a-f]{32})\.json$/.exec(name)?.[1] ?? [])
      .slice(0, 64);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return [];
    throw thrown;
  }
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
