import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { IsolateAct, WireIdentity } from '#shared/domain/helper/isolate.ts';
import { fenceTables } from '#shared/domain/incident/isolation-rules.ts';
import type { Relaunch } from '../asks/revert-timer.ts';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { forgetAtBoot, keepAtBoot } from './boot-unit.ts';
import { judgeTarget, learnNeighbours, type WireView } from './fence-target.ts';
import { holdAll, noted } from './hold-rules.ts';
import { withIsolationLock } from './isolation-lock.ts';
import {
  type FenceRecord,
  isHolding,
  readFence,
  removeFence,
  writeFence,
  writeFenceFirst,
} from './isolation-record.ts';
import { loadFence, unload } from './load-rules.ts';
import { identityHere, neighboursHere } from './network-place.ts';
import { fenceNow } from './own-state.ts';
import { findSshWay } from './ssh-way.ts';
import { ensureKeeper } from './start-keeper.ts';
import { gatewaysHere, nameServersHere, wayTo } from './wire-place.ts';

type Fence = Extract<IsolateAct, { act: 'fence' }>;

/** Drops another node from now on, and after every start. Refuses `bad-request` when nothing of it may be dropped. */
export async function fenceNode(machine: Machine, act: Fence, relaunch: Relaunch): Promise<HelperAnswer> {
  // What is dropped already cannot be asked who it is.
  if (readFence(machine, act.isolation)?.covers.mac !== true) await learnNeighbours(machine, act);
  withIsolationLock(machine, () => fenceLocked(machine, act));
  await ensureKeeper(machine, relaunch);
  const fence = readFence(machine, act.isolation);
  return { answer: 'isolation-fence', fence: fence === null ? null : fenceNow(machine, fence) };
}

function fenceLocked(machine: Machine, act: Fence): void {
  const former = readFence(machine, act.isolation);
  const { target, leftOut, covers } = judgeTarget(viewOf(machine), act, former?.target ?? null);
  if (target.macs.length + target.addresses.length === 0)
    throw new Refused('bad-request', `Nothing of that node may be dropped here. ${leftOut.join(' ')}`);
  if (former !== null && isSame(former, act, target)) {
    const isNews = former.leftOut.join() !== leftOut.join() || former.covers.address !== covers.address;
    if (isNews || former.covers.mac !== covers.mac || former.rebuilt)
      writeFence(machine, { ...former, leftOut, covers, rebuilt: false });
    // It stands; what somebody took away meanwhile comes back, and is counted.
    holdAll(machine);
    keepAtBoot(machine);
    return;
  }
  const tampered = former?.tampered ?? { times: 0, lastAt: null };
  const wanted: FenceRecord = {
    ...{ isolation: act.isolation, scope: act.scope, port: act.port, rebuilt: false },
    ...{ target, leftOut, covers, tampered, loaded: former?.loaded ?? null },
  };
  writeFenceFirst(machine, wanted);
  machine.pause?.('fence-written');
  const loaded = loadFence(machine, wanted);
  writeFence(machine, { ...wanted, loaded: noted(machine, wanted, loaded) });
  keepAtBoot(machine);
}

const viewOf = (machine: Machine): WireView => ({
  neighbours: neighboursHere(machine),
  own: identityHere(),
  gateways: gatewaysHere(machine),
  nameServers: nameServersHere(),
  asker: findSshWay()?.console ?? null,
  wayTo: (address) => wayTo(machine, address),
});

function isSame(former: FenceRecord, act: Fence, target: WireIdentity): boolean {
  const same = (left: readonly string[], right: readonly string[]) =>
    [...left].sort().join() === [...right].sort().join();
  const { macs, addresses } = former.target;
  const isTarget = same(macs, target.macs) && same(addresses, target.addresses);
  return former.scope === act.scope && former.port === act.port && former.loaded !== null && isTarget;
}

/** Takes one fence away; others and the isolation of this node itself stay. */
export function liftFence(machine: Machine, isolation: string): HelperAnswer {
  return withIsolationLock(machine, () => {
    unload(machine, fenceTables(isolation));
    machine.pause?.('fence-unloaded');
    removeFence(machine, isolation);
    if (!isHolding(machine)) forgetAtBoot();
    return { answer: 'isolation-fence', fence: null };
  });
}
