import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { OWN_TABLES } from '#shared/domain/incident/isolation-rules.ts';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { forgetAtBoot, keepAtBoot } from './boot-unit.ts';
import { holdAll, isLate, stepDown } from './hold-rules.ts';
import { withIsolationLock } from './isolation-lock.ts';
import { fencesOf, type OwnRecord, readOwn, removeOwn, writeOwn } from './isolation-record.ts';
import { unload } from './load-rules.ts';
import { ownState } from './own-state.ts';
import { unpinAll } from './pins.ts';
import { forgetProbes } from './probe-counters.ts';
import { findSshWay } from './ssh-way.ts';

/** Ends the timer: whoever asks has come in by the way that stays. Refuses `too-late`, and `bad-request` over the connection that ordered the cut. */
export function confirmIsolation(machine: Machine, isolation: string): HelperAnswer {
  return withIsolationLock(machine, () => {
    const own = requireOwn(machine, isolation);
    if (own.is === 'confirmed') return confirmed(machine, own);
    if (isLate(own)) stepDown(machine, own);
    if (isLate(own) || own.is === 'stepped-down')
      throw new Refused(
        'too-late',
        'The time was up: SSH is open to the LAN again. What leaves the node stays shut.',
      );
    if (own.is !== 'cut')
      throw new Refused('too-late', 'The rules were not loaded yet, so there is nothing to confirm.');
    const way = findSshWay();
    // A shared connection proves nothing: it was there before the rules.
    if (own.clientPort !== null && way?.clientPort === own.clientPort)
      throw new Refused(
        'bad-request',
        'This is the connection that ordered it. Only a fresh one proves that the way stays open.',
      );
    const kept: OwnRecord = { ...own, is: 'confirmed' };
    writeOwn(machine, kept);
    machine.pause?.('isolation-confirmed');
    holdAll(machine);
    return confirmed(machine, readOwn(machine) ?? kept);
  });
}

function confirmed(machine: Machine, own: OwnRecord): HelperAnswer {
  keepAtBoot(machine);
  return { answer: 'isolation-own', own: ownState(machine, own) };
}

/** Takes all of it away, the last first. The record goes at the very end: what is cut off in the middle stays isolated. */
export function releaseNode(machine: Machine, isolation: string): HelperAnswer {
  return withIsolationLock(machine, () => {
    const own = readOwn(machine);
    if (own !== null && own.isolation !== isolation && !own.rebuilt)
      throw new Refused('busy', 'This node is isolated by another order. That one stays.');
    if (fencesOf(machine).length === 0) forgetAtBoot();
    machine.pause?.('boot-forgotten');
    unload(machine, OWN_TABLES);
    forgetProbes(machine);
    machine.pause?.('isolation-unloaded');
    if (own !== null) unpinAll(machine, own);
    machine.pause?.('isolation-unpinned');
    removeOwn(machine);
    return { answer: 'isolation-own', own: null };
  });
}

/** @returns the record of this isolation. Refuses `unknown-change`. */
export function requireOwn(machine: Machine, isolation: string): OwnRecord {
  const own = readOwn(machine);
  if (own === null || own.isolation !== isolation)
    throw new Refused('unknown-change', 'This node is not isolated by this order.');
  return own;
}
