import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { IsolateAct } from '#shared/domain/helper/isolate.ts';
import type { Relaunch } from '../asks/revert-timer.ts';
import type { Machine } from '../machine.ts';
import { bootId, secondsSinceBoot } from '../record/clock.ts';
import { Refused } from '../refused.ts';
import { accountsOf } from '../secret/accounts.ts';
import { keepAtBoot } from './boot-unit.ts';
import { holdAll, noted, stepDown } from './hold-rules.ts';
import { withIsolationLock } from './isolation-lock.ts';
import { type OwnRecord, readOwn, writeOwn, writeOwnFirst } from './isolation-record.ts';
import { listeningPorts } from './listening-ports.ts';
import { loadOwn } from './load-rules.ts';
import { identityHere } from './network-place.ts';
import { ownState } from './own-state.ts';
import { findSshWay } from './ssh-way.ts';
import { beginKeeper, ensureKeeper } from './start-keeper.ts';

type Cut = Extract<IsolateAct, { act: 'cut' }>;

/**
 * Cuts this node off: arms the timer and starts what counts down, without waiting for either a disk or a manager; then loads the rules in one
 * transaction; then makes sure that what counts down is there, and steps down where it is not. A node that was cut already gets a new time to be
 * confirmed in; a confirmed one stays as it is, and what somebody took away of it comes back.
 */
export async function cutNode(machine: Machine, act: Cut, relaunch: Relaunch): Promise<HelperAnswer> {
  const { own, cutMs, already } = withIsolationLock(machine, () => cutLocked(machine, act, relaunch));
  const isKept = await ensureKeeper(machine, relaunch, !already);
  // Nobody is locked out by a timer that is not there: without it the node steps down at once, and says so.
  const held =
    already || isKept
      ? (readOwn(machine) ?? own)
      : withIsolationLock(machine, () => stepDown(machine, readOwn(machine) ?? own));
  const state = ownState(machine, held);
  const identity = identityHere();
  return { answer: 'isolation-cut', own: state, identity, already, cutMs, answerMs: performance.now() };
}

function cutLocked(
  machine: Machine,
  act: Cut,
  relaunch: Relaunch,
): { own: OwnRecord; cutMs: number; already: boolean } {
  const former = readOwn(machine);
  if (former !== null && former.isolation !== act.isolation && !former.rebuilt)
    throw new Refused(
      'busy',
      'This node is isolated already, by another order. That one holds; release it first.',
    );
  if (former?.is === 'confirmed' && !former.rebuilt) {
    holdAll(machine);
    keepAtBoot(machine);
    return { own: readOwn(machine) ?? former, cutMs: performance.now(), already: true };
  }
  const armed = armedRecord(machine, act, former);
  writeOwnFirst(machine, armed);
  machine.pause?.('isolation-armed');
  beginKeeper(machine, relaunch);
  const loaded = loadOwn(machine, armed);
  const cutMs = performance.now();
  const cut: OwnRecord = { ...armed, is: 'cut', cutAt: armed.cutAt ?? new Date().toISOString(), loaded };
  writeOwnFirst(machine, cut);
  machine.pause?.('isolation-cut');
  const own = { ...cut, loaded: noted(machine, cut, loaded) };
  writeOwn(machine, own);
  return { own, cutMs, already: false };
}

function armedRecord(machine: Machine, act: Cut, former: OwnRecord | null): OwnRecord {
  const way = findSshWay();
  const accounts = act.uids.length === 0 ? [] : accountsOf(machine, act.uids);
  if (act.scope === 'agent' && accounts.length === 0)
    throw new Refused(
      'bad-request',
      'No account of mycoSwarm is known on this node, so the whole node has to be isolated.',
    );
  return {
    isolation: act.isolation,
    scope: act.scope,
    uids: act.uids,
    accounts,
    ports: act.scope === 'agent' ? listeningPorts(act.uids) : [],
    sshPort: act.sshPort ?? way?.port ?? null,
    ways: way === null ? [] : [{ console: way.console, node: way.node, port: way.port }],
    clientPort: way?.clientPort ?? null,
    bootId: bootId(),
    deadline: secondsSinceBoot() + act.seconds,
    is: 'armed',
    cutAt: former?.cutAt ?? null,
    pins: former?.pins ?? [],
    loaded: former?.loaded ?? null,
    tampered: former?.tampered ?? { times: 0, lastAt: null },
    rebuilt: false,
  };
}
