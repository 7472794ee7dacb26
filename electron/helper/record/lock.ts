import { closeSync, constants, openSync } from 'node:fs';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { runProgram } from '../run/run-program.ts';

/**
 * One run at a time on a node. flock(2) is held by the open file itself: it ends with this process however that ends, so
 * there is no stale lock to judge. flock(1) takes it on our descriptor. Waits `seconds`, then refuses `busy`.
 */
export function lockNode(machine: Machine, seconds: number): number {
  const descriptor = openLock(machine, 'lock');
  if (isLocked(machine, descriptor, seconds)) return descriptor;
  closeSync(descriptor);
  throw new Refused('busy', 'Another run of the helper works on this node. Nothing was touched.');
}

/** Another run may hold the node so long that has taken it meanwhile; seconds. */
const AGAIN_SECONDS = 600;

/**
 * Gives the node free for other runs while `fetch` goes on, which may take as long as a slow index likes, and takes the lock again behind it.
 * What was true of the node before has to be looked at again afterwards.
 * @param machine with the lock that this run holds; without one nothing is given free
 */
export function withoutLock<T>(machine: Machine, fetch: (free: Machine) => T): T {
  const { lock, ...free } = machine;
  if (lock === undefined) return fetch(free);
  run(machine, ['--unlock'], lock, 10);
  try {
    return fetch(free);
  } finally {
    if (!isLocked(free, lock, AGAIN_SECONDS)) {
      // biome-ignore lint/correctness/noUnsafeFinally: without the lock nothing of what came before may go on.
      throw new Refused('busy', 'Another run of the helper works on this node. Nothing was touched.');
    }
  }
}

/**
 * Lets no second run fetch on this node at the same time; refuses `busy` at once. Waiting would be in vain: who waits holds the node, which the
 * other one needs to come to its end.
 * @param work is given a machine that knows that this is held
 */
export function fetchingAlone<T>(machine: Machine, work: (alone: Machine) => T): T {
  if (machine.fetches === true) return work(machine);
  const descriptor = openLock(machine, 'fetch-lock');
  try {
    if (isLocked(machine, descriptor, 0)) return work({ ...machine, fetches: true });
    throw new Refused('busy', 'Packages are being fetched on this node already. Nothing was touched.');
  } finally {
    closeSync(descriptor);
  }
}

function openLock(machine: Machine, name: string): number {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  return openSync(`${machine.stateFolder}/${name}`, flags, 0o600);
}

const isLocked = (machine: Machine, descriptor: number, seconds: number): boolean =>
  run(machine, ['--exclusive', '--wait', String(seconds)], descriptor, seconds) === 0;

/** flock(1) on our descriptor. @returns its exit status */
function run(machine: Machine, args: readonly string[], descriptor: number, seconds: number): number | null {
  return runProgram(machine, {
    program: 'flock',
    arguments: [...args, '3'],
    descriptors: [descriptor],
    timeoutMs: (seconds + 10) * 1_000,
  }).status;
}
