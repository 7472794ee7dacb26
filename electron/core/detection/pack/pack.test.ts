import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDetector, ruleInfoOf } from '#core/detection/detector.ts';
import { readRuleFiles } from '#core/detection/sigma/rule-files.ts';
import { type RuleSet, readRuleSet } from '#core/detection/sigma/rule-set.ts';
import { ruleInfo } from '#shared/domain/audit/alert.ts';
import { type Example, eventsOf, readExamples } from './testing/examples.ts';

const FOLDER = join(import.meta.dirname, '../../../../assets/rules');
const { texts, failed } = readRuleFiles([FOLDER], 'swarmkeep');
const pack = readRuleSet(texts);

/** Ids of the rules that fire over the events of an example. */
function firing(rules: RuleSet, example: Example): Set<string> {
  const detector = createDetector(rules);
  const fired = eventsOf(example).flatMap(({ event, at }, index) =>
    detector.detect(event, index + 1, at, 'node-1'),
  );
  return new Set(fired.map(({ rule }) => rule.id));
}

/** A correlation and what it is made of, alone: one that others are made of is quiet in the whole pack. */
function alone(file: string): RuleSet {
  const files = new Set([file]);
  for (const entry of pack.correlations.toReversed())
    if (files.has(entry.file))
      for (const { kind, index } of entry.of)
        files.add((kind === 'detection' ? pack.detections : pack.correlations)[index]?.file ?? '');
  return readRuleSet(texts.filter((text) => files.has(text.file)));
}

describe('our own rules', () => {
  it('compile, all of them, and need no values of anybody', () => {
    expect([...failed, ...pack.failed]).toEqual([]);
    expect(pack.needsValues).toEqual([]);
    expect(pack.detections.length + pack.correlations.length).toBeGreaterThanOrEqual(90);
    expect(pack.correlations.length).toBeGreaterThanOrEqual(10);
  });

  it.each(
    [...pack.detections, ...pack.correlations].map(
      (loaded) => [loaded.file.slice(FOLDER.length + 1), loaded] as const,
    ),
  )('%s tells its story and what to do', (_file, loaded) => {
    const info = ruleInfoOf(loaded);
    expect(ruleInfo.safeParse(info).error).toBeUndefined();
    expect(loaded.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(info.story.length).toBeGreaterThan(20);
    expect(info.todo.length).toBeGreaterThan(10);
    expect(info.story).not.toBe(loaded.rule.description);
  });

  const single = pack.detections.map(({ file }) => file);
  describe.each(single.map((file) => [file.slice(FOLDER.length + 1), file] as const))('%s', (_name, file) => {
    const rules = readRuleSet(texts.filter((text) => text.file === file));
    const id = rules.detections[0]?.id ?? '';
    const examples = readExamples(file);
    it.each(examples.alert.map((each) => [each.about, each] as const))('alerts: %s', (_about, example) => {
      expect(firing(rules, example)).toContain(id);
    });
    it.each(examples.quiet.map((each) => [each.about, each] as const))('is quiet: %s', (_about, example) => {
      expect(firing(rules, example)).not.toContain(id);
    });
  });

  describe.each(pack.correlations.map(({ file, id }) => [file.slice(FOLDER.length + 1), file, id] as const))(
    '%s',
    (_name, file, id) => {
      const examples = readExamples(file);
      const rules = alone(file);
      it.each(examples.alert.map((each) => [each.about, each] as const))('alerts: %s', (_about, example) => {
        expect(firing(rules, example)).toContain(id);
      });
      it.each(examples.quiet.map((each) => [each.about, each] as const))(
        'is quiet: %s',
        (_about, example) => {
          expect(firing(rules, example)).not.toContain(id);
        },
      );
    },
  );
});
