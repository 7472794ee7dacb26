import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { changeId } from '#shared/domain/helper/targets.ts';
import type { Machine } from '../machine.ts';
import { writeDurable } from '../record/durable.ts';
import { codeOf, Refused } from '../refused.ts';
import { RotationRecord, rotationsOf } from './rotation-record.ts';
import { removeBeside, withFolder } from './token-file.ts';

const NAME = 'rotations-over';
/** Far more than consoles can have left in the middle on one node; the oldest go first. */
const MOST = 256;

const over = z.array(changeId).max(MOST);

function overOf(machine: Machine): string[] {
  try {
    return over.parse(JSON.parse(readFileSync(`${machine.stateFolder}/${NAME}`, 'utf8')));
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return [];
    throw new Refused('record-damaged', 'The list of rotations that are over here cannot be read.');
  }
}

/** @returns whether a later rotation gave this node its secret. Refuses `record-damaged` */
export const isOver = (machine: Machine, rotation: string): boolean => overOf(machine).includes(rotation);

/** Refuses `superseded` for a rotation that is over here: its secret is burned, and never comes back. */
export function refuseOver(machine: Machine, rotation: string): void {
  if (isOver(machine, rotation))
    throw new Refused(
      'superseded',
      'A later rotation has given this node its secret since. Nothing was touched.',
    );
}

/** Writes down that all others of which there are records here are over. Called before a secret comes into force. */
export function endOthers(machine: Machine, rotation: string): void {
  const before = overOf(machine);
  const others = rotationsOf(machine).filter((id) => id !== rotation && !before.includes(id));
  if (others.length === 0) return;
  writeDurable(machine.stateFolder, NAME, JSON.stringify([...before, ...others].slice(-MOST)));
}

/** Takes away what all others left here: what they staged, their old secrets, their fences, their records. */
export function forgetOthers(machine: Machine, rotation: string): void {
  for (const id of rotationsOf(machine)) {
    if (id === rotation) continue;
    const record = new RotationRecord(machine, id);
    const staged = stagedOf(record);
    // The folder may be gone or not safe to walk any more; what is not reached there is in force nowhere.
    if (staged !== null)
      tryTo(() => withFolder(machine, staged.path, 'change', (held) => removeBeside(held, staged.beside)));
    record.destroyOld();
    record.forget();
  }
}

/** A record that cannot be read names no file; it goes all the same. */
function stagedOf(record: RotationRecord) {
  try {
    return record.read('staged');
  } catch {
    return null;
  }
}

function tryTo(work: () => void): void {
  try {
    work();
  } catch {
    // See above.
  }
}
