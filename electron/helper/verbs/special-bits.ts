import { Refused } from '../refused.ts';

/** setuid and setgid (inode(7)). */
export const SPECIAL_BITS = 0o6000;

interface Owned {
  uid: number;
  gid: number;
  mode: number;
}

/**
 * The mode that a file may have once it is given to somebody: without setuid and setgid when owner or group change, for then
 * one account's program would run with the rights of another; else with those only that it has now.
 */
export function handedOver(now: Owned, to: Owned): number {
  const same = now.uid === to.uid && now.gid === to.gid;
  return same ? to.mode & ~(SPECIAL_BITS & ~now.mode) : to.mode & ~SPECIAL_BITS;
}

/**
 * Refuses `bad-request` for a mode that would make a program setuid or setgid that is not so already under the same owner and
 * group. `had` null: there is no file yet.
 */
export function refuseSpecialBits(path: string, wanted: Owned, had: Owned | null): void {
  const allowed = had === null ? wanted.mode & ~SPECIAL_BITS : handedOver(had, wanted);
  if (allowed !== wanted.mode) throw new Refused('bad-request', `No step makes ${path} setuid or setgid.`);
}
