import { z } from 'zod';
import { instant, lineText, listOf, pathText, shortText } from '../bounds.ts';
import { advisoryDataState, advisoryId, severity } from './advisory.ts';
import { ecosystem, installedFrom } from './inventory.ts';

const reason = z.string().trim().min(3, 'Say in a few words why').max(2_048);

/** A known vulnerability that is accepted for a while: shown, and not counted. */
export const dependencyIgnore = z
  .object({
    /** Compared as in PEP 503. */
    package: shortText.min(1),
    /** Any id of the finding. */
    id: advisoryId,
    reason,
    /** The version that was installed when it was accepted: another one reopens it. Null: whatever version. */
    version: shortText.nullable().default(null),
    /** How bad it was when it was accepted: what became worse reopens it. Null: however bad. */
    severity: severity.nullable().default(null),
    /** Holds up to this instant. */
    until: instant.nullable().default(null),
    /** Holds only as long as there is no version without it. */
    untilFixed: z.boolean().default(false),
  })
  .refine(
    (ignore) => ignore.until !== null || ignore.untilFixed,
    'It needs an end date, until-fixed, or both',
  );
export type DependencyIgnore = z.infer<typeof dependencyIgnore>;

/** A decision about a finding of packages, as it is kept. */
export const keptIgnore = z.object({ id: shortText, createdAt: instant, ignore: dependencyIgnore });
export type KeptIgnore = z.infer<typeof keptIgnore>;

/**
 * What is known about a package in one environment. `malware` is red whatever its severity. The others besides `vulnerability`
 * say that nothing can be said, and are never green: `not-comparable` (editable, from version control, or affected by commits
 * only), `unparsable` (no version that could be ordered), `unreadable` (environment or metadata).
 */
export const findingKind = z.enum(['vulnerability', 'malware', 'not-comparable', 'unparsable', 'unreadable']);
export type FindingKind = z.infer<typeof findingKind>;

/** One finding: a set of advisories that are the same thing by their aliases, for one package in one environment. */
export const dependencyFinding = z.object({
  environment: pathText,
  kind: findingKind,
  ecosystem,
  /** As the environment writes it; empty for an environment that could not be read. */
  package: z.string().max(256),
  version: shortText.nullable(),
  /** Ids of the advisories that match, in order, then their further aliases; empty when there is none to name. */
  ids: listOf(advisoryId, 1_024),
  severity,
  score: z.number().min(0).max(10).nullable(),
  /** One line of the worst advisory, or why nothing can be said. */
  summary: lineText,
  /** Versions above the installed one in which all of it is repaired, smallest first. */
  fixed: listOf(shortText, 1_024),
  /** Its version may carry repairs of the distribution that the version does not show. */
  mayBeBackported: z.boolean(),
  from: installedFrom,
  vendoredBy: shortText.nullable(),
  requiredBy: listOf(shortText, 512),
  /** The decision that keeps it from counting; null when it counts. */
  ignored: dependencyIgnore.nullable(),
  /** A decision about it that no longer holds, and why. */
  reopened: z
    .object({ ignore: dependencyIgnore, why: z.enum(['ran-out', 'fixed', 'version-changed', 'worse']) })
    .nullable(),
});
export type DependencyFinding = z.infer<typeof dependencyFinding>;

/** For one package of one environment: the smallest version that repairs all that is known of it. */
export const upgrade = z.object({
  environment: pathText,
  package: shortText,
  from: shortText,
  to: shortText,
  /** Findings that it ends. */
  ends: z.int().min(1),
  /** What a person would type for it, by argument vector; null when that environment is not pip's to change. */
  command: listOf(lineText, 16).nullable(),
});
export type Upgrade = z.infer<typeof upgrade>;

/** Result of comparing environments with advisories. */
export const dependencyReport = z.object({
  /** Packages that were looked at, in all environments. */
  packages: z.int().min(0),
  /** What to do first comes first: malware, then by severity and by whether there is a repair; what is ignored comes last. */
  findings: listOf(dependencyFinding, 65_536),
  upgrades: listOf(upgrade, 16_384),
  data: advisoryDataState,
});
export type DependencyReport = z.infer<typeof dependencyReport>;
