import { AS_ADMINISTRATOR, unseenPart } from '#core/checks/knowledge.ts';
import type { SubjectName } from '#shared/domain/facts/facts.ts';
import { helperAction } from '#shared/domain/helper/verbs.ts';
import { type PlanSetting, planProof, planSetting } from '#shared/domain/plan.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import type { FixInput, FixOutcome, FixPlan } from './fix.ts';

/** Why there is no plan, bounded and safe to show. */
export function notAutomatic(reason: string): FixOutcome {
  return { automatic: false, reason: shortened(visible(reason), 1_024) };
}

const NEEDED_STATUS = ['fix', 'review'];

/**
 * Why nothing can be planned for a finding as it is, before its fix looks any closer; null when it can.
 * @param needs subjects of facts without which the fix would have to guess
 * @param isClear what could not be seen does not matter here: it is seen because of the fix
 */
export function whyNotOffered(
  input: Pick<FixInput, 'facts' | 'finding' | 'nodeName' | keyof FixInput>,
  needs: readonly SubjectName[],
  isClear = false,
): string | null {
  const { finding } = input;
  if (finding.status === 'pass' || finding.status === 'not-applicable') return 'There is nothing to do.';
  if (finding.status === 'waived')
    return 'You accepted this risk. Withdraw that first, if you want it repaired after all.';
  for (const subject of needs) {
    const part = unseenPart(input, subject);
    if (part !== null)
      return `${part.headline ?? part.seen} To plan this it would help to ${part.wouldHelp ?? AS_ADMINISTRATOR}.`;
  }
  if (!isClear && !NEEDED_STATUS.includes(finding.status))
    return `What is to be done is not known yet: it would help to ${finding.wouldHelp ?? AS_ADMINISTRATOR} first.`;
  return null;
}

/** What is wrong with an action, in words: the target that cannot be named, else what the schema says. */
function refusalOf(action: unknown): string | null {
  const parsed = helperAction.safeParse(action);
  if (parsed.success) return null;
  const [issue] = parsed.error.issues;
  const [field] = issue?.path ?? [];
  const value =
    typeof action === 'object' && action !== null && typeof field === 'string'
      ? (action as Record<string, unknown>)[field]
      : null;
  const what =
    typeof value === 'string' && value.length <= 512
      ? `"${visible(value)}"`
      : `its ${String(field ?? 'shape')}`;
  return `A step would have to name ${what}, and no program may be given that name: do it by hand, by the steps of the finding.`;
}

/**
 * The outcome for a finished plan: refused with a sentence when one of its steps names something that the helper may not be
 * given, such as a path with control characters or a unit whose name is an option.
 */
export function planned(plan: FixPlan): FixOutcome {
  for (const { action } of plan.steps) {
    const why = action === null ? null : refusalOf(action);
    if (why !== null) return notAutomatic(why);
  }
  if (plan.steps.length === 0)
    return notAutomatic(
      'What this would put in place is there already. Look at the node again; if the finding stays, take its steps by hand.',
    );
  if (plan.steps.length > 200) return notAutomatic('This would take more than 200 steps. Take them by hand.');
  return {
    automatic: true,
    plan: {
      ...plan,
      title: shortened(visible(plan.title), 480),
      settings: plan.settings.slice(0, 16).map((setting) => planSetting.parse(shownSetting(setting))),
      proofs: plan.proofs.slice(0, 16).map((proof) => planProof.parse(proof)),
    },
  };
}

function shownSetting(setting: PlanSetting): PlanSetting {
  return {
    check: setting.check,
    setting: shortened(visible(setting.setting), 512),
    from: shortened(visible(setting.from), 1_024),
    to: shortened(visible(setting.to), 1_024),
    takesEffect: shortened(visible(setting.takesEffect), 512),
    recover: shortened(visible(setting.recover), 1_024),
  };
}
