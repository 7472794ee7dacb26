import type { Detector } from '#core/detection/detector.ts';
import type { FirstSeen } from '#core/detection/pack/first-seen.ts';
import type { RuleInfo } from '#shared/domain/audit/alert.ts';
import type { LogSource } from '#shared/domain/audit/event.ts';
import type { OwnRules } from '#shared/domain/audit/own-rules.ts';

/** The rules that events are held against. */
export interface RulesInForce {
  /** @param state as a detector gave it before; null at the beginning */
  createDetector(state: unknown): Detector;
  /**
   * What tells of things never seen before.
   * @param state as an earlier one gave it
   * @param learnDays days for which it learns, asked each time
   */
  createFirstSeen(state: unknown, learnDays: () => number): FirstSeen;
  /**
   * All rules, and why one can never fire.
   * @param seen what events said of their logs so far
   */
  list(seen: readonly LogSource[]): { rule: RuleInfo; canFire: boolean; whyNot: string }[];
  /** What no other rule may be called: `id …` and `name …` of each rule, with the path of its file. */
  taken: ReadonlyMap<string, string>;
  /** Files of the operator's own rules, what is wrong in them, and what they wait for. */
  ownRules(): OwnRules;
}
