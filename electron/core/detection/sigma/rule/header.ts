import { z } from 'zod';
import { type RuleLevel, ruleLevel } from '#shared/domain/audit/alert.ts';
import { CHECK_IDS } from '#shared/domain/check-id.ts';
import type { WrittenMap } from './detection.ts';
import { fault } from './fault.ts';

/** What a rule is for in words of Swarmkeep: a custom attribute `swarmkeep`, which the specification allows. */
const guidance = z.object({
  /** What it means, in plain words. */
  story: z.string().max(4_096).optional(),
  /** What to do, in plain words. */
  todo: z.string().max(2_048).optional(),
  /** Fields by the first of which, that an event has, repeats are folded. */
  entity: z
    .union([z.string().max(256), z.array(z.string().max(256)).max(16)])
    .transform((value) => (typeof value === 'string' ? [value] : value))
    .optional(),
  /** Where it leads: a check, or `incident`. */
  'leads-to': z.enum([...CHECK_IDS, 'incident']).optional(),
  /** Correlations: events of different nodes count together. */
  'across-nodes': z.boolean().optional(),
});

const words = z
  .union([z.string(), z.array(z.union([z.string(), z.number()]))])
  .transform((value) => (typeof value === 'string' ? [value] : value.map(String)))
  .catch([]);

const header = z.object({
  title: z.string({ error: 'the title is missing or no text' }).min(1, 'the title is empty').max(1_024),
  id: z.string({ error: 'the id is no text' }).min(1).max(256).nullish(),
  name: z.string({ error: 'the name is no text' }).min(1).max(256).nullish(),
  description: z.string().catch('').default(''),
  level: ruleLevel.nullish().catch((context) => fault(`there is no level ${JSON.stringify(context.value)}`)),
  falsepositives: words.default([]),
  swarmkeep: guidance.optional(),
});

const lower = z
  .string({ error: 'a part of the log source is no text' })
  .max(256)
  .transform((text) => text.toLowerCase())
  .nullish()
  .transform((value) => value ?? null);

const logsource = z.object(
  { product: lower, category: lower, service: lower },
  { error: 'the log source is missing or no map' },
);

/** What rules, correlations and filters have in common. */
export interface RuleHeader {
  /** As written; null for a rule without. */
  id: string | null;
  name: string | null;
  title: string;
  description: string;
  level: RuleLevel | null;
  falsePositives: readonly string[];
  story: string;
  todo: string;
  entity: readonly string[];
  leadsTo: (typeof CHECK_IDS)[number] | 'incident' | null;
  acrossNodes: boolean;
}

/** The log that a rule is for; null: any. */
export interface RuleLogSource {
  product: string | null;
  category: string | null;
  service: string | null;
}

/** Reads one part of a document by its form. @throws RuleFault with the first thing that is wrong */
export function shaped<T>(form: z.ZodType<T>, written: unknown): T {
  const parsed = form.safeParse(written);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') ?? '';
  return fault(place === '' ? (issue?.message ?? 'it has a wrong form') : `${place}: ${issue?.message}`);
}

/** @throws RuleFault */
export function readHeader(document: WrittenMap): RuleHeader {
  const { id, name, title, description, level, falsepositives, swarmkeep } = shaped(header, document);
  return {
    id: id ?? null,
    name: name ?? null,
    title: title.slice(0, 512),
    description,
    level: level ?? null,
    falsePositives: falsepositives.slice(0, 16).map((text) => text.slice(0, 512)),
    story: swarmkeep?.story ?? description.slice(0, 4_096),
    todo: swarmkeep?.todo ?? '',
    entity: swarmkeep?.entity ?? [],
    leadsTo: swarmkeep?.['leads-to'] ?? null,
    acrossNodes: swarmkeep?.['across-nodes'] ?? false,
  };
}

/** @throws RuleFault */
export function readLogSource(written: unknown): RuleLogSource {
  const source = shaped(logsource, written);
  if (source.product === null && source.category === null && source.service === null)
    fault('the log source names neither product, category nor service');
  return source;
}
