import type { Difference, HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { Machine } from '../machine.ts';
import { ChangeRecord, changesOf } from '../record/change-record.ts';
import { bootId, secondsSinceBoot } from '../record/clock.ts';
import { StepRecord, stepsOf } from '../record/step-record.ts';
import { asRefused, codeOf, Refused } from '../refused.ts';
import { verbOf } from '../verbs/table.ts';
import { stopTimer } from './revert-timer.ts';
import { revertStep } from './undo-step.ts';

const words = (step: number, thrown: unknown): Difference => ({
  path: `step ${step}`,
  what: 'state',
  left: 'undone',
  now: asRefused(thrown, `step ${step}`).message.slice(0, 512),
});

/**
 * Steps in the order in which they are taken back: newest first, and before them those that decide about packets, so that
 * the way in is open again at once. While the machine starts units load rules by themselves: these go first then.
 */
function orderBack(machine: Machine, change: string): number[] {
  const newestFirst = stepsOf(machine, change).reverse();
  if (machine.booting === true) return newestFirst;
  const isFirst = (step: number) => {
    try {
      return verbOf(new StepRecord(machine, change, step).begun()?.verb ?? '')?.firstBack === true;
    } catch {
      // What is wrong with its record is said when its turn comes.
      return false;
    }
  };
  const [first, then] = [newestFirst.filter(isFirst), newestFirst.filter((step) => !isFirst(step))];
  return [...first, ...then];
}

/** Notes that the change takes itself back. Whoever fills the disk must not keep it from that: the way in needs no disk to be opened. */
function noteReverting(record: ChangeRecord): void {
  try {
    record.mark('reverting');
  } catch (thrown) {
    if (!['ENOSPC', 'EDQUOT', 'EROFS'].includes(codeOf(thrown) ?? '')) throw thrown;
  }
}

/**
 * Takes every step of a change back, newest first but for those that decide about packets. A step that somebody changed since, or that cannot be taken back, is
 * left and named; the others are taken back all the same. Refuses `too-late` when the change was confirmed.
 * @param isLast false for one who tries again: what failed then is not given up
 */
export function revertChange(machine: Machine, change: string, isLast = true): HelperAnswer {
  const record = new ChangeRecord(machine, change);
  const steps = orderBack(machine, change);
  if (record.armed() === null && steps.length === 0)
    throw new Refused('unknown-change', 'Of this change there is nothing on this node.');
  if (record.is('confirmed')) throw new Refused('too-late', 'The change was confirmed; it can be undone.');
  noteReverting(record);
  let taken = 0;
  let failed = 0;
  const left: Difference[] = [];
  for (const step of steps) {
    try {
      const differences = revertStep(machine, change, step);
      if (differences === null) taken += 1;
      else left.push(...differences);
    } catch (thrown) {
      failed += 1;
      left.push(words(step, thrown));
    }
  }
  if (failed === 0 || isLast) {
    record.mark('reverted');
    stopTimer(machine, change);
  }
  return { answer: 'reverted', steps: taken, left: left.slice(0, 256) };
}

/** What is still to wait for a change's timer, in seconds; null when there is nothing to wait for or to take back. */
export function secondsToWait(machine: Machine, change: string): number | null {
  const record = new ChangeRecord(machine, change);
  const armed = record.armed();
  if (armed === null || record.is('confirmed') || record.is('reverted')) return null;
  if (armed.bootId !== bootId() || record.is('reverting')) return 0;
  return Math.max(0, armed.deadline - secondsSinceBoot());
}

/** Changes that were armed before the last boot, or cut off while reverting, and never confirmed: for the unit at boot. */
export function unconfirmedChanges(machine: Machine): string[] {
  return changesOf(machine).filter((change) => {
    try {
      const armed = new ChangeRecord(machine, change).armed();
      return armed !== null && armed.bootId !== bootId() && secondsToWait(machine, change) === 0;
    } catch {
      // Its record cannot be read: that is said where changes are listed, and keeps no other from being taken back.
      return false;
    }
  });
}
