import { z } from 'zod';
import { instant, listOf, shortText, shownMessage, shownName } from './bounds.ts';
import { checkId } from './check-id.ts';
import { findingStatus } from './finding.ts';
import { difference } from './helper/answers.ts';
import { fetchedWheel } from './helper/fetched-wheel.ts';
import { changeId, sha256 } from './helper/targets.ts';
import { helperAction } from './helper/verbs.ts';
import { nodeId } from './node.ts';

/** What a plan is for. */
export const planPurpose = z.enum(['fix', 'undo', 'redo', 'allow-changes', 'stop-changes', 'remove']);
export type PlanPurpose = z.infer<typeof planPurpose>;

/** What a person reads of a step: the exact command, or the exact change of a file. */
export const stepPreview = z.discriminatedUnion('kind', [
  /** An argument vector; shown POSIX-quoted on one line. */
  z.object({ kind: z.literal('command'), arguments: listOf(z.string().max(8_192), 256) }),
  /** `before` is null for a file that is not there or cannot be read as text, `after` null for one that goes. Secrets are masked in both. */
  z.object({
    kind: z.literal('file'),
    path: z.string().max(4_096),
    before: z.string().max(262_144).nullable(),
    after: z.string().max(262_144).nullable(),
    attributes: shortText,
  }),
  /** Owner and mode, as `minotaur:minotaur 0755` → `root:mycoswarm 0750`. */
  z.object({
    kind: z.literal('attributes'),
    path: z.string().max(4_096),
    before: shortText,
    after: shortText,
  }),
  z.object({ kind: z.literal('words'), text: z.string().max(1_024) }),
]);
export type StepPreview = z.infer<typeof stepPreview>;

/** When a step is done: at once, or only after the operator kept the change (what makes it survive a reboot). */
export const stepPhase = z.enum(['now', 'when-kept']);

/** One step of a plan. */
export const planStep = z.object({
  check: checkId.nullable(),
  /** What it does, as a sentence without a full stop: `Load the rules of the agent`. */
  title: z.string().min(1).max(512),
  phase: stepPhase,
  /** What the helper is asked to do, exactly; null for a step of the console itself. */
  action: helperAction.nullable(),
  preview: stepPreview,
  needs: listOf(z.enum(['root', 'package', 'network', 'restart']), 4),
  /** What stops working meanwhile, and for about how long. */
  interrupts: z.object({ what: shortText, seconds: z.int().min(0) }).nullable(),
  /** How it is undone, in one sentence. */
  undo: z.string().max(512),
  /** False: it cannot be undone, and `undo` says what stays. */
  undoable: z.boolean(),
  /** For steps that take one step of an earlier change back, by its undo record on the node; absent for every other step. */
  takesBack: z.object({ change: changeId, step: z.int().min(0).max(255), record: sha256 }).optional(),
  /** For steps that the console does itself, without the helper: putting it there, taking it away, no longer watching in the background. */
  own: z.enum(['install-helper', 'uninstall-helper', 'stop-watching']).optional(),
});
export type PlanStep = z.infer<typeof planStep>;

/** One row of the card: setting, from, to, when, how to recover. */
export const planSetting = z.object({
  check: checkId.nullable(),
  setting: z.string().min(1).max(512),
  from: z.string().max(1_024),
  to: z.string().max(1_024),
  takesEffect: z.string().max(512),
  recover: z.string().max(1_024),
});
export type PlanSetting = z.infer<typeof planSetting>;

/** How an independent look shows afterwards that it worked. */
export const planProof = z.discriminatedUnion('kind', [
  /** The check passes on facts collected anew; after so many seconds at the latest, where what was done takes time to show. */
  z.object({
    kind: z.literal('check'),
    check: checkId,
    settlesWithin: z.int().min(1).max(300).optional(),
  }),
  /**
   * What was restarted or fenced answers again, to that uid on this machine: HTTP, not only an open port, for one that nobody
   * listens on is refused, which lets packets through all the same. After so many seconds at the latest.
   */
  z.object({
    kind: z.literal('answers'),
    check: checkId,
    uid: z.int().min(1),
    address: shortText,
    port: z.int().min(1).max(65_535),
    settlesWithin: z.int().min(1).max(300),
  }),
  /** A real packet as that uid gets through, or does not. `open` says nothing of who listens there. */
  z.object({
    kind: z.literal('packet'),
    check: checkId,
    uid: z.int().min(0),
    address: shortText,
    port: z.int().min(1).max(65_535),
    wanted: z.enum(['stopped', 'open']),
  }),
  /** Code of the agent is still isolated. */
  z.object({ kind: z.literal('isolation'), check: checkId, uid: z.int().min(0) }),
  /** Facts that are collected anew show a package in that version, once; `clean`: and no advisory that counts is against it any more. */
  z.object({
    kind: z.literal('package'),
    check: checkId,
    /** Its site-packages folder. */
    environment: z.string().max(4_096),
    package: shortText,
    version: shortText,
    clean: z.boolean(),
  }),
]);
export type PlanProof = z.infer<typeof planProof>;

