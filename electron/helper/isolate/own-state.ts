import type { z } from 'zod';
import type { FenceState, OwnIsolation, tableState } from '#shared/domain/helper/isolate.ts';
import type { Machine } from '../machine.ts';
import { secondsSinceBoot } from '../record/clock.ts';
import { isKeptAtBoot } from './boot-unit.ts';
import { hasKeeper } from './isolation-lock.ts';
import { type FenceRecord, isDurable, type OwnRecord } from './isolation-record.ts';
import { droppedBy, listed, ownRulesOf, tablesOf } from './load-rules.ts';

/** How the isolation of this node stands now, by its kernel. */
export function ownState(machine: Machine, own: OwnRecord): OwnIsolation {
  const counts = own.is === 'armed' || own.is === 'cut';
  return {
    isolation: own.isolation,
    scope: own.scope,
    is: own.is,
    ...tablesNow(machine, own),
    keeper: hasKeeper(machine),
    boot: isKeptAtBoot(machine) && isDurable(own),
    cutAt: own.cutAt,
    leftSeconds: counts ? own.deadline - secondsSinceBoot() : null,
    ways: own.ways,
    lanPorts: ownRulesOf(own, []).lanPorts.slice(0, 8),
    tampered: own.tampered,
    durable: isDurable(own),
    rebuilt: own.rebuilt,
    dropped: droppedBy(machine, tablesOf(own)),
    text: own.loaded?.text ?? '0'.repeat(64),
  };
}

/** How a fence of this node against another one stands now, by its kernel. */
export function fenceNow(machine: Machine, fence: FenceRecord): FenceState {
  const { rules, egress } = tablesNow(machine, fence);
  return {
    isolation: fence.isolation,
    rules,
    egress,
    keeper: hasKeeper(machine),
    boot: isKeptAtBoot(machine) && isDurable(fence),
    target: fence.target,
    leftOut: fence.leftOut,
    covers: fence.covers,
    tampered: fence.tampered,
    durable: isDurable(fence),
    rebuilt: fence.rebuilt,
    dropped: droppedBy(machine, tablesOf(fence)),
  };
}

type TableState = z.infer<typeof tableState>;

function tablesNow(
  machine: Machine,
  record: OwnRecord | FenceRecord,
): { rules: TableState; egress: TableState; egressWhy: string } {
  const now = listed(machine, tablesOf(record));
  const { loaded } = record;
  const egressWhy = loaded?.egressWhy ?? '';
  const judged = (is: string | null, was: string | null): TableState =>
    is === null ? 'missing' : is === was ? 'as-loaded' : 'other';
  return {
    rules: judged(now.inet, loaded?.inet ?? null),
    egress:
      now.netdev === null && loaded?.netdev === null
        ? 'impossible'
        : judged(now.netdev, loaded?.netdev ?? null),
    egressWhy,
  };
}
