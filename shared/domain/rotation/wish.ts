import { z } from 'zod';
import { listOf } from '../bounds.ts';
import { changeId } from '../helper/targets.ts';
import { nodeId } from '../node.ts';

/** Most nodes of one rotation. */
export const MOST_NODES = 256;

/** Names a rotation on every node, in the journal and in the sealed store: chosen by the console, 32 hex digits. */
export const rotationId = changeId;

/**
 * `rotate`: a new secret on all nodes. `initial`: the first secret of a swarm that has none. `add-node`: the secret that is in force, on
 * nodes that do not have it. `remove-node`: a new secret on all nodes but those that leave, which stay fenced off. `open-fence`: no secret at
 * all: strangers that were fenced off by the last rotation are within reach of mycoSwarm again, once a person has looked at them.
 */
export const rotationPurpose = z.enum(['rotate', 'initial', 'add-node', 'remove-node', 'open-fence']);
export type RotationPurpose = z.infer<typeof rotationPurpose>;

/** What the operator asks for. */
export const rotationWish = z.object({
  purpose: rotationPurpose.default('rotate'),
  /** Null: every node of the list that can have a secret. For `add-node` and `remove-node` those that come or leave. */
  nodes: listOf(nodeId, MOST_NODES).min(1).nullable().default(null),
  /** Left out by name, and fenced off at the others until they are rotated. */
  exclude: listOf(nodeId, MOST_NODES).default([]),
  /** Waits for nobody: who does not answer at once is left out, and the restart is armed as soon as it can be. */
  emergency: z.boolean().default(false),
});
export type RotationWish = z.infer<typeof rotationWish>;
export type RotationAsked = z.input<typeof rotationWish>;
