import { z } from 'zod';
import { instant, listOf, shownMessage, shownName } from '../bounds.ts';
import { nodeId } from '../node.ts';
import { MOST_NODES } from './wish.ts';

/** The secret of one node, without the secret. */
export const nodeSecret = z.object({
  node: nodeId,
  name: shownName,
  /** `unseen`: the node could not be asked, and `why` says so. */
  seen: z.enum(['there', 'none', 'unseen']),
  why: shownMessage(1_024),
  /** When its file was changed last. */
  changedAt: instant.nullable(),
  /** It was changed after mycoSwarm was started: another one is still in force. */
  pending: z.boolean().nullable(),
  /**
   * Nodes with the same number have the same secret. Compared by HMAC-SHA-256 under a nonce that is made anew for each look and known
   * to nobody else. Null where it was not seen.
   */
  group: z.int().min(0).max(MOST_NODES).nullable(),
  /** It is the one that this console made at its last rotation; null when that is not known. */
  isOurs: z.boolean().nullable(),
  /** Days until it is due, by the setting; negative when it is over. */
  dueInDays: z.number().nullable(),
});
export type NodeSecret = z.infer<typeof nodeSecret>;

/** What is known of the swarm's secret. */
export const secretsSeen = z.object({
  lookedAt: instant,
  nodes: listOf(nodeSecret, MOST_NODES),
  /** All nodes that were seen have the same one; null when fewer than two were seen. */
  same: z.boolean().nullable(),
  /** Some node was not seen, so that `same` is about the others only. */
  incomplete: z.boolean(),
  /** Days after which a secret is due. */
  maxAgeDays: z.int(),
  sentence: shownMessage(1_024),
});
export type SecretsSeen = z.infer<typeof secretsSeen>;

/** When the operator is reminded. Nothing is rotated without consent, so nothing is rotated by the clock. */
export const rotationReminder = z.object({
  /** Days after which a secret is due; the setting `secretMaxAgeDays`. */
  maxAgeDays: z.int().min(1).max(3_650),
  /** Remind so many days before; null: never remind. */
  remindDays: z.int().min(0).max(365).nullable(),
  /** When it is due, from the last rotation of this console; null when there was none. */
  dueAt: instant.nullable(),
});
export type RotationReminder = z.infer<typeof rotationReminder>;
