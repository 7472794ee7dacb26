import type { Machine } from '../machine.ts';
import { holdAll, isLate, stepDown } from './hold-rules.ts';
import { withIsolationLock } from './isolation-lock.ts';
import { readOwn } from './isolation-record.ts';
import { repairRecords } from './rebuild.ts';
import { openIsolationFolders } from './record-place.ts';

/**
 * While the machine starts: what stands in the records is in force before the network is, each by itself. Answers an exit status: 1 when something
 * failed, which the keeper tries again.
 */
export function isolateAtBoot(machine: Machine): number {
  openIsolationFolders(machine);
  let status = 0;
  const tried = (work: () => void) => {
    try {
      withIsolationLock(machine, work);
    } catch {
      status = 1;
    }
  };
  tried(() => repairRecords(machine));
  tried(() => {
    const own = readOwn(machine);
    // Nobody confirmed before the machine went down: SSH of the LAN passes, nothing leaves.
    if (own !== null && isLate(own)) stepDown(machine, own);
  });
  tried(() => holdAll(machine));
  return status;
}
