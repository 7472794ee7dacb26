import { z } from 'zod';
import { instant, listOf, shortText, shownMessage, shownName } from '../bounds.ts';
import { sha256 } from '../helper/targets.ts';
import { nodeId } from '../node.ts';
import { MOST_NODES, rotationId, rotationPurpose } from './wish.ts';

/** What happens to a node. */
export const rotationPart = z.enum([
  /** It gets the new secret. */
  'rotates',
  /** It does not answer: it is fenced off at the others, and rotated by itself when it is back. */
  'away',
  /** Left out by the operator: fenced off in the same way, and rotated when the operator says so. */
  'excluded',
  /** It leaves the swarm and stays fenced off. */
  'removed',
  /** It has the secret already, from an earlier rotation, and only learns whom it may reach. */
  'keeps',
  /** It answers, and cannot be rotated as it is; `why` says what is in the way. It holds the rotation until it is mended or excluded. */
  'blocked',
]);
export type RotationPart = z.infer<typeof rotationPart>;

/** How it is made sure that mycoSwarm on a node hands the new secret to listed nodes only. */
export const rotationFence = z.object({
  /** `own`: a table of this rotation alone, loaded before the secret is sent and taken away at the end. `none`: the node gets no secret. */
  how: z.enum(['own', 'none']),
  /** Accounts that it holds, as numbers or ranges: `1001`, `100000-165535`. */
  accounts: listOf(shortText, 64),
  /** Addresses that these may reach. */
  reaches: listOf(shortText, 1_024),
});
export type RotationFence = z.infer<typeof rotationFence>;

/** What the preflight saw of one node, and what it will do there. */
export const rotationPreflight = z.object({
  node: nodeId,
  name: shownName,
  part: rotationPart,
  /** Why it has this part, and what to do about it, in words; empty for one that rotates. */
  why: shownMessage(1_024),
  /** File of the secret; null where it is not known. */
  path: z.string().max(4_096).nullable(),
  unit: shortText.nullable(),
  /** Milliseconds that its clock is ahead of the console's; null where it was not measured. */
  skewMs: z.number().nullable(),
  /** About how long its mycoSwarm does not answer, in seconds. */
  interruptsSeconds: z.number().min(0).max(3_600),
  fence: rotationFence,
});
export type RotationPreflight = z.infer<typeof rotationPreflight>;

/** Who announces itself as a node and is not on the list. It is fenced, never waited for. */
export const rotationStranger = z.object({
  name: shownName,
  address: shortText,
  /** Names of the nodes that know it, or `this computer`. */
  seenBy: listOf(shownName, 64),
});
export type RotationStranger = z.infer<typeof rotationStranger>;

/** A rotation as data, shown before anything happens. Its hash (RFC 8785, SHA-256) covers everything but the hash. */
export const rotationPlan = z.object({
  id: rotationId,
  hash: sha256,
  purpose: rotationPurpose,
  emergency: z.boolean(),
  /** One sentence: `Give 3 nodes a new secret`. */
  title: z.string().min(1).max(512),
  madeAt: instant,
  nodes: listOf(rotationPreflight, MOST_NODES),
  strangers: listOf(rotationStranger, 256),
  /** About how long it takes, in seconds: until all nodes have it beside the old one, the split window, and all of it. */
  seconds: z.object({ stage: z.number(), split: z.number(), total: z.number() }),
  /** Why it cannot be begun as things are; null when it can. */
  blocked: shownMessage(1_024).nullable(),
});
export type RotationPlan = z.infer<typeof rotationPlan>;
