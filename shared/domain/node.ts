import { z } from 'zod';
import { instant, shownMessage, shownName } from './bounds.ts';

/** Identifies a node in the console's own store; chosen by the console, never by the node. */
export const nodeId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
export type NodeId = z.infer<typeof nodeId>;

/** Name of a host for OpenSSH: letters, digits, dot, colon, dash; never starting with a dash. */
export const sshHostName = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9.:][A-Za-z0-9.:-]*$/, 'A host name has letters, digits, dots, colons and dashes only');

/** A login name for OpenSSH. */
export const sshUserName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$/);

/** A machine that is reached over SSH. */
export const sshNodeAddress = z.object({
  kind: z.literal('ssh'),
  host: sshHostName,
  port: z.int().min(1).max(65_535).default(22),
  user: sshUserName.optional(),
  /** Path of a private key file on the operator's computer; without it OpenSSH's own agent and defaults. */
  identityFile: z.string().max(4_096).optional(),
});

/** How the console reaches a node. */
export const nodeAddress = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('local') }),
  sshNodeAddress,
  /** Facts recorded earlier; `sample` marks the one that ships with Swarmkeep. */
  z.object({ kind: z.literal('recorded'), sample: z.boolean() }),
]);
export type NodeAddress = z.infer<typeof nodeAddress>;

/** One machine of the swarm, as the operator knows it. */
export const swarmNode = z.object({
  id: nodeId,
  /** The name that sentences use, e.g. `miu`. */
  name: shownName,
  address: nodeAddress,
  addedAt: instant,
  lastLookAt: instant.nullable(),
  /** Why the last look failed, in words that can be shown; null when it did not fail. */
  lastError: shownMessage(1_000).nullable(),
});
export type SwarmNode = z.infer<typeof swarmNode>;
