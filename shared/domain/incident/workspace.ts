import { z } from 'zod';
import { instant, listOf, modeBits, numericId, shownMessage, shownName } from '../bounds.ts';
import { nodeId } from '../node.ts';
import { sha256Hex } from './evidence.ts';

/** What a changed file matters for, what matters most first. */
export const FILE_IMPORTANCE = {
  plugin: 'Plugin: the agent loads it at every start',
  'start-file': 'Runs by itself at a start or login',
  setuid: 'Runs with the rights of another account',
  key: 'Key, token or allowed login',
  unit: 'Service',
  cron: 'Timed job',
  executable: 'Program or script',
  configuration: 'Configuration',
  other: 'Other file',
} as const;
export const fileImportance = z.enum(
  Object.keys(FILE_IMPORTANCE) as [keyof typeof FILE_IMPORTANCE, ...(keyof typeof FILE_IMPORTANCE)[]],
);
export type FileImportance = z.infer<typeof fileImportance>;

/** What happened to a path. `changed`: its content; `kind`: a file became a link, a folder or the like. */
export const fileDeed = z.enum(['created', 'changed', 'deleted', 'mode', 'owner', 'kind']);
export type FileDeed = z.infer<typeof fileDeed>;

/** A file as it was or is. */
export const fileState = z.object({
  kind: z.enum(['file', 'folder', 'link', 'other']),
  size: z.number().min(0),
  mode: modeBits,
  uid: numericId,
  gid: numericId,
  modifiedAt: instant.nullable(),
  /** Time of the last change of content or attributes: cannot be set back without changing the clock. */
  changedAt: instant.nullable(),
  /** Null when it has none or it was not read (see `why` of the change). */
  sha256: sha256Hex.nullable(),
  /** Where a symbolic link leads, as stored. */
  target: shownMessage(4_096).nullable(),
});
export type FileState = z.infer<typeof fileState>;

export const workspaceChange = z.object({
  /** Made safe to show. */
  path: shownMessage(16_384),
  deeds: listOf(fileDeed, 6).min(1),
  importance: fileImportance,
  before: fileState.nullable(),
  now: fileState.nullable(),
  /** The time of modification was set back: content or time of change says otherwise. */
  forged: z.boolean(),
  /** What else is to be said, e.g. why its content could not be compared; empty when nothing. */
  why: shownMessage(512),
});
export type WorkspaceChange = z.infer<typeof workspaceChange>;

/** A baseline that the console keeps of a node. */
export const baselineSummary = z.object({
  node: nodeId,
  nodeName: shownName,
  takenAt: instant,
  /** Why it was taken. */
  reason: z.enum(['level-1', 'on-demand']),
  privilege: z.enum(['root', 'sudo', 'user']),
  files: z.int().min(0),
  bytes: z.number().min(0),
  /** SHA-256 of the kept baseline; it is in the ledger. */
  sha256: sha256Hex,
  /** Places that were looked at. */
  places: listOf(shownMessage(16_384), 256),
  /** What could not be looked at, and why. */
  unseen: listOf(shownMessage(1_024), 256),
});
export type BaselineSummary = z.infer<typeof baselineSummary>;

export const workspaceAudit = z.object({
  node: nodeId,
  nodeName: shownName,
  at: instant,
  /** The baseline, or the instant since when; without a baseline what was deleted cannot be seen. */
  against: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('baseline'), takenAt: instant, sha256: sha256Hex }),
    z.object({ kind: z.literal('since'), since: instant }),
  ]),
  privilege: z.enum(['root', 'sudo', 'user']),
  files: z.int().min(0),
  tookMs: z.number().min(0),
  /** What matters first stands first. At most the first 5,000. */
  changes: listOf(workspaceChange, 5_000),
  /** All changes, those that are not listed too. */
  total: z.int().min(0),
  /** What could not be looked at, and why: nothing is said about these. */
  unseen: listOf(shownMessage(1_024), 256),
  sentence: shownMessage(1_024),
});
export type WorkspaceAudit = z.infer<typeof workspaceAudit>;
