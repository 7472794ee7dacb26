import { randomInt } from 'node:crypto';
import type { Machine } from '../machine.ts';
import { lookUp, processesOf } from '../verbs/account-files.ts';

/** Numbers that systemd keeps for accounts that exist while a service runs only (systemd.exec(5), `DynamicUser=`). */
const FIRST_FREE = 61_184;
const LAST_FREE = 65_519;

/**
 * A number that no account and no process has: what runs as that can be traced, signalled or read by nobody but root.
 * @returns null where none was found
 */
export function unusedNumber(machine: Machine): number | null {
  for (let tries = 0; tries < 64; tries += 1) {
    const uid = randomInt(FIRST_FREE, LAST_FREE + 1);
    if (lookUp(machine, 'passwd', uid) === null && processesOf(uid) === 0) return uid;
  }
  return null;
}
