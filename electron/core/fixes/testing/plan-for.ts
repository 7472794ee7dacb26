import type { CheckInput } from '#core/checks/check.ts';
import { runChecks } from '#core/checks/run.ts';
import { inputFor } from '#core/checks/testing/facts-builder.ts';
import { fixFor } from '#core/fixes/all.ts';
import type { Fix, FixOutcome, FixPlan } from '#core/fixes/fix.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import type { PathState } from '#shared/domain/helper/targets.ts';
import { planProof, planSetting, planStep } from '#shared/domain/plan.ts';
import { statesOf } from './states.ts';

/** The fix of a check that has one. */
export function fixOf(check: CheckId): Fix {
  const fix = fixFor(check);
  if (!('plan' in fix)) throw new Error(`${check} has no fix`);
  return fix;
}

/**
 * What a fix says for a node: its check is run, its targets are looked at in a model of the node, and it plans.
 * @param more.texts what lies in files, by path
 */
export function outcomeFor(
  check: CheckId,
  facts: Facts,
  more: {
    input?: Partial<CheckInput>;
    texts?: Readonly<Record<string, string>>;
    states?: ReadonlyMap<string, PathState>;
  } = {},
): FixOutcome {
  const fix = fixOf(check);
  const known = inputFor(facts, more.input ?? {});
  const [finding] = runChecks(known, { only: [check] });
  if (finding === undefined) throw new Error(`${check} said nothing`);
  const input = { ...known, finding };
  const states = more.states ?? statesOf(facts, fix.targets(input), more.texts);
  return fix.plan({ ...input, states });
}

/** The plan, held to the contract; an error that says why there is none. */
export function planFor(...[check, facts, more]: Parameters<typeof outcomeFor>): FixPlan {
  const outcome = outcomeFor(check, facts, more);
  if (!outcome.automatic) throw new Error(`not automatic: ${outcome.reason}`);
  for (const step of outcome.plan.steps) planStep.parse(step);
  for (const proof of outcome.plan.proofs) planProof.parse(proof);
  for (const setting of outcome.plan.settings) planSetting.parse(setting);
  return outcome.plan;
}

/** Why there is no plan; an error when there is one. */
export function reasonFor(...[check, facts, more]: Parameters<typeof outcomeFor>): string {
  const outcome = outcomeFor(check, facts, more);
  if (outcome.automatic) throw new Error(`automatic: ${outcome.plan.title}`);
  return outcome.reason;
}

/** Verbs of a plan in their order, `when-kept` ones marked. */
export function verbsOf(plan: FixPlan): string[] {
  return plan.steps.map(
    ({ action, phase }) => `${phase === 'now' ? '' : 'when-kept '}${action?.verb ?? 'console'}`,
  );
}
