import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { logLine } from '../log-line.ts';
import type { Machine } from '../machine.ts';
import { secondsSinceBoot } from '../record/clock.ts';
import { close } from '../walk/descriptor.ts';
import { isKeptAtBoot, keepAtBoot } from './boot-unit.ts';
import { holdAll, isLate, stepDown } from './hold-rules.ts';
import { takeKeeperLock, withIsolationLock } from './isolation-lock.ts';
import { fencesOf, isHolding, readOwn, writeOwn } from './isolation-record.ts';
import { holdPins } from './pins.ts';
import { repairRecords } from './rebuild.ts';
import { openIsolationFolders, settleRecords } from './record-place.ts';

/** How often it is looked whether everything is still in force. */
const LOOK_MS = 1_000;
const URGENT = -15;

/** What the keeper does until nothing is left to keep. Answers an exit status; a failure makes systemd start it anew. */
export async function keepIsolated(machine: Machine): Promise<number> {
  openIsolationFolders(machine);
  goFirst();
  // Ended by whomever: not its own end, so that systemd starts it anew.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  // Somebody may have begun something between the last look of a keeper and its end: look once more without the lock.
  while (isHolding(machine)) {
    const lock = takeKeeperLock(machine);
    if (lock === null) return 0;
    try {
      while (isHolding(machine)) {
        const waitMs = look(machine);
        await sleep(waitMs);
      }
    } finally {
      close(lock);
    }
  }
  return 0;
}

/** One look. Each part by itself: one that fails holds no other up, and is tried again. @returns milliseconds until the next one */
function look(machine: Machine): number {
  const tried = (work: () => void) => {
    try {
      withIsolationLock(machine, work);
    } catch {
      // A full disk, a lock that is held, a firewall tool in the middle of its work.
    }
  };
  tried(() => repairRecords(machine));
  tried(() => stepDownIfLate(machine));
  tried(() => {
    const brought = holdAll(machine);
    if (brought > 0) logLine(machine, `isolation brought-back=${brought}`);
  });
  tried(() => holdUnit(machine));
  tried(() => settleRecords(machine));
  let waitMs = LOOK_MS;
  try {
    const own = readOwn(machine);
    if (own !== null) holdPins(machine, own);
    if (own !== null && (own.is === 'armed' || own.is === 'cut'))
      waitMs = Math.max(1, Math.min(LOOK_MS, (own.deadline - secondsSinceBoot()) * 1_000));
  } catch {
    // The next look repairs it.
  }
  return waitMs;
}

/** The unit that was there at the last look. */
let hadUnit = false;

/** Without its unit nothing would be there after a start: whoever takes it away is told of, too. */
function holdUnit(machine: Machine): void {
  const own = readOwn(machine);
  const isWanted = own?.is === 'confirmed' || own?.is === 'stepped-down' || fencesOf(machine).length > 0;
  const isThere = isKeptAtBoot(machine);
  if (isWanted && !isThere && keepAtBoot(machine) && hadUnit) {
    logLine(machine, 'isolation brought-back=unit');
    if (own !== null)
      writeOwn(machine, {
        ...own,
        tampered: { times: own.tampered.times + 1, lastAt: new Date().toISOString() },
      });
  }
  hadUnit = isKeptAtBoot(machine);
}

/** Confirmed while this one waited for the lock? */
function stepDownIfLate(machine: Machine): void {
  const own = readOwn(machine);
  if (own === null || !isLate(own)) return;
  stepDown(machine, own);
  logLine(machine, `isolation=${own.isolation} stepped-down`);
  keepAtBoot(machine);
}

function goFirst(): void {
  try {
    setPriority(URGENT);
  } catch {
    // A container may have no such right.
  }
}
