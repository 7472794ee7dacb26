import { z } from 'zod';
import { instant, listOf, shortText } from '../domain/bounds.ts';
import { identityFacts } from '../domain/facts/machine.ts';
import { nodeAddress, nodeId, sshHostName, sshUserName, swarmNode } from '../domain/node.ts';
import { profile, profileCorrection } from '../domain/profile.ts';
import { foundNodes, nodeGlance, sshConfig } from './found-nodes.ts';
import { change, read } from './procedure.ts';

const sshTarget = z.object({
  host: sshHostName,
  port: z.int().min(1).max(65_535).default(22),
  user: sshUserName.optional(),
  identityFile: z.string().max(4_096).optional(),
});

/** A host key as it is shown for confirmation. */
export const hostKey = z.object({
  /** `ssh-ed25519` … */
  type: shortText,
  /** `SHA256:…` as ssh-keygen -l prints it. */
  fingerprint: shortText,
  /** The known_hosts line to be stored when confirmed. */
  line: z.string().max(16_384),
});
export type HostKey = z.infer<typeof hostKey>;

/** The machine in one line: system, kernel, and hardware where it could be seen. */
export const machine = identityFacts
  .pick({ hostname: true, kernel: true, architecture: true, hardware: true })
  .extend({ operatingSystem: shortText });
export type Machine = z.infer<typeof machine>;

export const nodes = {
  /** All nodes of the swarm, sorted by name. */
  list: read.output(listOf(swarmNode, 1_024)),
  /** What the last look saw of each node, for their list. */
  glances: read.output(listOf(nodeGlance, 1_024)),
  /**
   * Who announces itself as a node on the networks of this computer. The console listens for a minute and a half after it was asked.
   * `waitMs`: how long it listens before it answers.
   */
  found: read.input(z.object({ waitMs: z.int().min(0).max(10_000).default(0) })).output(foundNodes),
  /** Hosts that `~/.ssh/config` of the operator names. The file is read and never evaluated by OpenSSH. */
  sshConfig: read.output(sshConfig),
  /** What is running on this computer, in one sentence, before it is added. Null fields: nothing found. */
  detectLocal: read.output(
    z.object({
      /** False on macOS and Windows: only SSH nodes there. */
      possible: z.boolean(),
      sentence: z.string().max(512),
      version: shortText.nullable(),
      port: z.int().nullable(),
      running: z.boolean(),
    }),
  ),
  /** Fetch the host keys that a machine shows, without trusting any of them (ssh-keyscan(1)). */
  hostKeys: read.input(sshTarget).output(z.object({ keys: listOf(hostKey, 16) })),
  /** Add a node. For SSH, `confirmedKeys` are the lines that the operator confirmed. */
  add: change
    .input(
      z.object({
        name: z.string().trim().min(1).max(64).optional(),
        address: nodeAddress,
        confirmedKeys: listOf(z.string().max(16_384), 16).default([]),
      }),
    )
    .output(swarmNode),
  rename: change.input(z.object({ node: nodeId, name: z.string().trim().min(1).max(64) })).output(swarmNode),
  /** Forget a node and its findings. Returns what can be given to `restore` until the console restarts. */
  remove: change.input(z.object({ node: nodeId })).output(z.object({ undo: shortText })),
  /** Undo of `remove`. */
  restore: change.input(z.object({ undo: shortText })).output(swarmNode),
  /** Profile as detected at the last look and as corrected. */
  profile: read.input(z.object({ node: nodeId })).output(
    z.object({
      detected: profile.nullable(),
      corrections: listOf(profileCorrection, 16),
      effective: profile.nullable(),
      observedAt: instant.nullable(),
      /** What kind of machine it is, as seen at the last look; for the Nodes page, never used by a check. */
      machine: machine.nullish(),
    }),
  ),
  /** Replace all corrections of a node's profile. Takes effect at the next look. */
  correctProfile: change
    .input(z.object({ node: nodeId, corrections: listOf(profileCorrection, 16) }))
    .output(z.object({ corrections: listOf(profileCorrection, 16) })),
};
