import { z } from 'zod';
import { instant, listOf, shownMessage, shownName } from '../bounds.ts';
import { sha256 } from '../helper/targets.ts';
import { nodeId } from '../node.ts';
import { rotationPart, rotationStranger } from './plan.ts';
import { MOST_NODES, rotationId, rotationPurpose } from './wish.ts';

/**
 * How far a rotation is. Up to `staged` it can be taken back; from `decided` on it only goes forward. `done` says that every node that
 * rotates was verified; nodes that are away may be left.
 */
export const ROTATION_STAGES = [
  'planned',
  'generated',
  'staged',
  'decided',
  'committed',
  'verified',
  'old-destroyed',
  'done',
] as const;
export const rotationStage = z.enum([...ROTATION_STAGES, 'aborted']);
export type RotationStage = z.infer<typeof rotationStage>;

/** How far one node is. */
export const rotationNodeState = z.enum([
  'waiting',
  /** Strangers cannot be reached from there any more, which was verified. */
  'fenced',
  /** The new secret lies beside the old one. */
  'staged',
  /** It knows the instant at which it restarts, and does so by itself from here on. */
  'armed',
  /** The new secret is in place and mycoSwarm was restarted. */
  'committed',
  /** The old secret is refused and the new one is proven. */
  'verified',
  /** Not reached: fenced off at the others, and finished by itself when it is back. */
  'away',
  'excluded',
  'removed',
  /** It was taken back before the decision; it has the old secret. */
  'taken-back',
  /** Another console gave it a newer secret meanwhile: this rotation is over there. */
  'superseded',
]);
export type RotationNodeState = z.infer<typeof rotationNodeState>;

/** One node of a rotation. */
export const rotationNode = z.object({
  node: nodeId,
  name: shownName,
  part: rotationPart,
  state: rotationNodeState,
  /** What is in the way there now, or what became of it; null when all is as it should be. */
  message: shownMessage(1_024).nullable(),
  stagedAt: instant.nullable(),
  committedAt: instant.nullable(),
  /** The first answer 200 to the new secret, in the console's own time. */
  acceptsSince: instant.nullable(),
  verifiedAt: instant.nullable(),
  /** The old secret was refused with 403 over the network; null: not asked yet, or there was none. */
  oldRefused: z.boolean().nullable(),
  /** The node answered 200 to the secret in its file, which is the new one (HMAC with a nonce); null: not asked yet. */
  newProven: z.boolean().nullable(),
  skewMs: z.number().nullable(),
});
export type RotationNode = z.infer<typeof rotationNode>;

/** Why a rotation stands still; null when it does not. */
export const rotationWaits = z.enum([
  /** The sealed store is locked. */
  'unlock',
  /** Nodes that have to come back, or to be mended. */
  'nodes',
  /** The fence of a node could not be verified. */
  'fence',
]);

/** A rotation that runs or ran. */
export const rotationRun = z.object({
  id: rotationId,
  /** Hash of the plan that was agreed to. */
  hash: sha256,
  purpose: rotationPurpose,
  emergency: z.boolean(),
  title: z.string().max(512),
  stage: rotationStage,
  startedAt: instant,
  endedAt: instant.nullable(),
  nodes: listOf(rotationNode, MOST_NODES),
  strangers: listOf(rotationStranger, 256),
  /** The instant at which all nodes restart, in the console's own time; null before the decision. */
  restartsAt: instant.nullable(),
  /** From the first to the last node that accepts the new secret; `toAt` is null while nodes are still missing. */
  split: z
    .object({ fromAt: instant, toAt: instant.nullable(), milliseconds: z.number().nullable() })
    .nullable(),
  waits: rotationWaits.nullable(),
  /** How it stands, in one sentence; never more than is proven. */
  sentence: shownMessage(1_024),
  error: shownMessage(2_048).nullable(),
  canAbort: z.boolean(),
  /** It stands still, and `resume` makes it go on. */
  canResume: z.boolean(),
});
export type RotationRun = z.infer<typeof rotationRun>;
