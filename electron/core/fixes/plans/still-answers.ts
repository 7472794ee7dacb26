import { agentOf } from '#core/checks/agent.ts';
import type { CheckInput } from '#core/checks/check.ts';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';
import type { PlanProof, PlanStep } from '#shared/domain/plan.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';

/** A Python daemon with its models takes 8 to 11 seconds on small machines, and several times that on busy ones. */
const SETTLES_SECONDS = 60;
/** Account 65534 of every Linux system: may do nothing, and nothing is meant for it alone. */
const NOBODY = 65_534;
const MOST_INSTANCES = 8;

/**
 * What a plan has to prove of every mycoSwarm that ran before: that it answers afterwards. Asked of each whose unit, packages,
 * rules or network a step touches; a daemon that did not come up again leaves a change "not verified".
 */
export function stillAnswers(known: CheckInput, steps: readonly PlanStep[]): PlanProof[] {
  return known.facts.profile.instances.slice(0, MOST_INSTANCES).flatMap((instance): PlanProof[] => {
    const { running, apiPort: port } = instance;
    if (!running || port === null) return [];
    const step = steps.find(({ action, check }) => check !== null && touches(action, instance));
    if (step === undefined || step.check === null) return [];
    const uid = agentOf(known, instance).uid || NOBODY;
    const where = { address: '127.0.0.1', port, settlesWithin: SETTLES_SECONDS };
    return [{ kind: 'answers', check: step.check, uid, ...where }];
  });
}

function touches(action: HelperAction | null, instance: InstanceProfile): boolean {
  switch (action?.verb) {
    case 'set-unit':
      return instance.unit === null || action.unit === instance.unit;
    case 'load-table':
    case 'load-chains':
    case 'remove-owner-drop':
    case 'set-link':
    case 'upgrade-packages':
    case 'install-updates':
    case 'set-kernel-switch':
      return true;
    default:
      return false;
  }
}
