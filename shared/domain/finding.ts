import { z } from 'zod';
import { instant, listOf, rawText, shortText, shownName } from './bounds.ts';
import { checkId } from './check-id.ts';
import { declarationKind } from './decision.ts';

/** Design, "Words": only `pass` and `not-applicable` count towards a level. */
export const findingStatus = z.enum(['fix', 'review', 'unknown', 'waived', 'pass', 'not-applicable']);
export type FindingStatus = z.infer<typeof findingStatus>;

export const severity = z.enum(['critical', 'high', 'medium', 'low', 'info']);
export type Severity = z.infer<typeof severity>;

const declarable = z.object({ kind: declarationKind, value: z.string().min(1).max(1_024) });

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
  declarable: declarable.optional(),
  /** The same where the entry is about several things. */
  declarables: listOf(declarable, 64).optional(),
});
export type Evidence = z.infer<typeof evidence>;

/**
 * A packet that the rules of a node were asked about, and its way: drawn as a line from its sender to where it ends. The
 * first one of a finding is the counter-example, if there is one.
 */
export const packetEvidence = z.object({
  /** `passes`: may pass and should. `too-strict`: is stopped and should pass. `not-kept`: holds now, not after a reboot or reload. */
  outcome: z.enum(['open', 'stopped', 'passes', 'too-strict', 'not-kept', 'unknown']),
  /** As the machine would say it: `tcp to [2001:4860:4860::8888]:443 as uid 1001`, `after a reboot`. */
  packet: z.string().min(1).max(512),
  /** One phrase in our words: `by the last of 5 rules, IPv4 only`. */
  because: z.string().max(1_024),
  /** Sender, chains, interface, end; empty when there is nothing to draw. The part that fails is what should have stopped it. */
  way: listOf(z.object({ label: shortText, state: z.enum(['passed', 'failing', 'stopped', 'unknown']) }), 16),
});
export type PacketEvidence = z.infer<typeof packetEvidence>;

/** A listing that a verdict rests on, to be read in full: `ip6tables-save, 0 lines`. */
export const rawListing = z.object({
  title: shortText,
  /** The first 32 Ki characters: findings are kept, and a listing can have megabytes. */
  text: z.string().max(32_768),
  /** Lines that are not in `text`. */
  linesOmitted: z.int().min(0),
});
export type RawListing = z.infer<typeof rawListing>;

/** A file that a step writes, whole: to be read as lines, and to be written by hand where no command is wanted. */
export const stepFile = z.object({
  path: z.string().min(1).max(4_096),
  /** Every line ends with a line feed; no other control character and none that cannot be seen. */
  contents: z.string().max(16_384),
  /** `root:root`, as chown(1) takes it. */
  owner: z.string().min(1).max(128),
  /** Four octal digits: `0644`. */
  mode: z.string().regex(/^[0-7]{4}$/),
});
export type StepFile = z.infer<typeof stepFile>;

/** One step to repair, as a person would do it on this node. */
export const fixStep = z.object({
  text: z.string().max(2_048),
  /** Exact command for this node, POSIX-quoted, to copy; null when the step is no command. */
  command: z.string().max(8_192).nullable(),
  /** Needs administrator rights. */
  needsRoot: z.boolean(),
  /** What the command writes; absent for commands that write no file. */
  file: stepFile.optional(),
  /** The exact command that takes this step back on this node; absent where there is none. */
  undo: z.string().min(1).max(8_192).optional(),
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
  /** Packets that were asked about, for checks that evaluate rules; the counter-example first. */
  packets: listOf(packetEvidence, 64).optional(),
  /** The rule sets behind them. */
  listings: listOf(rawListing, 8).optional(),
  /** What would change this verdict, in one sentence. */
  wouldChange: z.string().max(1_024),
  /** Exact steps to repair; empty when there is nothing to do or nothing that can be done. */
  fix: listOf(fixStep, 32),
  /**
   * What can be done on this node at any time, whatever the verdict, each under a heading: changing the secret by hand.
   * Absent where there is nothing of the kind.
   */
  anyTime: listOf(z.object({ heading: shortText, steps: listOf(fixStep, 32) }), 16).optional(),
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
  nodeName: shownName,
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
