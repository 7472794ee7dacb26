import type { Machine } from '../machine.ts';
import { openStateFolder } from '../record/state-folder.ts';
import { holdAll, isLate, stepDown } from './hold-rules.ts';
import { withIsolationLock } from './isolation-lock.ts';
import { readOwn } from './isolation-record.ts';

/** While the machine starts: what stands in the record is in force before the network is. Answers an exit status. */
export function isolateAtBoot(machine: Machine): number {
  openStateFolder(machine);
  try {
    withIsolationLock(machine, () => {
      const own = readOwn(machine);
      // Nobody confirmed before the machine went down: SSH of the LAN passes, nothing leaves.
      if (own !== null && isLate(own)) stepDown(machine, own);
      holdAll(machine);
    });
    return 0;
  } catch {
    return 1; // The keeper tries again.
  }
}
