import { closeSync, constants, openSync } from 'node:fs';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { runProgram } from '../run/run-program.ts';

/**
 * One run at a time on a node. flock(2) is held by the open file itself: it ends with this process however that ends, so
 * there is no stale lock to judge. flock(1) takes it on our descriptor. Waits `seconds`, then refuses `busy`.
 */
export function lockNode(machine: Machine, seconds: number): number {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  const descriptor = openSync(`${machine.stateFolder}/lock`, flags, 0o600);
  const end = runProgram(machine, {
    program: 'flock',
    arguments: ['--exclusive', '--wait', String(seconds), '3'],
    descriptors: [descriptor],
    timeoutMs: (seconds + 10) * 1_000,
  });
  if (end.status === 0) return descriptor;
  closeSync(descriptor);
  throw new Refused('busy', 'Another run of the helper works on this node. Nothing was touched.');
}
