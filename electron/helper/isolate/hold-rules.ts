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
  writeOwnFirst,
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

/**
 * Opens SSH to the LAN; everything else stays shut. Written down first, in memory, which no disk holds up: whoever is killed here is gone on with by the
 * next one.
 */
export function stepDown(machine: Machine, own: OwnRecord): OwnRecord {
  const down: OwnRecord = { ...own, is: 'stepped-down' };
  writeOwnFirst(machine, down);
  const after = { ...down, loaded: noted(machine, down, loadOwn(machine, down)) };
  writeOwn(machine, after);
  return after;
}

/**
 * Brings back what should be in force here and is not: somebody flushed it, or an interface came. Each by itself: one that fails stops no other, and
 * the first failure is thrown at the end. Needs the lock of the isolation.
 * @returns how many rule sets were brought back because somebody else changed them
 */
export function holdAll(machine: Machine): number {
  const interfaces = interfacesHere().names.join();
  const failed: unknown[] = [];
  let brought = 0;
  const each = (work: () => boolean) => {
    try {
      brought += work() ? 1 : 0;
    } catch (thrown) {
      failed.push(thrown);
    }
  };
  each(() => {
    const own = readOwn(machine);
    return own !== null && own.is !== 'armed' && hold(machine, own, interfaces, loadOwn, writeOwn);
  });
  for (const id of fencesOf(machine))
    each(() => {
      const fence = readFence(machine, id);
      return fence !== null && hold(machine, fence, interfaces, loadFence, writeFence);
    });
  if (failed.length > 0) throw failed[0];
  return brought;
}

/** @returns whether it was brought back because somebody else changed it */
function hold<R extends OwnRecord | FenceRecord>(
  machine: Machine,
  record: R,
  interfaces: string,
  load: (machine: Machine, record: R) => Loaded,
  write: (machine: Machine, record: R) => void,
): boolean {
  const { loaded } = record;
  const isPlugged = loaded !== null && loaded.interfaces.join() !== interfaces;
  const now = listed(machine, tablesOf(record));
  if (loaded !== null && !isPlugged && loaded.inet === now.inet && loaded.netdev === now.netdev) return false;
  const again = noted(machine, record, load(machine, record));
  // A first load, or one that was cut off before it was noted, is nobody's doing; neither is an interface that came or went.
  const isDone = loaded !== null && loaded.inet !== null && !isPlugged;
  const { times, lastAt } = record.tampered;
  const tampered = isDone ? { times: times + 1, lastAt: new Date().toISOString() } : { times, lastAt };
  write(machine, { ...record, loaded: again, tampered });
  return isDone;
}
