import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { IsolateAct, WireIdentity } from '#shared/domain/helper/isolate.ts';
import { fenceTables } from '#shared/domain/incident/isolation-rules.ts';
import type { Relaunch } from '../asks/revert-timer.ts';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { forgetAtBoot, keepAtBoot } from './boot-unit.ts';
import { holdAll, noted } from './hold-rules.ts';
import { hasKeeper, withIsolationLock } from './isolation-lock.ts';
import { type FenceRecord, isHolding, readFence, removeFence, writeFence } from './isolation-record.ts';
import { startKeeper } from './keeper.ts';
import { loadFence, unload } from './load-rules.ts';
import { gatewaysHere, identityHere, type Neighbour, neighboursHere, plainAddress } from './network-place.ts';
import { fenceNow } from './own-state.ts';
import { findSshWay } from './ssh-way.ts';

type Fence = Extract<IsolateAct, { act: 'fence' }>;

/** Drops another node from now on, and after every start. Refuses `bad-request` when nothing of it may be dropped. */
export function fenceNode(machine: Machine, act: Fence, relaunch: Relaunch): HelperAnswer {
  return withIsolationLock(machine, () => {
    const former = readFence(machine, act.isolation);
    const { target, leftOut } = judgedTarget(machine, act, former);
    if (target.macs.length + target.addresses.length === 0)
      throw new Refused('bad-request', `Nothing of that node may be dropped here. ${leftOut.join(' ')}`);
    if (former !== null && isSame(former, act, target)) {
      // It stands; what somebody took away meanwhile comes back, and is counted.
      holdAll(machine);
      keepAtBoot(machine);
      if (!hasKeeper(machine)) startKeeper(machine, relaunch);
      return {
        answer: 'isolation-fence',
        fence: fenceNow(machine, readFence(machine, act.isolation) ?? former),
      };
    }
    const tampered = former?.tampered ?? { times: 0, lastAt: null };
    const wanted: FenceRecord = {
      ...{ isolation: act.isolation, scope: act.scope, port: act.port },
      ...{ target, leftOut, tampered, loaded: former?.loaded ?? null },
    };
    writeFence(machine, wanted);
    machine.pause?.('fence-written');
    const loaded = loadFence(machine, wanted);
    const fence = { ...wanted, loaded: noted(machine, wanted, loaded) };
    writeFence(machine, fence);
    keepAtBoot(machine);
    if (!hasKeeper(machine)) startKeeper(machine, relaunch);
    return { answer: 'isolation-fence', fence: fenceNow(machine, fence) };
  });
}

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

/**
 * What may be dropped. Addresses of the node come in part from itself: one that claims to be the gateway, the console or another node must
 * not have these cut off. Its hardware address is also taken from the neighbour table of this machine.
 */
export function judgedTarget(
  machine: Machine,
  act: Pick<Fence, 'target' | 'spares'>,
  former: FenceRecord | null,
): { target: WireIdentity; leftOut: string[] } {
  const neighbours = neighboursHere(machine);
  const own = identityHere();
  const gateways = gatewaysHere(machine);
  const asker = findSshWay()?.console;
  const spared = new Map<string, string>();
  const spare = (addresses: readonly string[], why: string) => {
    for (const address of addresses.map(plainAddress)) {
      spared.set(address, why);
      for (const mac of macsOf(neighbours, [address])) spared.set(mac, why);
    }
  };
  const wanted = act.target.addresses.map(plainAddress);
  spare(act.spares.addresses, 'is another node’s');
  for (const mac of act.spares.macs) spared.set(mac, 'is another node’s');
  spare(gateways, 'is the gateway’s');
  spare(asker === undefined ? [] : [asker], 'is this console’s');
  spare(own.addresses, 'is this machine’s own');
  for (const mac of own.macs) spared.set(mac, 'is this machine’s own');
  const addresses = [...new Set([...wanted, ...(former?.target.addresses ?? [])])];
  const macs = [
    ...new Set([
      ...act.target.macs,
      ...macsOf(
        neighbours,
        addresses.filter((one) => !spared.has(one)),
      ),
      ...(former?.target.macs ?? []),
    ]),
  ];
  const isFree = (one: string) => !spared.has(one);
  return {
    target: { macs: macs.filter(isFree).slice(0, 64), addresses: addresses.filter(isFree).slice(0, 64) },
    leftOut: [...addresses, ...macs]
      .filter((one) => spared.has(one))
      .map((one) => `${one} ${spared.get(one)}.`)
      .slice(0, 128),
  };
}

const macsOf = (neighbours: readonly Neighbour[], addresses: readonly string[]) =>
  neighbours.filter(({ address }) => addresses.includes(address)).map(({ mac }) => mac);
