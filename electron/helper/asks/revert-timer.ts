import { spawn } from 'node:child_process';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { ENVIRONMENT, type Machine } from '../machine.ts';
import { ChangeRecord } from '../record/change-record.ts';
import { bootId, secondsSinceBoot } from '../record/clock.ts';
import { Refused } from '../refused.ts';
import { mustRun, runProgram } from '../run/run-program.ts';

/** How this helper is started again: program and arguments before the mode. */
export type Relaunch = readonly [string, ...string[]];

/** A slow machine needs seconds to start the helper, which then waits for its deadline itself: so it is started before. */
const START_SECONDS = 30;

const unitOf = (change: string) => `swarmkeep-revert-${change}`;

/**
 * Sets the timer of a change on the node itself. With systemd a transient timer on two clocks: the one that stands still
 * while the machine sleeps, and the calendar, so that it fires at resume. Without, a process in a session of its own that
 * looks at the clock that counts sleep. Either way the helper looks at its own deadline before it acts.
 */
export function armChange(
  machine: Machine,
  change: string,
  seconds: number,
  relaunch: Relaunch,
): HelperAnswer {
  const record = new ChangeRecord(machine, change);
  record.open();
  if (record.is('confirmed') || record.is('reverting') || record.is('reverted'))
    throw new Refused('too-late', 'The change was confirmed or taken back already.');
  const revertsAt = new Date(Date.now() + seconds * 1_000);
  const deadline = secondsSinceBoot() + seconds;
  record.arm({ bootId: bootId(), deadline, revertsAt: revertsAt.toISOString() });
  if (machine.systemd) startTimer(machine, change, seconds, revertsAt, relaunch);
  else startWaiting(change, relaunch);
  return { answer: 'armed', revertsAt: revertsAt.toISOString() };
}

function startTimer(
  machine: Machine,
  change: string,
  seconds: number,
  revertsAt: Date,
  relaunch: Relaunch,
): void {
  stopTimer(machine, change);
  mustRun(machine, {
    program: 'systemd-run',
    arguments: [...timerArguments(change, seconds, revertsAt), '--', ...relaunch, '--revert', change],
  });
}

/** Arguments of systemd-run(1) up to the command: both clocks, each a little before the deadline. */
export function timerArguments(change: string, seconds: number, revertsAt: Date): string[] {
  const early = Math.min(START_SECONDS, seconds - 1);
  // The calendar knows whole seconds.
  const calendar = new Date(Math.floor(revertsAt.getTime() / 1_000 - early) * 1_000).toISOString();
  return [
    '--quiet',
    '--collect',
    `--unit=${unitOf(change)}`,
    '--description=Swarmkeep: take back a change that nobody confirmed',
    `--on-active=${seconds - early}s`,
    `--on-calendar=${calendar.slice(0, 10)} ${calendar.slice(11, 19)} UTC`,
    '--timer-property=AccuracySec=100ms',
    '--property=KillMode=process',
    // Somebody, or the kernel for want of memory, may kill what waits, and what takes back may fail; it begins anew with the same
    // deadline, however often that is. It ends well when there is nothing more to do.
    '--property=Restart=on-failure',
    '--property=RestartSec=200ms',
    '--property=StartLimitIntervalSec=0',
  ];
}

function startWaiting(change: string, relaunch: Relaunch): void {
  const [program, ...before] = relaunch;
  const child = spawn(program, [...before, '--revert', change], {
    cwd: '/',
    detached: true,
    env: { ...ENVIRONMENT },
    stdio: 'ignore',
  });
  // Whether it could be started shows at once or not at all; the answer must not promise a timer that is not there.
  if (child.pid === undefined) throw new Refused('program-failed', 'The timer could not be started.');
  child.unref();
}

/** Stops a timer that has not fired. One that has finds the mark of the change and does nothing. */
export function stopTimer(machine: Machine, change: string): void {
  if (!machine.systemd) return;
  runProgram(machine, { program: 'systemctl', arguments: ['stop', '--quiet', `${unitOf(change)}.timer`] });
}

/** Keeps a change. The lock of the node decides between this and a timer that fires; a passed deadline is `too-late`. */
export function confirmChange(machine: Machine, change: string): HelperAnswer {
  const record = new ChangeRecord(machine, change);
  const armed = record.armed();
  if (armed === null) throw new Refused('unknown-change', 'No timer was set for this change.');
  if (record.is('confirmed')) return { answer: 'confirmed' };
  const late =
    record.is('reverting') ||
    record.is('reverted') ||
    armed.bootId !== bootId() ||
    armed.deadline <= secondsSinceBoot();
  if (late) throw new Refused('too-late', 'The time was up: the change takes itself back.');
  record.mark('confirmed');
  stopTimer(machine, change);
  return { answer: 'confirmed' };
}
