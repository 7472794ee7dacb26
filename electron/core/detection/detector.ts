import type { RuleInfo } from '#shared/domain/audit/alert.ts';
import type { EventFields, LogSource } from '#shared/domain/audit/event.ts';

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
}
