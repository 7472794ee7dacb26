import type { StoredChange } from '#core/store/operations/changes.ts';
import { HELPER_PROGRAM } from '#shared/domain/helper/installation.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
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
  else {
    tell('change-settled', where, { ...what, state: change.state, note: change.error ?? '' });
  }
  if (event !== 'settled' || change.state !== 'done') return;
  const helper = { version: `protocol ${HELPER_PROTOCOL}`, path: HELPER_PROGRAM };
  if (plan.purpose === 'allow-changes') tell('helper-installed', where, helper);
  if (plan.purpose === 'remove') tell('helper-removed', where, helper);
}
