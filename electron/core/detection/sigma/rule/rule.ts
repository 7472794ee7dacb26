import type { Correlation } from './correlation.ts';
import { readCorrelation } from './correlation.ts';
import { isMap, readDetection } from './detection.ts';
import type { Expression } from './expression.ts';
import { fault } from './fault.ts';
import { type RuleHeader, type RuleLogSource, readHeader, readLogSource } from './header.ts';
import type { Placeholders } from './placeholders.ts';

/** A rule that is about single events. */
export interface DetectionRule extends RuleHeader {
  kind: 'detection';
  logsource: RuleLogSource;
  expression: Expression;
}

/** A rule that is about several events. */
export interface CorrelationRule extends RuleHeader {
  kind: 'correlation';
  correlation: Correlation;
}

/** A filter: what rules ask for is asked for together with it (Sigma filters specification 2.1; joined by "and", as pySigma does). */
export interface FilterRule extends RuleHeader {
  kind: 'filter';
  logsource: RuleLogSource;
  /** Ids or names; `any`: all rules of the log source. */
  rules: readonly string[] | 'any';
  expression: Expression;
}

export type SigmaRule = DetectionRule | CorrelationRule | FilterRule;

/**
 * Reads one document.
 * @throws RuleFault with what is wrong
 */
export function readRule(document: unknown, placeholders: Placeholders): SigmaRule {
  if (!isMap(document)) return fault('it is no map, as a rule is');
  const parts = ['detection', 'correlation', 'filter'].filter((part) => document[part] !== undefined);
  if (parts.length === 0) fault('it has neither detection, correlation nor filter');
  if (parts.length > 1) fault(`it has ${parts.join(' and ')}; a document is one of these`);
  const header = readHeader(document);
  const written = document[parts[0] ?? ''];
  if (!isMap(written)) return fault(`${parts[0]} is no map`);
  if (parts[0] === 'correlation')
    return { ...header, kind: 'correlation', correlation: readCorrelation(written) };
  const logsource = readLogSource(document.logsource);
  if (parts[0] === 'detection')
    return {
      ...header,
      kind: 'detection',
      logsource,
      expression: readDetection(written, placeholders, ['timeframe']),
    };
  return {
    ...header,
    kind: 'filter',
    logsource,
    rules: filteredRules(written.rules),
    expression: readDetection(written, placeholders, ['rules']),
  };
}

function filteredRules(written: unknown): readonly string[] | 'any' {
  if (typeof written === 'string') return /^(any|all)$/i.test(written) ? 'any' : [written];
  if (!Array.isArray(written)) return fault('the filter does not say for which rules it is');
  if (written.length > 10_000) fault('the filter names more than 10,000 rules');
  const names = written.map((name) =>
    typeof name === 'string' ? name : fault('the filter names a rule by something that is no text'),
  );
  return names.length === 0 ? 'any' : names;
}
