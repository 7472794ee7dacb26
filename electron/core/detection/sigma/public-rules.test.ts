import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldValue } from '#shared/domain/audit/event.ts';
import { createEngine } from './engine.ts';
import { exampleFor } from './examples.ts';
import type { SigmaEvent } from './match/event.ts';
import { matchesNaively } from './match/naive.ts';
import { NO_RULES, rulesOfEnvironment } from './testing/rules-of-environment.ts';

const set = rulesOfEnvironment();

describe('public rules', () => {
  it('all compile, or lack values for their placeholders', (context) => {
    if (set === null) return context.skip(NO_RULES);
    expect(set.failed).toEqual([]);
    expect(set.detections.length + set.correlations.length + set.filters + set.needsValues.length).toBe(
      set.total,
    );
    expect(set.detections.length).toBeGreaterThan(0);
  }, 60_000);

  it('have each an event that they find and one that they do not, made of their own structure', (context) => {
    if (set === null) return context.skip(NO_RULES);
    const engine = createEngine(set.detections.map(({ rule }) => rule));
    const neverFire: string[] = [];
    const neverSilent: string[] = [];
    set.detections.forEach(({ rule, file }, number) => {
      const found = exampleFor(rule.expression, true);
      if (found === null) neverFire.push(file);
      else expect(engine.match(found, rule.logsource), file).toContain(number);
      const left = exampleFor(rule.expression, false);
      if (left === null) neverSilent.push(file);
      else expect(engine.match(left, rule.logsource), file).not.toContain(number);
    });
    expect({ neverFire, neverSilent }).toEqual({ neverFire: [], neverSilent: [] });
  }, 120_000);

  it('are matched by the engine as by its slow twin, on events made of pieces of what they look for', (context) => {
    if (set === null) return context.skip(NO_RULES);
    const rules = set.detections.map(({ rule }) => rule);
    const engine = createEngine(rules);
    const events = rules.flatMap(({ expression }) => exampleFor(expression, true) ?? []);
    const names = [...new Set(events.flatMap(({ fields }) => Object.keys(fields)))];
    const values = events.flatMap(({ fields }) => Object.values(fields)) as FieldValue[];
    const value = fc.oneof(
      fc.constantFrom(...values),
      fc.tuple(fc.constantFrom(...values), fc.constantFrom(...values)).map((pair) => pair.join(' ')),
      fc.constantFrom(...values).map((one) => String(one).toUpperCase()),
    );
    const mixed: fc.Arbitrary<SigmaEvent> = fc.record({
      fields: fc.dictionary(fc.constantFrom(...names), fc.oneof(value, fc.array(value, { maxLength: 3 })), {
        maxKeys: 8,
      }),
      raw: fc.constantFrom('', ...events.map(({ raw }) => raw)),
    });
    let matches = 0;
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...events), mixed), (event) => {
        const slow = rules.flatMap(({ expression }, number) =>
          matchesNaively(expression, event) ? [number] : [],
        );
        matches += slow.length;
        expect(engine.match(event, null)).toEqual(slow);
      }),
      { numRuns: 150 },
    );
    expect(matches).toBeGreaterThan(50);
  }, 120_000);
});
