import { z } from 'zod';
import { instant, listOf, shownMessage, shownName } from '../bounds.ts';
import { nodeId } from '../node.ts';

export const credentialKind = z.enum([
  'swarm-token',
  'provider-key',
  'ssh-key',
  'cloud-account',
  'git',
  'package-registry',
  'container-registry',
  'cluster',
  'password-file',
  'environment',
  'browser',
  'other',
]);
export type CredentialKind = z.infer<typeof credentialKind>;

/** One credential that the agents of a node could read. Its value is never read by the console, and is nowhere in here. */
export const reachableCredential = z.object({
  /** Stays the same from one look to the next: what a tick is tied to. */
  id: z.string().regex(/^[0-9a-f]{24}$/),
  kind: credentialKind,
  /** What it is, e.g. `Keys of Amazon Web Services`. */
  title: shownMessage(256),
  /** Name of a variable, host or profile; empty when it has none. */
  name: shownMessage(256),
  /** File, or program in whose environment it lies. */
  place: shownMessage(16_384),
  /** How far it is known that the agent could read it. */
  reach: z.enum(['readable', 'probably']),
  /** What to do, in one or two sentences. */
  revoke: shownMessage(1_024),
  /** Where that is done; null when it is done on the operator's own machines. */
  revokeAt: z
    .url({ protocol: /^https$/ })
    .max(512)
    .nullable(),
});
export type ReachableCredential = z.infer<typeof reachableCredential>;

export const nodeCredentials = z.object({
  node: nodeId,
  nodeName: shownName,
  at: instant,
  privilege: z.enum(['root', 'sudo', 'user']),
  /** What costs most when it is misused stands first. */
  credentials: listOf(reachableCredential, 1_024),
  /** What could not be looked at, and why: there may be more. */
  unseen: listOf(shownMessage(512), 256),
  sentence: shownMessage(1_024),
});
export type NodeCredentials = z.infer<typeof nodeCredentials>;
