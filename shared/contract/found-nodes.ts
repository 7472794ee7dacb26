import { z } from 'zod';
import { instant, listOf, shownMessage, shownName } from '../domain/bounds.ts';
import { nodeId, sshNodeAddress } from '../domain/node.ts';

/** A host that the operator's own SSH configuration names. A suggestion: nothing was asked of the machine. */
export const sshConfigHost = z.object({
  /** As the `Host` line calls it. */
  name: shownName,
  /** How it is reached; null when Swarmkeep cannot reach it that way. */
  address: sshNodeAddress.nullable(),
  /** Why it cannot be used, or what a person should know before logging in. */
  why: shownMessage(512).nullable(),
  /** The node of the list that is reached there already. */
  known: nodeId.nullable(),
});
export type SshConfigHost = z.infer<typeof sshConfigHost>;

/** What `~/.ssh/config` names. */
export const sshConfig = z.object({
  /** Path of the file. */
  file: shownName,
  found: z.boolean(),
  hosts: listOf(sshConfigHost, 1_024),
  /** `Match` blocks that were passed over, for evaluating them could run a program. */
  leftOut: z.int().min(0),
  /** Files and lines that were not read, one sentence each. */
  problems: listOf(shownMessage(512), 16),
});
export type SshConfig = z.infer<typeof sshConfig>;

/** An IPv4 address as text. */
const ipv4 = z.ipv4();

/** A machine that announces itself as a node on a network of this computer. Anybody there can say so: a suggestion, never trusted. */
export const announcedNode = z.object({
  /** As it calls itself, made visible. */
  name: shownName,
  /** Where its announcement came from. */
  from: ipv4,
  /** Addresses that it gives for itself. */
  addresses: listOf(ipv4, 8),
  port: z.int().min(1).max(65_535),
  version: shownName.nullable(),
  heardAt: instant,
  /** The node of the list that has every one of these addresses; null: it is not in the list. */
  known: nodeId.nullable(),
  /** The node of the list of which some of these addresses are, though not all. */
  claims: nodeId.nullable(),
});
export type AnnouncedNode = z.infer<typeof announcedNode>;

/** Who announces itself. */
export const foundNodes = z.object({
  /** Null while the console listens; else why it cannot. */
  why: shownMessage(256).nullable(),
  announced: listOf(announcedNode, 256),
  /** Announcements that were not looked at, because there were too many. */
  turnedAway: z.int().min(0),
});
export type FoundNodes = z.infer<typeof foundNodes>;

/** The little that a list of nodes shows of the last look at one. */
export const nodeGlance = z.object({
  node: nodeId,
  /** How far the clock of the node was from that of this console, in milliseconds; more than 0: ahead. Null: not known. */
  skewMs: z.number().nullable(),
  /** What of mycoSwarm was found; null before the first look. */
  mycoSwarm: z
    .object({ installations: z.int().min(0), running: z.int().min(0), version: shownName.nullable() })
    .nullable(),
});
export type NodeGlance = z.infer<typeof nodeGlance>;
