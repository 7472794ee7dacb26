import type { CheckInput } from '#core/checks/check.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Finding } from '#shared/domain/finding.ts';
import type { PathState } from '#shared/domain/helper/targets.ts';
import type { PlanProof, PlanSetting, PlanStep } from '#shared/domain/plan.ts';

/** All that a fix may know when it plans: what its check knew, what it said, and what is at the paths it asked for. */
export interface FixInput extends CheckInput {
  finding: Finding;
  /** What the helper saw at {@link Fix.targets}; empty where nothing is allowed on the node: then the plan is a preview. */
  states: ReadonlyMap<string, PathState>;
}

/** What one fix puts into a plan. */
export interface FixPlan {
  /** `Close the way out for mycoSwarm`: what it does, as a sentence without a full stop and without the node. */
  title: string;
  settings: PlanSetting[];
  /**
   * In their order. A restart, a reload, `reread-units` and `load-audit-rules` bring into force what stands before them: of
   * equal ones in plans that are joined the last counts. Of equal `after-undo` steps the first counts.
   */
  steps: PlanStep[];
  proofs: PlanProof[];
  /** It may cut the operator off from the node. */
  mayCutOff: boolean;
}

/** A fix, or why there is none for this node as it is. */
export type FixOutcome = { automatic: true; plan: FixPlan } | { automatic: false; reason: string };

/** A repair by a program. Pure: the same input gives the same plan, byte for byte. */
export interface Fix {
  check: CheckId;
  /** One sentence: what it will do. */
  words: string;
  /** Checks whose fix has to come first when both are planned: an account before the rules that name its uid. */
  after: readonly CheckId[];
  /** Paths that it must know before it can plan, with their text where a file is edited. */
  targets(input: Omit<FixInput, 'states'>): readonly { path: string; text: boolean }[];
  plan(input: FixInput): FixOutcome;
}

/** A check for which there is deliberately no program: a person decides, by the steps of the finding. */
export interface NotAutomatic {
  check: CheckId;
  /** Why, in one or two sentences. */
  reason: string;
}
