import type { EventFields, LogSource } from '#shared/domain/audit/event.ts';
import { Correlator, type LetGo } from './correlation/correlator.ts';
import { createEngine } from './engine.ts';
import { fieldOf, type SigmaEvent } from './match/event.ts';
import type { LoadedCorrelation, LoadedDetection, RuleSet } from './rule-set.ts';

/** A rule that has something to say about an event. */
export interface RunResult {
  rule: LoadedDetection | LoadedCorrelation;
  /** Numbers of the events that led to it, oldest first, at most 100. */
  events: readonly number[];
  /** What repeats are folded by; empty when the rule names nothing that the event has. */
  entityField: string;
  entity: string;
}

/** Rules over a row of events. */
export interface Run {
  /**
   * @param source what is known about the log; null: every rule is asked
   * @param at milliseconds since 1970 UTC
   * @param node correlations of different nodes are kept apart, unless a rule says `across-nodes`
   */
  take(event: SigmaEvent, source: LogSource | null, number: number, at: number, node: string): RunResult[];
  state(): unknown;
  readonly letGo: Readonly<LetGo>;
  readonly prefiltered: number;
}

/** @param state what `state()` of an earlier run gave; anything else is ignored */
export function createRun(set: RuleSet, state?: unknown): Run {
  const engine = createEngine(set.detections.map(({ rule }) => rule));
  const correlator = new Correlator(set.correlations, state);
  const correlated = new Set(
    set.correlations.flatMap(({ of }) =>
      of.flatMap(({ kind, index }) => (kind === 'detection' ? [index] : [])),
    ),
  );
  return {
    prefiltered: engine.prefiltered,
    letGo: correlator.letGo,
    state: () => correlator.state(),
    take(event, source, number, at, node) {
      const found = engine.match(event, source);
      if (found.length === 0) return [];
      const results: RunResult[] = [];
      for (const index of found) {
        const loaded = set.detections[index];
        if (loaded === undefined) continue;
        if (loaded.alerts)
          results.push({ rule: loaded, events: [number], ...entityOf(loaded.rule.entity, event.fields) });
        if (!correlated.has(index)) continue;
        for (const fired of correlator.take({
          kind: 'detection',
          index,
          fields: event.fields,
          number,
          at,
          node,
        })) {
          const correlation = set.correlations[fired.index];
          if (correlation?.alerts !== true) continue;
          const own = entityOf(correlation.rule.entity, event.fields);
          const [group] = fired.groupedBy;
          const entity =
            own.entityField === '' && group !== undefined
              ? { entityField: group.field, entity: fired.groupedBy.map(({ value }) => value).join(' · ') }
              : own;
          results.push({ rule: correlation, events: fired.events, ...entity });
        }
      }
      return results;
    },
  };
}

function entityOf(names: readonly string[], fields: EventFields): { entityField: string; entity: string } {
  for (const name of names) {
    const held = fieldOf(fields, name);
    if (held === undefined || held === null || held === '') continue;
    return { entityField: name, entity: Array.isArray(held) ? held.join(', ') : String(held) };
  }
  return { entityField: '', entity: '' };
}
