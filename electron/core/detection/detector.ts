import type { RuleInfo } from '#shared/domain/audit/alert.ts';
import type { EventFields, LogSource } from '#shared/domain/audit/event.ts';
import { namedFields } from './sigma/events/flat-event.ts';
import type { RuleSet } from './sigma/rule-set.ts';
import { createRun, type RunResult } from './sigma/run.ts';

/** What rules look at. */
export interface DetectableEvent {
  fields: EventFields;
  logsource: LogSource;
  /** The whole text, for keyword searches of rules. */
  raw: string;
}

/** A correlation or single rule that has fired. */
export interface Detection {
  rule: RuleInfo;
  /** Field and value that the repeats are folded by: the first of the rule's own choice that the event has, else empty. */
  entityField: string;
  entity: string;
  /** Correlations: numbers of the events that led to it, oldest first, at most 100; a single match has the one. */
  events: readonly number[];
}

/** Compiled rules that are asked about one event after the other. Pure but for the correlations' windows. */
export interface Detector {
  /**
   * @param number of the event, for correlations
   * @param at its time in milliseconds since 1970 UTC
   * @param node correlations of different nodes are kept apart unless a rule groups otherwise
   */
  detect(event: DetectableEvent, number: number, at: number, node: string): readonly Detection[];
  /** State of the correlations as bounded plain JSON, to be stored in the batch's transaction; null when there is none. */
  state(): unknown;
  /** What correlations had to let go of, so that their memory stays bounded. */
  readonly letGo: { readonly groups: number; readonly entries: number };
}

/**
 * A detector for compiled rules.
 * @param state what `state()` of an earlier one gave; validated here, and what does not fit the rules any more is left out
 */
export function createDetector(rules: RuleSet, state?: unknown): Detector {
  const run = createRun(rules, state);
  return {
    letGo: run.letGo,
    state: () => run.state(),
    detect(event, number, at, node) {
      const own = { fields: namedFields(event.fields), raw: event.raw };
      return run.take(own, event.logsource, number, at, node).map(detectionOf);
    },
  };
}

function detectionOf({ rule: loaded, entityField, entity, events }: RunResult): Detection {
  return { rule: ruleInfoOf(loaded), entityField, entity: entity.slice(0, 1_024), events };
}

/** A rule as alerts name it. A rule without a level counts as medium. */
export function ruleInfoOf({ id, origin, rule }: RunResult['rule']): RuleInfo {
  const { leadsTo } = rule;
  return {
    id,
    title: rule.title,
    level: rule.level ?? 'medium',
    origin,
    story: rule.story,
    todo: rule.todo,
    falsePositives: [...rule.falsePositives],
    leadsTo:
      leadsTo === null
        ? null
        : leadsTo === 'incident'
          ? { kind: 'incident' }
          : { kind: 'check', check: leadsTo },
  };
}
