import { planHash } from '#core/fixes/plan-registry.ts';
import { shownText } from '#core/fixes/steps.ts';
import type { Plan, PlanStep } from '#shared/domain/plan.ts';

/**
 * Whether a stored plan is the one that a person agreed to, as far as it can tell by itself: it has its hash, and each step that
 * writes a file shows that file with that text.
 */
export function isAsShown(plan: Plan): boolean {
  return planHash(plan) === plan.hash && plan.steps.every(showsItsFile);
}

function showsItsFile({ action, preview }: PlanStep): boolean {
  if (action?.verb !== 'write-file') return true;
  const text = Buffer.from(action.contents, 'base64').toString('utf8');
  return preview.kind === 'file' && preview.path === action.path && preview.after === shownText(text);
}
