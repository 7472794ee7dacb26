import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Relaunch } from '../asks/revert-timer.ts';
import { ENVIRONMENT, type Machine } from '../machine.ts';
import { findProgram } from '../run/run-program.ts';
import { hasKeeper } from './isolation-lock.ts';

/** How long systemd may take to start the keeper, and then the keeper to be there, in milliseconds. */
const BY_SYSTEMD_MS = 2_500;
const BY_ITSELF_MS = 5_000;

/**
 * Begins to start the keeper, which outlives the connection: it steps down when nobody confirms, and brings back rules that somebody else takes away. A
 * second one ends at once. Waits for nothing: a manager that hangs must hold up no cut.
 */
export function beginKeeper(machine: Machine, relaunch: Relaunch): void {
  const [program, ...before] = relaunch;
  const command = [...before, '--keep-isolated'];
  const systemdRun = machine.systemd ? findProgram(machine, 'systemd-run') : null;
  if (systemdRun === null) {
    start(program, command);
    return;
  }
  start(systemdRun, [
    '--quiet',
    '--collect',
    '--description=Swarmkeep: keeps a node isolated',
    '--property=Restart=on-failure',
    '--property=RestartSec=200ms',
    '--property=StartLimitIntervalSec=0',
    '--',
    program,
    ...command,
  ]);
}

/**
 * Makes sure that a keeper is there, by systemd, and where that takes too long by itself: then a logout that ends processes ends it, too, but until
 * then it counts. @returns whether it is there
 */
export async function ensureKeeper(machine: Machine, relaunch: Relaunch, isBegun = false): Promise<boolean> {
  if (!isBegun && hasKeeper(machine)) return true;
  if (!isBegun) beginKeeper(machine, relaunch);
  if (await isThereWithin(machine, machine.systemd ? BY_SYSTEMD_MS : BY_ITSELF_MS)) return true;
  if (!machine.systemd) return false;
  const [program, ...before] = relaunch;
  start(program, [...before, '--keep-isolated']);
  return isThereWithin(machine, BY_ITSELF_MS);
}

async function isThereWithin(machine: Machine, limitMs: number): Promise<boolean> {
  for (const until = performance.now() + limitMs; performance.now() < until; await sleep(25))
    if (hasKeeper(machine)) return true;
  return hasKeeper(machine);
}

function start(program: string, words: readonly string[]): void {
  const child = spawn(program, words, { cwd: '/', detached: true, env: { ...ENVIRONMENT }, stdio: 'ignore' });
  // That it could not be started is seen by its not being there.
  child.once('error', () => undefined);
  child.unref();
}
