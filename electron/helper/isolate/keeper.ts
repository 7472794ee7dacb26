import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Relaunch } from '../asks/revert-timer.ts';
import { logLine } from '../log-line.ts';
import { ENVIRONMENT, type Machine } from '../machine.ts';
import { secondsSinceBoot } from '../record/clock.ts';
import { openStateFolder } from '../record/state-folder.ts';
import { Refused } from '../refused.ts';
import { findProgram, mustRun } from '../run/run-program.ts';
import { close } from '../walk/descriptor.ts';
import { keepAtBoot } from './boot-unit.ts';
import { holdAll, isLate, stepDown } from './hold-rules.ts';
import { takeKeeperLock, withIsolationLock } from './isolation-lock.ts';
import { isHolding, readOwn } from './isolation-record.ts';
import { holdPins } from './pins.ts';

/** How often it is looked whether everything is still in force. */
const LOOK_MS = 1_000;
const URGENT = -15;

/**
 * Starts the keeper, which outlives the connection: it steps down when nobody confirms, and brings back rules that somebody else takes away. One that is
 * there already goes on; a second one ends at once. Refuses when it could not be started.
 */
export function startKeeper(machine: Machine, [program, ...before]: Relaunch): void {
  const command = [...before, '--keep-isolated'];
  if (machine.systemd && findProgram(machine, 'systemd-run') !== null) {
    mustRun(machine, {
      program: 'systemd-run',
      arguments: [
        '--quiet',
        '--collect',
        '--description=Swarmkeep: keeps a node isolated',
        '--property=Restart=on-failure',
        '--property=RestartSec=200ms',
        '--property=StartLimitIntervalSec=0',
        '--',
        program,
        ...command,
      ],
    });
    return;
  }
  const child = spawn(program, command, {
    cwd: '/',
    detached: true,
    env: { ...ENVIRONMENT },
    stdio: 'ignore',
  });
  if (child.pid === undefined) throw new Refused('program-failed', 'What counts down could not be started.');
  child.unref();
}

/** What the keeper does until nothing is left to keep. Answers an exit status; a failure makes systemd start it anew. */
export async function keepIsolated(machine: Machine): Promise<number> {
  openStateFolder(machine);
  goFirst();
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

/** One look. @returns milliseconds until the next one */
function look(machine: Machine): number {
  try {
    const own = readOwn(machine);
    if (own !== null && isLate(own)) withIsolationLock(machine, () => stepDownIfLate(machine));
    const brought = withIsolationLock(machine, () => holdAll(machine));
    if (brought > 0) logLine(machine, `isolation brought-back=${brought}`);
    if (own !== null) holdPins(machine, own);
    if (own === null || (own.is !== 'armed' && own.is !== 'cut')) return LOOK_MS;
    return Math.max(1, Math.min(LOOK_MS, (own.deadline - secondsSinceBoot()) * 1_000));
  } catch {
    // A full disk, a lock that is held: what can be done is tried again.
    return LOOK_MS;
  }
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
