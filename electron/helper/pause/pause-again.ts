import { setTimeout as sleep } from 'node:timers/promises';
import type { Relaunch } from '../asks/revert-timer.ts';
import type { Machine } from '../machine.ts';
import { startDetached } from '../run/start-detached.ts';
import { freezeAgain, isPaused } from './answer-pause.ts';

/** Units start within minutes of a boot, and those that wait for a network later; the console tells the node again, too. In milliseconds. */
const WATCH_MS = 900_000;
const LOOK_MS = 500;

/** While the machine starts: what was paused when it went down is held from its first process on. Throws what keeps it from being started. */
export function pauseAtBoot(machine: Machine, relaunch: Relaunch): void {
  if (isPaused(machine))
    startDetached(machine, relaunch, ['--pause-again'], 'keep agents paused that were paused before', true);
}

/**
 * What keeps a pause over a boot: agents are stopped again as they appear, until they are let go, or until the machine has been up for long.
 * Answers an exit status.
 */
export async function pauseAgain(machine: Machine, mostMs = WATCH_MS, everyMs = LOOK_MS): Promise<number> {
  const until = performance.now() + mostMs;
  while (performance.now() < until) {
    if (!freezeAgain(machine)) return 0;
    await sleep(everyMs);
  }
  return 0;
}
