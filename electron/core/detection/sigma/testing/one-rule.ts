import type { FieldValue } from '#shared/domain/audit/event.ts';
import { createEngine } from '../engine.ts';
import { matchesNaively } from '../match/naive.ts';
import { readRuleSet } from '../rule-set.ts';

const HEAD = 'title: t\nlogsource: {product: test}\n';

/** Compiles one rule from its detection as YAML. @throws with the reason when it does not compile */
export function oneRule(detection: string, values: Record<string, string[]> = {}) {
  const indented = detection.replace(/^/gm, '  ');
  const set = readRuleSet(
    [{ file: 'rule.yml', origin: 'imported', text: `${HEAD}detection:\n${indented}\n` }],
    values,
  );
  const [loaded] = set.detections;
  if (loaded === undefined)
    throw new Error(set.failed[0]?.reason ?? `needs ${set.needsValues[0]?.placeholders}`);
  return loaded.rule;
}

/** Whether a rule finds an event; the engine and its twin must say the same. */
export function finds(
  detection: string,
  fields: Record<string, FieldValue | FieldValue[]>,
  raw = '',
  values: Record<string, string[]> = {},
): boolean {
  const rule = oneRule(detection, values);
  const event = { fields, raw };
  const fast = createEngine([rule]).match(event, null).length > 0;
  if (fast !== matchesNaively(rule.expression, event)) throw new Error('the engine and its twin differ');
  return fast;
}
