import type { Machine } from '../machine.ts';
import { bootId, secondsSinceBoot } from '../record/clock.ts';
import {
  type FenceRecord,
  fencesOf,
  type Loaded,
  type OwnRecord,
  readFence,
  readOwn,
  writeFence,
  writeOwn,
} from './isolation-record.ts';
import { listed, loadFence, loadOwn, tablesOf } from './load-rules.ts';
import { interfacesHere } from './network-place.ts';

/** Notes what the kernel lists after a load, for comparing later. */
export function noted(machine: Machine, record: OwnRecord | FenceRecord, loaded: Loaded): Loaded {
  return { ...loaded, ...listed(machine, tablesOf(record)) };
}

/** @returns whether nobody confirmed in time. Another boot than the one it was ordered in is late for certain. */
export function isLate(own: OwnRecord): boolean {
  if (own.is !== 'armed' && own.is !== 'cut') return false;
  return own.bootId !== bootId() || own.deadline <= secondsSinceBoot();
}

/** Opens SSH to the LAN; everything else stays shut. Durable first: whoever is killed here is gone on with by the next one. */
export function stepDown(machine: Machine, own: OwnRecord): OwnRecord {
  const down: OwnRecord = { ...own, is: 'stepped-down' };
  writeOwn(machine, down);
  const after = { ...down, loaded: noted(machine, down, loadOwn(machine, down)) };
  writeOwn(machine, after);
  return after;
}

/**
 * Brings back what should be in force here and is not: somebody flushed it, or an interface came. Needs the lock of the isolation.
 * @returns how many rule sets were brought back because somebody else changed them
 */
export function holdAll(machine: Machine): number {
  const interfaces = interfacesHere().names.join();
  let brought = 0;
  const hold = <R extends OwnRecord | FenceRecord>(
    record: R,
    load: (record: R) => Loaded,
    write: (record: R) => void,
  ) => {
    const { loaded } = record;
    const isPlugged = loaded !== null && loaded.interfaces.join() !== interfaces;
    const now = listed(machine, tablesOf(record));
    if (loaded !== null && !isPlugged && loaded.inet === now.inet && loaded.netdev === now.netdev) return;
    const again = noted(machine, record, load(record));
    // A first load, or one that was cut off before it was noted, is nobody's doing; neither is an interface that came or went.
    const isDone = loaded !== null && loaded.inet !== null && !isPlugged;
    brought += isDone ? 1 : 0;
    const { times, lastAt } = record.tampered;
    const tampered = isDone ? { times: times + 1, lastAt: new Date().toISOString() } : { times, lastAt };
    write({ ...record, loaded: again, tampered });
  };
  const own = readOwn(machine);
  if (own !== null && own.is !== 'armed')
    hold(
      own,
      (one) => loadOwn(machine, one),
      (one) => writeOwn(machine, one),
    );
  for (const id of fencesOf(machine)) {
    const fence = readFence(machine, id);
    if (fence !== null)
      hold(
        fence,
        (one) => loadFence(machine, one),
        (one) => writeFence(machine, one),
      );
  }
  return brought;
}
