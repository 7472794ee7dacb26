import { planHash } from '#core/fixes/plan-registry.ts';
import type { Agreement } from '#core/ledger/agreed-plan.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { EngineParts } from './parts.ts';
import type { Decision } from './recover.ts';
import { TAKES_BACK } from './undone.ts';

export const ALTERED =
  'The record of this change is not what anybody agreed to, so nothing is done by it. Look at each step by hand, and at the ledger: swarmkeep verify';

export const UNPROVEN =
  'The ledger cannot prove now that you agreed to this change, so it does not go on. Nothing more is done on the node. See what is wrong with: swarmkeep verify';

/**
 * Whether a stored plan is the one that a person agreed to: it has its own hash, and the ledger has a consent to that hash.
 * @returns `not-agreed` for one that was altered, or that nobody agreed to
 */
export async function agreementOf(
  parts: Pick<EngineParts, 'agreed'>,
  change: StoredChange,
): Promise<Agreement> {
  // The journal names a change after its plan; whatever else stands there was put there by another hand.
  if (change.id !== change.plan.id || change.node !== change.plan.node) return 'not-agreed';
  return planHash(change.plan) === change.plan.hash ? parts.agreed(change) : 'not-agreed';
}

/** @returns whether a decision does on the node what was not done yet; to take a fix back is to do less */
export function doesMore(change: StoredChange, decision: Decision): boolean {
  if (decision.go === 'on') return true;
  return decision.go === 'take-back' && TAKES_BACK.has(change.plan.purpose);
}
