import { z } from 'zod';
import { instant, listOf, rawText, shortText } from './bounds.ts';
import { checkId } from './check-id.ts';
import { declarationKind } from './decision.ts';

/** Design, "Words": only `pass` and `not-applicable` count towards a level. */
export const findingStatus = z.enum(['fix', 'review', 'unknown', 'waived', 'pass', 'not-applicable']);
export type FindingStatus = z.infer<typeof findingStatus>;

export const severity = z.enum(['critical', 'high', 'medium', 'low', 'info']);
export type Severity = z.infer<typeof severity>;

/** One thing that was looked at and what was seen there. */
export const evidence = z.object({
  /** What was looked at, from the machine: `0.0.0.0:7890 mycoswarm (pid 812, uid 1000 minotaur)`. */
  what: z.string().max(2_048),
  /** What that means, in our words: `every address`. */
  seen: z.string().max(1_024),
  status: findingStatus,
  /** Command or file behind it: `ss -Hltnpe`. */
  source: z.string().max(512),
  /** The exact text behind it, when it helps. */
  raw: rawText.nullable(),
  /** What the operator would declare to say "this is meant"; compared exactly with declarations. */
  declarable: z.object({ kind: declarationKind, value: z.string().min(1).max(1_024) }).optional(),
});
export type Evidence = z.infer<typeof evidence>;

/** One step to repair, as a person would do it on this node. */
export const fixStep = z.object({
  text: z.string().max(2_048),
  /** Exact command for this node, POSIX-quoted, to copy; null when the step is no command. */
  command: z.string().max(8_192).nullable(),
  /** Needs administrator rights. */
  needsRoot: z.boolean(),
});
export type FixStep = z.infer<typeof fixStep>;

/** The verdict of one check on one node. */
export const finding = z.object({
  check: checkId,
  status: findingStatus,
  severity,
  /** One sentence that names the node and says how things are. */
  summary: z.string().min(1).max(1_024),
  /** One to three plain sentences more: what follows from it here. */
  detail: z.string().max(4_096),
  evidence: listOf(evidence, 200),
  /** How many evidence entries were left out beyond the limit. */
  evidenceOmitted: z.int().min(0),
  /** What would change this verdict, in one sentence. */
  wouldChange: z.string().max(1_024),
  /** Exact steps to repair; empty when there is nothing to do or nothing that can be done. */
  fix: listOf(fixStep, 32),
  /** For `unknown`: the permission or condition that would help, after "It would help to …". */
  wouldHelp: z.string().max(512).nullable(),
  /** The version at hand has no such check yet; it holds its level as `unknown`. */
  lacking: z.boolean(),
  /** Declarations that let something count as meant. */
  declared: listOf(shortText, 64),
  observedAt: instant,
});
export type Finding = z.infer<typeof finding>;

/** A finding as the console keeps it: whose it is, since when, and what the operator decided about it. */
export const trackedFinding = finding.extend({
  node: shortText,
  nodeName: shortText,
  /** When it began to be so, as far as the history goes; accepting the risk does not begin it anew. */
  since: instant,
  /** The status before this one, and until when it held; null at the first look. */
  before: z.object({ status: findingStatus, until: instant }).nullable(),
  /** The newest change, when it was one inside the finding: "changed 21:04: now also …". Else null. */
  changed: z.object({ at: instant, words: z.string().max(1_024) }).nullish(),
  /** Set while accepted: the status that the evidence itself gives is `underneath`. */
  waiver: z
    .object({ id: shortText, reason: z.string().max(2_048), until: instant, underneath: findingStatus })
    .nullable(),
  /** The node could not be reached at the last look, and this is from before. */
  stale: z.boolean(),
});
export type TrackedFinding = z.infer<typeof trackedFinding>;
