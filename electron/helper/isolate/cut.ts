import { setTimeout as sleep } from 'node:timers/promises';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { IsolateAct } from '#shared/domain/helper/isolate.ts';
import type { Relaunch } from '../asks/revert-timer.ts';
import type { Machine } from '../machine.ts';
import { bootId, secondsSinceBoot } from '../record/clock.ts';
import { Refused } from '../refused.ts';
import { accountsOf } from '../secret/accounts.ts';
import { holdAll, noted, stepDown } from './hold-rules.ts';
import { hasKeeper, withIsolationLock } from './isolation-lock.ts';
import { type OwnRecord, readOwn, writeOwn } from './isolation-record.ts';
import { startKeeper } from './keeper.ts';
import { listeningPorts } from './listening-ports.ts';
import { loadOwn } from './load-rules.ts';
import { identityHere } from './network-place.ts';
import { ownState } from './own-state.ts';
import { findSshWay } from './ssh-way.ts';

type Cut = Extract<IsolateAct, { act: 'cut' }>;

/** How long the keeper may take to be there before the node steps down instead of trusting to it. */
const KEEPER_MS = 5_000;

/**
 * Cuts this node off: arms the timer, then loads the rules in one transaction, then makes sure that what counts down is there. A node that was
 * cut already gets a new time to be confirmed in; a confirmed one stays as it is.
 */
export async function cutNode(machine: Machine, act: Cut, relaunch: Relaunch): Promise<HelperAnswer> {
  const { own, cutMs, already } = withIsolationLock(machine, () => cutLocked(machine, act, relaunch));
  const held = already ? own : await withKeeper(machine, own);
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
  if (former !== null && former.isolation !== act.isolation)
    throw new Refused(
      'busy',
      'This node is isolated already, by another order. That one holds; release it first.',
    );
  if (former?.is === 'confirmed') {
    holdAll(machine);
    if (!hasKeeper(machine)) startKeeper(machine, relaunch);
    return { own: readOwn(machine) ?? former, cutMs: performance.now(), already: true };
  }
  const armed = armedRecord(machine, act, former);
  writeOwn(machine, armed);
  machine.pause?.('isolation-armed');
  startKeeper(machine, relaunch);
  const loaded = loadOwn(machine, armed);
  const cutMs = performance.now();
  const cut: OwnRecord = { ...armed, is: 'cut', cutAt: armed.cutAt ?? new Date().toISOString(), loaded };
  writeOwn(machine, cut);
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
  };
}

/** Nobody is locked out by a timer that is not there: without it the node steps down at once, and says so. */
async function withKeeper(machine: Machine, own: OwnRecord): Promise<OwnRecord> {
  for (const until = performance.now() + KEEPER_MS; performance.now() < until; await sleep(25))
    if (hasKeeper(machine)) return own;
  return withIsolationLock(machine, () => stepDown(machine, readOwn(machine) ?? own));
}