/** How Swarmkeep may become administrator on a node. */
export const helperAccess = z.object({
  /** `none`: nothing is allowed there, and steps are shown to copy. */
  via: z.enum(['none', 'root', 'pkexec', 'sudo', 'sudo-password']),
  installed: z.boolean(),
  /** The helper on the node is older or other than this console's. */
  outdated: z.boolean(),
  /** The node did not answer: what is allowed there is not known. Absent where it did. */
  away: z.boolean().optional(),
  /** In one sentence: which way is used, or why none is and what would help. */
  words: z.string().max(512),
});
export type HelperAccess = z.infer<typeof helperAccess>;

/** A change as data, shown before anything happens. Its hash covers everything but the hash. */
export const plan = z.object({
  id: changeId,
  hash: sha256,
  purpose: planPurpose,
  node: nodeId,
  nodeName: shownName,
  checks: listOf(checkId, 64),
  /** One sentence: `Close the way out for mycoSwarm on miu`. */
  title: z.string().min(1).max(512),
  madeAt: instant,
  settings: listOf(planSetting, 64),
  steps: listOf(planStep, 256),
  proofs: listOf(planProof, 64),
  /** It may cut the operator off: it takes itself back after so many seconds unless it is kept. */
  revertsAfter: z.int().min(5).max(3_600).nullable(),
  access: helperAccess,
  /** Why it cannot be applied as things are; null when it can. */
  blocked: z.string().max(1_024).nullable(),
  /** Checks that were asked for and are not in the plan, each with its reason. */
  left: listOf(z.object({ check: checkId, reason: z.string().max(1_024) }), 64),
  /** Of `left`: checks that a second plan repairs, once this one is done: they need what it puts there. Absent for none. */
  next: listOf(checkId, 64).optional(),
  /** For `undo`: what keeps it from being undone. */
  differences: listOf(difference, 256),
  /** For `undo` and `redo`: the change that it is about. */
  of: changeId.nullable(),
});
export type Plan = z.infer<typeof plan>;

/** Where a change is. */
export const changeState = z.enum([
  'waiting',
  'applying',
  /** Done, and taking itself back at `revertsAt` unless it is kept. */
  'unconfirmed',
  'verifying',
  /** Done, and an independent look says so. */
  'done',
  /** Done, and the look says something else; nothing was taken back. */
  'not-verified',
  'rolling-back',
  'rolled-back',
  /** It took itself back, because nobody kept it. */
  'reverted',
  'undone',
  /** It could not be finished nor taken back; `error` says where it stands. */
  'stuck',
]);
export type ChangeState = z.infer<typeof changeState>;

/** Stands in the error of a change that goes on when a person answers a question, and not by itself. */
export const WHEN_LET = 'as soon as you let it';

/** One applied plan. */
export const appliedChange = z.object({
  id: changeId,
  purpose: planPurpose,
  node: nodeId,
  nodeName: shownName,
  checks: listOf(checkId, 64),
  title: z.string().max(512),
  state: changeState,
  startedAt: instant,
  endedAt: instant.nullable(),
  revertsAt: instant.nullable(),
  steps: listOf(
    z.object({
      title: z.string().max(512),
      preview: stepPreview,
      state: z.enum(['waiting', 'running', 'done', 'failed', 'taken-back', 'left-out']),
      at: instant.nullable(),
      message: shownMessage(1_024).nullable(),
      /** The files that packages were unpacked from; absent for steps that fetched none, or where nobody told. */
      wheels: listOf(fetchedWheel, 32).optional(),
    }),
    256,
  ),
  /** What the look afterwards said. */
  results: listOf(z.object({ check: checkId, status: findingStatus, words: z.string().max(1_024) }), 64),
  error: shownMessage(2_048).nullable(),
  /** Checks that wait for a second plan, as its plan said; absent for none. */
  next: listOf(checkId, 64).optional(),
  /** Of a change that is stuck: what is still on the node, newest first; absent for every other change. */
  left: listOf(
    z.object({
      /** Place in `steps`, from 0. */
      step: z.int().min(0).max(255),
      title: z.string().max(512),
      /** Why it was left there; null when that is not known. */
      why: shownMessage(1_024).nullable(),
      /** How it is undone, in one sentence. */
      undo: z.string().max(512),
      /** The command by which a person takes it back, as a line of POSIX sh; null when no single command does. */
      byHand: z.string().max(16_384).nullable(),
    }),
    256,
  ).optional(),
  /** The change that undid it or that it undid. */
  of: changeId.nullable(),
  undoneBy: changeId.nullable(),
  /** Can be undone now; else why not. */
  undo: z.object({ possible: z.boolean(), reason: z.string().max(512) }),
});
export type AppliedChange = z.infer<typeof appliedChange>;
