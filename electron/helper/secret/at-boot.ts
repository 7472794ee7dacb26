import type { Machine } from '../machine.ts';
import { fenceAgain } from './fence.ts';
import { endOthers, isOver } from './over.ts';
import { RotationRecord, rotationsOf } from './rotation-record.ts';
import { now } from './stage.ts';
import { hashOfBytes, putInPlace, readTokenFile, withFolder } from './token-file.ts';

/**
 * While the machine starts: fences stand again before mycoSwarm runs, and a secret that was armed is put in place, so that it starts with
 * that one. What was staged only stays staged. Answers an exit status.
 */
export function rotateAtBoot(machine: Machine): number {
  let status = 0;
  const attempt = (work: () => void) => {
    try {
      work();
    } catch {
      status = 1; // The console finds it as it is, and goes on with it.
    }
  };
  attempt(() => fenceAgain(machine));
  for (const rotation of rotationsOf(machine))
    attempt(() => putArmedInPlace(new RotationRecord(machine, rotation)));
  return status;
}

function putArmedInPlace(record: RotationRecord): void {
  const staged = record.read('staged');
  if (staged === null || record.read('armed') === null || record.read('renamed') !== null) return;
  if (isOver(record.machine, record.rotation)) return;
  withFolder(record.machine, staged.path, 'change', (held) => {
    const beside = readTokenFile(held, staged.beside);
    if (beside === null || hashOfBytes(beside.bytes) !== staged.sha256) return;
    endOthers(record.machine, record.rotation);
    putInPlace(held, staged.beside);
    record.mark('renamed', { at: now() });
  });
}
