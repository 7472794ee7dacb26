import type { FixPlan } from '#core/fixes/fix.ts';
import { canonicalJson, type Json } from '#shared/domain/canonical-json.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';
import type { Plan, PlanStep } from '#shared/domain/plan.ts';
import { commonPart, type Touched, touchedBy } from './touched.ts';

/** Most steps of one plan, as the contract has it. */
const MOST_STEPS = 256;
const MOST_OF_EACH = 64;

/** Plans of single checks as one. */
export interface Joined {
  checks: CheckId[];
  steps: PlanStep[];
  settings: Plan['settings'];
  proofs: Plan['proofs'];
  mayCutOff: boolean;
  left: Plan['left'];
}

/**
 * Joins the plans of several checks in their order. A step that another check needs just so is done once. A check whose
 * steps exclude those of one before it is left out whole, and the reason names both.
 */
export function joinPlans(parts: readonly { check: CheckId; plan: FixPlan }[]): Joined {
  const joined: Joined = { checks: [], steps: [], settings: [], proofs: [], mayCutOff: false, left: [] };
  for (const { check, plan } of parts) {
    const added = plan.steps.filter(
      (step) => bringsIntoForce(step.action) || !joined.steps.some((other) => sameStep(step, other)),
    );
    const kept = joined.steps.filter(
      (step) => !(bringsIntoForce(step.action) && added.some((other) => sameStep(step, other))),
    );
    const conflict = conflictOf(added, kept);
    if (conflict !== null) {
      joined.left.push({ check, reason: conflict });
      continue;
    }
    if (kept.length + added.length > MOST_STEPS) {
      joined.left.push({
        check,
        reason: 'The plan would become too long. Plan this one by itself afterwards.',
      });
      continue;
    }
    joined.checks.push(check);
    joined.steps = [...kept, ...added];
    joined.settings.push(...plan.settings);
    joined.proofs.push(...plan.proofs);
    joined.mayCutOff ||= plan.mayCutOff;
  }
  joined.settings = joined.settings.slice(0, MOST_OF_EACH);
  joined.proofs = joined.proofs.slice(0, MOST_OF_EACH);
  return joined;
}

/** What brings into force what stands before it: of equal ones the last counts. */
function bringsIntoForce(action: HelperAction | null): boolean {
  switch (action?.verb) {
    case 'reread-units':
    case 'load-audit-rules':
    case 'test-ssh-server':
      return true;
    case 'set-unit':
      return action.action === 'restart' || action.action === 'reload';
    default:
      return false;
  }
}

function sameStep(left: PlanStep, right: PlanStep): boolean {
  if (left.action === null || right.action === null) return false;
  return left.phase === right.phase && plain(left.action) === plain(right.action);
}

function plain(action: HelperAction): string {
  return canonicalJson(JSON.parse(JSON.stringify(action)) as Json);
}

/** Units may be started and read again by several; what else two checks touch alike, the later one saw before the first changed it. */
function conflictOf(added: readonly PlanStep[], before: readonly PlanStep[]): string | null {
  for (const step of added) {
    for (const other of before) {
      if (step.check === other.check) continue;
      if (harmless(step.action) && harmless(other.action) && !opposite(step.action, other.action)) continue;
      const common =
        commonPart(changedBy(step.action), changedBy(other.action)) ??
        copiedWhileChanged(step.action, other.action) ??
        copiedWhileChanged(other.action, step.action);
      if (common === null) continue;
      const first = other.check ?? 'another check';
      return `It changes ${common}, and so does ${first}, in another way. Do ${first} first, then plan this one anew.`;
    }
  }
  return null;
}

/** The environment whose packages are replaced while it is copied elsewhere: the copy would keep the old ones, and is what runs then. */
function copiedWhileChanged(copy: HelperAction | null, upgrade: HelperAction | null): string | null {
  if (copy?.verb !== 'copy-tree' || upgrade?.verb !== 'upgrade-packages') return null;
  const isWithin = (path: string, root: string) => path === root || path.startsWith(`${root}/`);
  const meets = isWithin(upgrade.path, copy.from) || isWithin(copy.from, upgrade.path);
  return meets ? upgrade.path : null;
}

/** A folder that is made takes nothing from who writes into it afterwards: only the folder itself can be meant in two ways. */
function changedBy(action: HelperAction | null): Touched {
  const touched = touchedBy(action);
  return action?.verb === 'make-directory' ? { ...touched, trees: [] } : touched;
}

function harmless(action: HelperAction | null): boolean {
  return action === null || action.verb === 'set-unit' || action.verb === 'install-packages';
}

function opposite(left: HelperAction | null, right: HelperAction | null): boolean {
  if (left?.verb !== 'set-unit' || right?.verb !== 'set-unit' || left.unit !== right.unit) return false;
  const differs = left.enabled !== undefined && right.enabled !== undefined && left.enabled !== right.enabled;
  return differs || (left.action === 'stop') !== (right.action === 'stop');
}
