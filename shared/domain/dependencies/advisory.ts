import { z } from 'zod';
import { instant, lineText, listOf, shortText } from '../bounds.ts';
import { ecosystem } from './inventory.ts';

/** Qualitative severity rating scale of CVSS 3.1, section 5; `unrated` when no score and no word can be read. */
export const severity = z.enum(['critical', 'high', 'medium', 'low', 'none', 'unrated']);
export type Severity = z.infer<typeof severity>;

/** One event of a range (OSV schema, `affected[].ranges[].events`). */
export const rangeEvent = z.object({
  kind: z.enum(['introduced', 'fixed', 'last_affected', 'limit']),
  /** A version, `0` for "before every version", or `*` for "no limit". */
  version: shortText,
});
export type RangeEvent = z.infer<typeof rangeEvent>;

/** A range of versions. GIT ranges name commits and are never compared with versions. */
export const affectedRange = z.object({
  type: z.enum(['ECOSYSTEM', 'SEMVER', 'GIT']),
  events: listOf(rangeEvent, 4_096),
});
export type AffectedRange = z.infer<typeof affectedRange>;

/** An identifier such as `PYSEC-2021-335`, `GHSA-…`, `CVE-…`, `MAL-…`. */
export const advisoryId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]*$/, 'An id has letters, digits, dots, colons and hyphens');

/** What a page shows of one advisory. */
export const advisory = z.object({
  id: advisoryId,
  aliases: listOf(advisoryId, 256),
  /** Advisories that are close to this one and not the same. */
  related: listOf(advisoryId, 256),
  /** Advisories from which this one was made. */
  upstream: listOf(advisoryId, 256),
  published: instant.nullable(),
  modified: instant,
  withdrawn: instant.nullable(),
  summary: lineText,
  /** Markdown of strangers: shown as text, never as markup. Cut at 16,384 UTF-16 units. */
  details: z.string().max(16_384),
  severity,
  /** Base score, 0.0–10.0; null when it is unrated. */
  score: z.number().min(0).max(10).nullable(),
  /** https addresses only. */
  references: listOf(z.url({ protocol: /^https$/ }).max(2_048), 64),
  packages: listOf(z.object({ ecosystem, name: shortText }), 1_024),
});
export type Advisory = z.infer<typeof advisory>;

/** How the advisory data stands. Only `fresh` lets "nothing found" mean anything. */
export const advisoryDataState = z.object({
  /** `stale`: the newest record is older than five days; `unknown`: unreadable, or from the future. */
  state: z.enum(['fresh', 'stale', 'none', 'unknown']),
  /** Records of the set, those too that were withdrawn. */
  advisories: z.int().min(0),
  /** When the newest record was last changed; null when there is none. */
  newest: instant.nullable(),
  /** Whole days since then; negative for a date in the future; null when there is none. */
  ageDays: z.int().nullable(),
  /** When and from what it was imported; null for data that was read for once. */
  importedAt: instant.nullable(),
  origin: lineText,
  /** What is wrong and what helps, in words; empty when it is fresh and more than a small part of what is published. */
  trouble: lineText,
});
export type AdvisoryDataState = z.infer<typeof advisoryDataState>;

/** What is fetched by itself, and from where; only when the operator turned it on. */
export const advisoryFetching = z.object({
  address: shortText,
  daily: z.boolean(),
  /** When it was tried last since this console was started; null when it was not. */
  lastAt: instant.nullable(),
  /** What went wrong then, in words; empty when nothing did. */
  lastTrouble: lineText,
});
export type AdvisoryFetching = z.infer<typeof advisoryFetching>;
