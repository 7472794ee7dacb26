import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { revertChange, secondsToWait, unconfirmedChanges } from './asks/revert-change.ts';
import type { Machine } from './machine.ts';
import { ChangeRecord } from './record/change-record.ts';
import { lockNode } from './record/lock.ts';
import { openStateFolder } from './record/state-folder.ts';
import { close } from './walk/descriptor.ts';

/** A revert waits for a step that is under way: taking back has to happen. */
const LOCK_SECONDS = 1_800;
const LOOK_MS = 200;
/** How often it is tried before what fails is left to a person, and how long it waits before the second time; then twice as long each. */
const TRIES = 6;
const FIRST_WAIT_MS = 500;

/** Ahead of everything that the node does by itself: a model at work must not hold a way in closed. */
const URGENT = -15;

/**
 * What the timer runs: waits for the deadline of the change on the clock that counts sleep, then takes it back, again and again
 * while that fails. Ends at once when the change was confirmed. Answers an exit status.
 */
export async function revertInTime(machine: Machine, change: string): Promise<number> {
  openStateFolder(machine);
  goFirst();
  for (let tries = 0; ; ) {
    const seconds = secondsToWait(machine, change);
    if (seconds === null) return 0;
    if (seconds > 0) {
      await sleep(Math.min(LOOK_MS, seconds * 1_000));
      continue;
    }
    tries += 1;
    const status = tries < TRIES ? tryRevert(machine, change) : revertLocked(machine, change, true);
    if (status !== null) return status;
    await sleep(FIRST_WAIT_MS * 2 ** (tries - 1));
  }
}

/** Programs that it starts inherit this (setpriority(2)). Where it is not allowed, taking back has to do without. */
function goFirst(): void {
  try {
    setPriority(URGENT);
  } catch {
    // A container may have no such right.
  }
}

/** What the unit at boot runs: changes that nobody confirmed before the machine went down are taken back. */
export function revertAtBoot(running: Machine): number {
  const machine = { ...running, booting: true };
  openStateFolder(machine);
  let status = 0;
  for (const change of unconfirmedChanges(machine)) {
    // What is wrong with one keeps no other from being taken back.
    const one = tryRevert(machine, change) ?? tryRevert(machine, change, true) ?? 1;
    status = Math.max(status, one);
  }
  return status;
}

/** As `revertLocked`; null where it failed and may be tried again. */
function tryRevert(machine: Machine, change: string, isLast = false): number | null {
  try {
    return revertLocked(machine, change, isLast);
  } catch {
    return null;
  }
}

/** Answers an exit status, or null where a step failed that is not given up. */
function revertLocked(machine: Machine, change: string, isLast: boolean): number | null {
  const lock = lockNode(machine, LOCK_SECONDS);
  try {
    // Confirmed while this one waited for the lock?
    if (secondsToWait(machine, change) !== 0) return 0;
    const answer = revertChange({ ...machine, lock }, change, isLast);
    if (!isLast && !new ChangeRecord(machine, change).is('reverted')) return null;
    return answer.answer === 'reverted' && answer.left.length === 0 ? 0 : 1;
  } finally {
    close(lock);
  }
}
