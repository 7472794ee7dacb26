import { Compiler, type Matcher } from './match/compile.ts';
import { Evaluation } from './match/evaluation.ts';
import type { SigmaEvent } from './match/event.ts';
import { Prefilter } from './prefilter/prefilter.ts';
import { type Necessary, necessaryFor } from './prefilter/witness.ts';
import type { Expression } from './rule/expression.ts';
import type { RuleLogSource } from './rule/header.ts';

/** Rules by number: their place in the list that the engine was made of. */
export interface EngineRule {
  logsource: RuleLogSource;
  expression: Expression;
}

/** Answers which rules match an event. Not shared between threads; one event at a time. */
export interface Engine {
  /**
   * @param source what is known about the event's log; null: every rule is asked
   * @returns numbers of the rules that match, ascending
   */
  match(event: SigmaEvent, source: RuleLogSource | null): number[];
  /** Rules that are only looked at when an event has what they need. */
  readonly prefiltered: number;
}

/** Routes that are kept; there are more only when somebody makes them up. */
const MOST_ROUTES = 512;

/**
 * Whether a rule is for a log: what the rule names must be that of the log. A product that is not known speaks against no rule; nor
 * does it speak against one that neither category nor service is known, for missing what it finds would be worse than asking in vain.
 */
export function isFor(rule: RuleLogSource, log: RuleLogSource): boolean {
  if (rule.product !== null && log.product !== null && rule.product !== log.product) return false;
  if (log.category === null && log.service === null) return true;
  return (
    (rule.category === null || rule.category === log.category) &&
    (rule.service === null || rule.service === log.service)
  );
}

const NO_NAMES: RuleLogSource = { product: null, category: null, service: null };

/** Compiles rules. What one log needs is made when its first event comes. */
export function createEngine(rules: readonly EngineRule[]): Engine {
  const evaluation = new Evaluation();
  const compiler = new Compiler();
  const matchers: (Matcher | undefined)[] = [];
  const known = new Map<Expression, Necessary | null>();
  const necessary = rules.map(({ expression }) => necessaryFor(expression, known));
  const routes = new Map<string, Prefilter>();
  let latest: { source: RuleLogSource; route: Prefilter } | null = null;

  function routeOf(source: RuleLogSource): Prefilter {
    if (
      latest !== null &&
      latest.source.product === source.product &&
      latest.source.category === source.category &&
      latest.source.service === source.service
    )
      return latest.route;
    const key = JSON.stringify([source.product, source.category, source.service]);
    let route = routes.get(key);
    if (route === undefined) {
      const own = rules.flatMap((rule, number) => (isFor(rule.logsource, source) ? [number] : []));
      route = new Prefilter(own, necessary, rules.length);
      if (routes.size >= MOST_ROUTES) routes.clear();
      routes.set(key, route);
    }
    latest = { source: { ...source }, route };
    return route;
  }

  return {
    prefiltered: necessary.filter((one) => one !== null).length,
    match(event, source) {
      evaluation.begin(event);
      const found: number[] = [];
      for (const number of routeOf(source ?? NO_NAMES).candidates(evaluation)) {
        let matcher = matchers[number];
        if (matcher === undefined) {
          const rule = rules[number];
          if (rule === undefined) continue;
          matcher = compiler.compile(rule.expression);
          matchers[number] = matcher;
        }
        if (matcher(evaluation)) found.push(number);
      }
      return found.length > 1 ? found.sort((a, b) => a - b) : found;
    },
  };
}
