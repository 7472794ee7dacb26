import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { revertChange, secondsToWait, unconfirmedChanges } from './asks/revert-change.ts';
import type { Machine } from './machine.ts';
import { lockNode } from './record/lock.ts';
import { openStateFolder } from './record/state-folder.ts';
import { close } from './walk/descriptor.ts';

/** A revert waits for a step that is under way: taking back has to happen. */
const LOCK_SECONDS = 1_800;
const LOOK_MS = 200;

/** Ahead of everything that the node does by itself: a model at work must not hold a way in closed. */
const URGENT = -15;

/**
 * What the timer runs: waits for the deadline of the change on the clock that counts sleep, then takes it back. Ends at
 * once when the change was confirmed. Answers an exit status.
 */
export async function revertInTime(machine: Machine, change: string): Promise<number> {
  openStateFolder(machine);
  goFirst();
  for (;;) {
    const seconds = secondsToWait(machine, change);
    if (seconds === null) return 0;
    if (seconds <= 0) return revertLocked(machine, change);
    await sleep(Math.min(LOOK_MS, seconds * 1_000));
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
  for (const change of unconfirmedChanges(machine)) status = Math.max(status, revertLocked(machine, change));
  return status;
}

function revertLocked(machine: Machine, change: string): number {
  const lock = lockNode(machine, LOCK_SECONDS);
  try {
    // Confirmed while this one waited for the lock?
    if (secondsToWait(machine, change) !== 0) return 0;
    const answer = revertChange({ ...machine, lock }, change);
    return answer.answer === 'reverted' && answer.left.length === 0 ? 0 : 1;
  } finally {
    close(lock);
  }
}
