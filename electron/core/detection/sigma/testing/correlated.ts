import type { FieldValue } from '#shared/domain/audit/event.ts';
import { readRuleSet } from '../rule-set.ts';
import type { Run } from '../run.ts';

/** A rule that finds events of a kind, by which it is called too. */
export const rule = (name: string) =>
  `title: ${name}\nname: ${name}\nlogsource: {product: test}\ndetection: {s: {kind: ${name}}, condition: s}\n`;
/** A correlation with the id `correlated`, of the lines of its body. */
export const correlation = (body: string, more = '') =>
  `title: correlated\nid: correlated\n${more}correlation:\n${body.trim().replace(/^ */gm, '  ')}\n`;
/** Documents of one file, compiled. */
export const setOf = (...documents: string[]) =>
  readRuleSet([{ file: 'rules.yml', origin: 'imported', text: documents.join('---\n') }]);

/** An event: when, of what kind, and with which fields besides. */
export type Step = [seconds: number, kind: string, fields?: Record<string, FieldValue>];

/** Numbers of the events, counted from 1, at which the correlation fired. */
export function firedAt(run: Run, steps: readonly Step[], node = 'node', from = 1): number[] {
  return steps.flatMap(([seconds, kind, fields], index) => {
    const results = run.take(
      { fields: { kind, ...fields }, raw: '' },
      null,
      from + index,
      seconds * 1_000,
      node,
    );
    return results.some(({ rule: fired }) => fired.id === 'correlated') ? [from + index] : [];
  });
}
