import { z } from 'zod';
import { instant, listOf } from '../domain/bounds.ts';
import { checkId } from '../domain/check-id.ts';
import { changeId } from '../domain/helper/targets.ts';
import { nodeId } from '../domain/node.ts';
import { appliedChange, helperAccess, plan } from '../domain/plan.ts';
import { change, read } from './procedure.ts';
import { streamInput, streamOf } from './stream.ts';

/**
 * Fixes as plans. Nothing here changes a node by itself: a plan is made and shown, and ordered through `plans.apply` with
 * its id and hash and consent outside the renderer; undo and redo are plans too.
 */
export const fixes = {
  /** For each check of a node: repaired by a program, or by a person's steps, and why. */
  available: read.input(z.object({ node: nodeId })).output(
    z.object({
      access: helperAccess,
      checks: listOf(
        z.object({
          check: checkId,
          automatic: z.boolean(),
          /** Why it is not automatic, or what it will do, in one sentence. */
          words: z.string().max(1_024),
        }),
        64,
      ),
    }),
  ),
  /** Make a plan from the newest facts and what is on the node now. Errors: NODE_UNKNOWN, NODE_UNREACHABLE, NOT_ALLOWED. */
  plan: read
    .input(
      z.object({
        node: nodeId,
        checks: listOf(checkId, 64).min(1),
        revertsAfter: z.int().min(5).max(3_600).optional(),
      }),
    )
    .output(plan),
  /** Plan to take a change back; with the differences when it was changed since. Errors: CHANGE_UNKNOWN, NODE_UNREACHABLE. */
  planUndo: read.input(z.object({ change: changeId })).output(plan),
  /** Plan to do a change again that was undone. Errors: CHANGE_UNKNOWN, NODE_UNREACHABLE, NOT_ALLOWED. */
  planRedo: read.input(z.object({ change: changeId })).output(plan),
  /** Plan to put the helper on a node, or to replace an older one. */
  planAllow: read.input(z.object({ node: nodeId, withoutPassword: z.boolean() })).output(plan),
  /** Plan to take helper and everything else of Swarmkeep off a node, or to list what stays. */
  planRemove: read.input(z.object({ node: nodeId })).output(plan),
  /** Changes, newest first. `before` is the start of the last one that is known. */
  list: read
    .input(
      z.object({
        node: nodeId.optional(),
        before: instant.optional(),
        limit: z.int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ changes: listOf(appliedChange, 200), more: z.boolean() })),
  get: read.input(z.object({ change: changeId })).output(appliedChange),
  /** Keep a change that would take itself back: asks over a fresh connection. Errors: CHANGE_UNKNOWN, NOT_ALLOWED (too late). */
  keep: change.input(z.object({ change: changeId })).output(appliedChange),
  /** Take an unkept change back now. Errors: CHANGE_UNKNOWN, NOT_ALLOWED. */
  revert: change.input(z.object({ change: changeId })).output(appliedChange),
  /** Stop between two steps and take back what was done. */
  cancel: change.input(z.object({ change: changeId })).output(appliedChange),
  /**
   * Count as settled what of a change cannot be taken back: nothing on the node is touched, and no undo tries it again. A person is
   * asked outside the renderer. Errors: CHANGE_UNKNOWN, CONSENT_REFUSED, NOT_ALLOWED (it is not stuck, and the node did not refuse its
   * undo; nothing of it is left there; or something is under way on the node).
   */
  leave: change.input(z.object({ change: changeId })).output(appliedChange),
  /** Changes that run or ended in the last minute. */
  progress: read.input(streamInput).output(streamOf(listOf(appliedChange, 256), appliedChange)),
};
