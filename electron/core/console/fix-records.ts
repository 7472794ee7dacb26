import type { StoredChange } from '#core/store/operations/changes.ts';
import type { TellLedger } from './fix-desk.ts';

/** Hands a change to the ledger: when it was ordered, and where it came to rest. */
export function tellLedger(tell: TellLedger, change: StoredChange, event: 'ordered' | 'settled'): void {
  const { plan } = change;
  const where = { node: plan.node, name: plan.nodeName };
  const what = {
    change: change.id,
    plan: plan.id,
    hash: plan.hash,
    purpose: plan.purpose,
    title: plan.title,
    checks: plan.checks,
  };
  if (event === 'ordered') tell('change-ordered', where, what);
  else tell('change-settled', where, { ...what, state: change.state, note: change.error ?? '' });
}
