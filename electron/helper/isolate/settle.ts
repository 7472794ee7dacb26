import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { Machine } from '../machine.ts';
import { requireOwn } from './confirm.ts';
import { endSockets } from './end-sockets.ts';
import { withIsolationLock } from './isolation-lock.ts';
import { readOwn, writeOwn } from './isolation-record.ts';
import { pinAll } from './pins.ts';
import { takeSnapshot } from './snapshot.ts';

/** What follows the cut and may take seconds: pins, snapshot, and only then the end of open connections. */
export function settleIsolation(machine: Machine, isolation: string): HelperAnswer {
  const own = requireOwn(machine, isolation);
  const isWhole = own.scope === 'node';
  const { pins, done, failed } = isWhole ? pinAll(machine, own.pins) : { pins: [], done: [], failed: [] };
  withIsolationLock(machine, () => {
    // Released or stepped down meanwhile?
    const now = readOwn(machine);
    if (now !== null && now.isolation === isolation) writeOwn(machine, { ...now, pins });
  });
  const snapshot = takeSnapshot(machine);
  const { ended, left, leftWhy } = endSockets(machine, own);
  return { answer: 'isolation-settled', pinned: done, notPinned: failed, snapshot, ended, left, leftWhy };
}
