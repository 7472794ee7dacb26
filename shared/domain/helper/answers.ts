import { z } from 'zod';
import { instant, listOf } from '../bounds.ts';
import { fetchedWheel } from './fetched-wheel.ts';
import { isolateAnswers } from './isolate.ts';
import { pauseAnswer } from './pause.ts';
import { secretAnswers } from './secret.ts';
import { changeId, pathState, sha256 } from './targets.ts';

/** Why a step was not done; each leaves its target as it was. */
export const refusal = z.enum([
  /** The request does not have the shape that it must have. */
  'bad-request',
  /** Another protocol version than this helper speaks. */
  'wrong-version',
  /** The target is not what the plan saw; `difference` says how. */
  'changed-since',
  /** A link, a folder that others can write, a file with several names: not walked. */
  'unsafe-path',
  /** Paths that no plan may touch. */
  'forbidden-path',
  'read-only',
  'immutable',
  'no-space',
  'no-permission',
  'not-found',
  /** A program that the step needs is not on this node. */
  'missing-tool',
  /** Packages could not be fetched. */
  'no-network',
  /** The program that did the step said no; its words are in `message`. */
  'program-failed',
  'timed-out',
  /** Another run of the helper works on this node. */
  'busy',
  /** The undo record is not the one that was written. */
  'record-damaged',
  /** The timer fired before. */
  'too-late',
  /** Helper, its folder or its runtime can be written by somebody else than root, or it was started setuid. */
  'unsafe-helper',
  'unknown-change',
  /** A later rotation gave this node its secret: the one that asks is over here. */
  'superseded',
]);
export type Refusal = z.infer<typeof refusal>;

/** Where a step of a change stands on the node. */
export const stepState = z.enum(['begun', 'done', 'undone']);

/** One difference between what a target is and what was left there. */
export const difference = z.object({
  path: z.string().max(4_096),
  what: z.enum([
    'contents',
    'owner',
    'group',
    'mode',
    'access-list',
    'attributes',
    'time',
    'kind',
    'missing',
    'added',
    'state',
    'rules',
  ]),
  left: z.string().max(512),
  now: z.string().max(512),
});
export type Difference = z.infer<typeof difference>;

const refusedAnswer = z.object({
  answer: z.literal('refused'),
  refusal,
  /** What happened and what was not touched, in one or two sentences. */
  message: z.string().max(1_024),
  differences: listOf(difference, 256),
  /** The step was taken back after it failed half-way; false when nothing had begun. */
  rolledBack: z.boolean(),
});

/** What the helper answers. Text in it comes from the node: for reading, never markup. */
export const helperAnswer = z.discriminatedUnion('answer', [
  z.object({
    answer: z.literal('hello'),
    protocol: z.int(),
    version: z.string().max(64),
    /** SHA-256 of the bundle and of the runtime that run this. */
    bundle: sha256,
    runtime: sha256,
    uid: z.int(),
    systemd: z.boolean(),
  }),
  z.object({ answer: z.literal('inspected'), states: listOf(pathState, 256) }),
  z.object({
    answer: z.literal('done'),
    /** SHA-256 of the undo record; the console keeps it and gives it back for undo. */
    record: sha256,
    /** It was as wanted before, or was done by an earlier run of the same step. */
    already: z.boolean(),
    /** What undo cannot bring back, in one sentence; null when it brings everything back. */
    notUndone: z.string().max(512).nullable(),
    output: z.string().max(16_384),
    /** What packages were unpacked from; absent for steps that fetch none, and where pip does not tell. */
    wheels: listOf(fetchedWheel, 32).optional(),
  }),
  z.object({ answer: z.literal('undone'), already: z.boolean(), output: z.string().max(16_384) }),
  /** For `compare`, one for each step in its order: empty when it can be taken back, `refused` when not even that is known. */
  z.object({
    answer: z.literal('compared'),
    steps: listOf(
      z.object({ differences: listOf(difference, 256), refused: z.string().max(1_024).nullable() }),
      256,
    ),
    /** Differences that are not listed, for they would be too many. */
    more: z.int().min(0),
  }),
  z.object({ answer: z.literal('armed'), revertsAt: instant }),
  z.object({ answer: z.literal('confirmed') }),
  z.object({ answer: z.literal('reverted'), steps: z.int().min(0), left: listOf(difference, 256) }),
  z.object({
    answer: z.literal('changes'),
    changes: listOf(
      z.object({
        change: changeId,
        at: instant,
        armedUntil: instant.nullable(),
        reverted: z.boolean(),
        steps: listOf(
          z.object({
            step: z.int(),
            verb: z.string().max(64),
            path: z.string().max(4_096),
            state: stepState,
            record: sha256,
          }),
          256,
        ),
      }),
      4_096,
    ),
  }),
  z.object({ answer: z.literal('forgotten') }),
  z.object({
    answer: z.literal('probed'),
    /**
     * `open`: connected or answered; `stopped`: refused by this machine's rules or no answer; `answers`/`silent`: whether a
     * program behind the port spoke HTTP; `works`/`fails`: isolation.
     */
    outcome: z.enum(['open', 'stopped', 'answers', 'silent', 'works', 'fails', 'unknown']),
    detail: z.string().max(512),
  }),
  ...secretAnswers,
  /** One for each act in its order; behind one that was refused nothing was done. */
  z.object({
    answer: z.literal('secret-steps'),
    answers: z.array(z.discriminatedUnion('answer', [...secretAnswers, refusedAnswer])).max(4),
  }),
  pauseAnswer,
  ...isolateAnswers,
  z.object({ answer: z.literal('uninstalled'), left: listOf(z.string().max(4_096), 64) }),
  refusedAnswer,
]);
export type HelperAnswer = z.infer<typeof helperAnswer>;
