import { closeSync, constants, openSync } from 'node:fs';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { runProgram } from '../run/run-program.ts';
import { close } from '../walk/descriptor.ts';
import { memoryFolder } from './record-place.ts';

/** How long an act waits for another one of an isolation; each of them is short. */
const WAIT_SECONDS = 5;
const PROOF_SECONDS = 15;

/**
 * One act of an isolation at a time. A lock of its own: an isolation does not wait for a change that installs packages.
 * flock(2) ends with the process that holds it. Refuses `busy`.
 */
export function withIsolationLock<T>(machine: Machine, work: () => T): T {
  const descriptor = take(machine, 'isolation-lock', WAIT_SECONDS);
  if (descriptor === null)
    throw new Refused('busy', 'Another run of the helper isolates or releases this node just now.');
  try {
    return work();
  } finally {
    close(descriptor);
  }
}

/** One proof at a time: they count in the same place. Refuses `busy`. */
export async function withProbeLock<T>(machine: Machine, work: () => Promise<T>): Promise<T> {
  const descriptor = take(machine, 'isolation-probes', PROOF_SECONDS);
  if (descriptor === null) throw new Refused('busy', 'Another proof of this isolation is under way.');
  try {
    return await work();
  } finally {
    close(descriptor);
  }
}

/** @returns the descriptor that makes this process the one keeper of this machine, or null when there is one already */
export const takeKeeperLock = (machine: Machine): number | null => take(machine, 'isolation-keeper', 2);

/** @returns whether a keeper is there: who only asks shares the lock with others who ask, for a moment */
export function hasKeeper(machine: Machine): boolean {
  const descriptor = take(machine, 'isolation-keeper', 0, '--shared');
  close(descriptor);
  return descriptor === null;
}

function take(machine: Machine, name: string, seconds: number, how = '--exclusive'): number | null {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  // In memory: a disk that takes nothing must not stop it, and no lock outlives the machine.
  const descriptor = openSync(`${memoryFolder()}/${name}`, flags, 0o600);
  const wait = seconds === 0 ? ['--nonblock'] : ['--wait', String(seconds)];
  const end = runProgram(machine, {
    program: 'flock',
    arguments: [how, ...wait, '3'],
    descriptors: [descriptor],
    timeoutMs: (seconds + 5) * 1_000,
  });
  if (end.status === 0) return descriptor;
  closeSync(descriptor);
  return null;
}
