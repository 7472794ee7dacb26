import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { changeId } from '#shared/domain/helper/targets.ts';
import type { Machine } from '../machine.ts';
import { bootId, secondsSinceBoot } from '../record/clock.ts';
import { syncPath, writeDurable } from '../record/durable.ts';
import { Refused } from '../refused.ts';

const lease = z.strictObject({
  rotation: changeId,
  bootId: z.string().max(64),
  /** Seconds since boot at which it was renewed last. */
  renewed: z.number().min(0),
});

const NAME = 'rotation-lease';

/** A console that says nothing for so long has given the node up; seconds. */
export const LEASE_SECONDS = 900;

/** @returns the rotation that has this node; null when none has, or when its console was not heard of for 15 minutes */
export function leaseOf(machine: Machine): string | null {
  try {
    const found = lease.parse(JSON.parse(readFileSync(`${machine.stateFolder}/${NAME}`, 'utf8')));
    const fresh = found.bootId === bootId() && secondsSinceBoot() - found.renewed < LEASE_SECONDS;
    return fresh ? found.rotation : null;
  } catch {
    return null; // None, or one that is half written, which nobody was told of.
  }
}

/**
 * Takes or renews the lease. Refuses `busy` while another rotation has it.
 * @param former earlier rotations of the same console, whose lease is taken over
 */
export function takeLease(machine: Machine, rotation: string, former: readonly string[] = []): void {
  const holder = leaseOf(machine);
  if (holder !== null && holder !== rotation && !former.includes(holder))
    throw new Refused(
      'busy',
      'Another rotation of the secret is under way on this node, from another console. Nothing was touched.',
    );
  const value = { rotation, bootId: bootId(), renewed: secondsSinceBoot() };
  writeDurable(machine.stateFolder, NAME, JSON.stringify(value));
}

/** Gives the node free. */
export function endLease(machine: Machine, rotation: string): void {
  const holder = leaseOf(machine);
  if (holder !== null && holder !== rotation) return;
  rmSync(`${machine.stateFolder}/${NAME}`, { force: true });
  syncPath(machine.stateFolder);
}
