import { userInfo } from 'node:os';
import type { ClaimedPlan } from '#core/fixes/plan-registry.ts';
import type { EventDraft, Ledger } from '#core/ledger/ledger.ts';
import { HELPER_FOLDER } from '#shared/domain/helper/installation.ts';
import type { LedgerWhere } from '#shared/domain/ledger.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { Plan } from '#shared/domain/plan.ts';
import type { TellLedger } from './fix-desk.ts';

/** @returns the account that runs this console, by name where the system knows one */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** @returns the node as an event names it; null for all nodes */
export function whereOf(node: Pick<SwarmNode, 'id' | 'name'> | null): LedgerWhere {
  return node && { node: node.id, name: node.name };
}

/**
 * Records that a person agreed to a plan, before anything is done.
 * @throws what the store says when it cannot be recorded; then the plan must not be begun
 */
export async function recordConsent(ledger: Ledger, { plan }: ClaimedPlan): Promise<void> {
  const where = { node: plan.node, name: plan.nodeName };
  await ledger.append([
    { kind: 'plan-agreed', where, what: { ...planWords(plan), steps: plan.steps.length } },
  ]);
}

function planWords({ id, hash, purpose, title, checks }: Plan) {
  return { plan: id, hash, purpose, title, checks };
}

/**
 * How changes leave their events. What was agreed to is recorded before it begins ({@link recordConsent}); what comes of it
 * has happened already, so it is made up for when it cannot be recorded at once.
 * @param version of this console, whose helper is put on nodes
 */
export function tellingLedger(ledger: Ledger, version: string): TellLedger {
  return (kind, where, what) => {
    const event = { kind, where, what } as EventDraft;
    ledger.append([event, ...helperEvents(event, version)], 'go-on').catch(() => undefined);
  };
}

function helperEvents(event: EventDraft, version: string): EventDraft[] {
  if (event.kind !== 'change-settled' || event.what.state !== 'done') return [];
  const { where } = event;
  const what = { version, path: HELPER_FOLDER };
  if (event.what.purpose === 'allow-changes') return [{ kind: 'helper-installed', where, what }];
  const gone = event.what.purpose === 'stop-changes' || event.what.purpose === 'remove';
  return gone ? [{ kind: 'helper-removed', where, what }] : [];
}
