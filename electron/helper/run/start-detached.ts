import { spawn } from 'node:child_process';
import type { Relaunch } from '../asks/revert-timer.ts';
import { ENVIRONMENT, type Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { findProgram, mustRun } from './run-program.ts';

/**
 * Starts the helper once more as a process that outlives this run and its connection: as a transient unit where systemd runs, which starts it
 * again when it fails; else in a session of its own.
 * @param words what the unit is called, for who lists units
 * @param atBoot the machine is starting: nothing is waited for
 */
export function startDetached(
  machine: Machine,
  [program, ...before]: Relaunch,
  mode: readonly string[],
  words: string,
  atBoot = false,
): void {
  const command = [...before, ...mode];
  if (machine.systemd && findProgram(machine, 'systemd-run') !== null) {
    mustRun(machine, {
      program: 'systemd-run',
      arguments: [
        '--quiet',
        '--collect',
        `--description=Swarmkeep: ${words}`,
        '--property=Restart=on-failure',
        '--property=RestartSec=200ms',
        '--property=StartLimitIntervalSec=0',
        // Waiting for what comes after basic.target, from a unit that is before it, would stop the boot.
        ...(atBoot ? ['--no-block', '--property=DefaultDependencies=no'] : []),
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
  if (child.pid === undefined)
    throw new Refused('program-failed', `What was to ${words} could not be started.`);
  child.unref();
}
