import { z } from 'zod';
import { listOf, portNumber, shownMessage, shownName } from '../bounds.ts';
import { nodeId } from '../node.ts';
import { sha256Hex } from './evidence.ts';

/** A public key as authorized_keys(5) has it, without options: the kit carries it in clear. */
export const publicKey = z
  .string()
  .max(16_384)
  .regex(
    /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]{16,}={0,3}( [\x20-\x7e]{0,200})?$/,
    'A public key is one line of a .pub file',
  );

/** What a kit is made for. */
export const rebuildWish = z.object({
  node: nodeId,
  /** Name of the machine after it was set up anew (RFC 1123). */
  hostName: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'A name of letters, digits and dashes'),
  /** Account by which the console reaches it: useradd(8)'s names, and not root. */
  account: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,30}$/, 'A name of small letters, digits and dashes')
    .refine((name) => name !== 'root' && name !== 'mycoswarm', 'Another name than root and mycoswarm'),
  /** Who may log in. */
  keys: listOf(publicKey, 16).min(1),
});
export type RebuildWish = z.infer<typeof rebuildWish>;

/** One file of a kit. */
export const kitFile = z.object({
  /** Relative, of our own words only. */
  path: z.string().regex(/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/i),
  /** What it is for, in one sentence. */
  words: shownMessage(512),
  text: z.string().max(1_048_576),
  sha256: sha256Hex,
});
export type KitFile = z.infer<typeof kitFile>;

/** Everything with which a node is set up anew. There is no secret in it. */
export const rebuildKit = z.object({
  node: nodeId,
  nodeName: shownName,
  /** Port of mycoSwarm's API on it. */
  port: portNumber,
  files: listOf(kitFile, 32),
  /** What could not be put into it, and what that means. */
  lacking: listOf(shownMessage(1_024), 64),
});
export type RebuildKit = z.infer<typeof rebuildKit>;

/** What has to be true before a node works with the others again. */
export const gateCondition = z.object({
  name: z.enum(['host-key', 'node-id', 'level', 'findings', 'packages', 'plugins', 'secret', 'baseline']),
  state: z.enum(['met', 'not-met', 'unknown']),
  /** In one sentence: what was seen, and if it is not met what to do. */
  words: shownMessage(1_024),
});
export type GateCondition = z.infer<typeof gateCondition>;

export const rejoinGate = z.object({
  /** True only when every condition is met. */
  open: z.boolean(),
  sentence: shownMessage(512),
  conditions: listOf(gateCondition, 16),
});
export type RejoinGate = z.infer<typeof rejoinGate>;

/** What a kit would be made for, as far as it is known: to be read and corrected. */
export const kitProposal = z.object({
  /** How the console reaches the node; the new one has to be there too. */
  address: shownMessage(512),
  hostName: z.string().max(63),
  account: z.string().max(31),
  /** Public keys of whoever runs this console, and where each was found. */
  keys: listOf(z.object({ from: shownMessage(4_096), key: publicKey }), 16),
});
export type KitProposal = z.infer<typeof kitProposal>;

/** The code of a host key as a person types it, with or without its dashes. */
export const typedCode = z.string().trim().min(1).max(64);
