import { z } from 'zod';
import { instant, listOf, shortText } from '../domain/bounds.ts';
import { nodeId } from '../domain/node.ts';
import { rotationPlan } from '../domain/rotation/plan.ts';
import { rotationRun } from '../domain/rotation/run.ts';
import { rotationReminder, secretsSeen } from '../domain/rotation/secrets.ts';
import { rotationId, rotationWish } from '../domain/rotation/wish.ts';
import { change, privileged, read } from './procedure.ts';
import { streamInput, streamOf } from './stream.ts';

/**
 * The swarm's secret. A rotation is a plan: made and shown, ordered by its id and hash with consent outside the renderer, and it runs on by
 * itself. No procedure takes or gives a secret.
 */
export const rotation = {
  /** Look at every node and say what would happen; changes nothing. Errors: NODE_UNKNOWN. */
  plan: read.input(rotationWish).output(rotationPlan),
  /**
   * Begin what was shown. Errors: PLAN_UNKNOWN, PLAN_CHANGED, CONSENT_REFUSED; NOT_ALLOWED: it is blocked, another one is under way, or
   * the sealed store is locked.
   */
  begin: privileged
    .input(z.object({ plan: shortText, hash: z.string().regex(/^[0-9a-f]{64}$/) }))
    .output(rotationRun),
  /** Go on with one that stands still: nodes are back, or the sealed store is open. Errors: CHANGE_UNKNOWN, NOT_ALLOWED. */
  resume: change.input(z.object({ rotation: rotationId })).output(rotationRun),
  /** Take one back before its decision. Errors: CHANGE_UNKNOWN, NOT_ALLOWED (it was decided: it can only go forward). */
  abort: change.input(z.object({ rotation: rotationId })).output(rotationRun),
  /** The rotation that is not at rest, and the nodes that an earlier one still has to finish. */
  status: read.output(
    z.object({
      running: rotationRun.nullable(),
      /** Ended ones with nodes that are away, excluded or removed: their peers keep them out. */
      unfinished: listOf(rotationRun, 64),
      /** The last rotation where its nodes still keep strangers out: they do until a plan `open-fence` or the next rotation. */
      fenced: rotationRun.nullable(),
    }),
  ),
  /** Rotations, newest first. `before` is the start of the last one that is known. */
  history: read
    .input(z.object({ before: instant.optional(), limit: z.int().min(1).max(100).default(20) }))
    .output(z.object({ runs: listOf(rotationRun, 100), more: z.boolean() })),
  /** Runs that are not at rest or ended in the last minute. */
  progress: read.input(streamInput).output(streamOf(listOf(rotationRun, 64), rotationRun)),
  /** Ask nodes how old their secrets are, and whether they are the same. */
  secrets: read.input(z.object({ nodes: listOf(nodeId, 256).nullable().default(null) })).output(secretsSeen),
  reminder: read.output(rotationReminder),
  setReminder: change
    .input(rotationReminder.pick({ maxAgeDays: true, remindDays: true }))
    .output(rotationReminder),
};
