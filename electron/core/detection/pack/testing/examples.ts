import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseAll } from '#core/audit/formats/testing/parse.ts';
import type { DetectableEvent } from '#core/detection/detector.ts';
import { fieldValue } from '#shared/domain/audit/event.ts';
import { formatId } from '#shared/domain/audit/source.ts';

const name = z.string().optional();
const step = z.strictObject({
  /** How the lines are read. */
  format: formatId.optional(),
  /** Lines as a log has them; `{i}` is the number of the round. */
  lines: z.array(z.string()).default([]),
  logsource: z.object({ product: name, category: name, service: name }).optional(),
  /** Fields of events, instead of lines; a text that is `{i}` alone becomes a number. */
  events: z.array(z.record(z.string(), z.union([fieldValue, z.array(fieldValue)]))).default([]),
  repeat: z.int().default(1),
  everySeconds: z.number().default(1),
});
const example = z.union([
  step.extend({ about: z.string() }),
  z.strictObject({ about: z.string(), format: formatId.optional(), steps: z.array(step) }),
]);
const examples = z.strictObject({ alert: z.array(example).min(1), quiet: z.array(example).min(1) });
export type Example = z.infer<typeof example>;

/** Reads the examples that stand beside a rule. @throws when there are none of one kind, or they have a wrong form */
export function readExamples(ruleFile: string): z.infer<typeof examples> {
  return examples.parse(JSON.parse(readFileSync(ruleFile.replace(/\.yml$/, '.examples.json'), 'utf8')));
}

/** An event of an example with its time. */
export interface TimedEvent {
  event: DetectableEvent;
  at: number;
}

const START = Date.UTC(2026, 10, 22, 8, 0, 0);

function numbered(value: unknown, round: number): unknown {
  if (value === '{i}') return round;
  return typeof value === 'string' ? value.replaceAll('{i}', String(round)) : value;
}

/** The events of an example in their order, as a detector is asked about them. */
export function eventsOf(example: Example): TimedEvent[] {
  const steps = 'steps' in example ? example.steps : [example];
  const events: TimedEvent[] = [];
  let at = START;
  for (const { format, lines, logsource, events: given, repeat, everySeconds } of steps) {
    for (let round = 1; round <= repeat; round++) {
      const form = format ?? ('steps' in example ? example.format : undefined) ?? 'plain';
      for (const { fields, logsource: own, message } of parseAll(
        form,
        lines.map((line) => String(numbered(line, round))),
      ))
        events.push({ event: { fields, logsource: own, raw: message }, at });
      for (const fields of given) {
        const { product = null, category = null, service = null } = logsource ?? {};
        const filled = Object.fromEntries(
          Object.entries(fields).map(([key, value]) => [key, numbered(value, round)]),
        );
        events.push({
          event: {
            fields: filled as DetectableEvent['fields'],
            logsource: { product, category, service },
            raw: JSON.stringify(filled),
          },
          at,
        });
      }
      at += everySeconds * 1_000;
    }
  }
  return events;
}
