import { z } from 'zod';
import { instant, pathText, shortText, shownMessage } from '../bounds.ts';
import { nodeId } from '../node.ts';

/** How the lines of a source are read. `auto` is what the source is found to be; a person can choose another one. */
export const FORMAT_IDS = [
  'json-lines',
  'key-value',
  'auditd',
  'syslog',
  'mycoswarm',
  'docker-json',
  'journal-json',
  'plain',
] as const;
export const formatId = z.enum(FORMAT_IDS);
export type FormatId = z.infer<typeof formatId>;

/**
 * What is followed: a file, all files that a pattern names, or a journal's unit (null: all of the journal; `kernel`: what the kernel
 * says; `auth`: logins, sudo and sshd, by syslog facility; no unit is called so, for their names have a suffix).
 */
export const sourceTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), path: pathText }),
  z.object({ kind: z.literal('pattern'), pattern: pathText }),
  z.object({ kind: z.literal('journal'), unit: shortText.nullable() }),
]);
export type SourceTarget = z.infer<typeof sourceTarget>;

/** How a source is at this moment. `waiting`: it is not there or cannot be read, and is tried again. */
export const sourceState = z.enum(['live', 'catching-up', 'paused', 'waiting', 'failed']);
export type SourceState = z.infer<typeof sourceState>;

/** Why there is a time or a stretch of bytes of which nothing is stored. */
export const GAP_KINDS = [
  'copytruncate', // bytes written between the copy and the cut
  'rotated-away', // a rotated file was gone before it was read
  'not-watched', // nobody watched
  'damaged', // a compressed file that cannot be unpacked, or is a bomb
  'disk-full', // could not be stored for a time
  'journal-vacuumed', // the journal no longer holds what came after the cursor
  'not-examined', // stored, and not held against all rules: a mistake in one of them or in the console
] as const;
export const gapKind = z.enum(GAP_KINDS);

/** A gap, as it is shown and kept. Bytes are null where nobody can know them. */
export const sourceGap = z.object({
  source: shortText,
  kind: gapKind,
  from: instant,
  to: instant,
  bytes: z.int().min(0).nullable(),
  detail: shownMessage(1_024),
});
export type SourceGap = z.infer<typeof sourceGap>;

/** A source as it is listed. */
export const auditSource = z.object({
  id: shortText,
  node: nodeId,
  target: sourceTarget,
  /** What it is, in our words: `mycoSwarm's journal`, `audit log`, `access log`. */
  name: shortText,
  /** `found`: by the profile. `added`: by a person. */
  origin: z.enum(['found', 'added']),
  /** What a person chose, or `auto`. */
  chosenFormat: z.union([formatId, z.literal('auto')]),
  /** What it is read as; null before the first line. */
  format: formatId.nullable(),
  state: sourceState,
  /** What is wrong or awaited, and what would help; empty when nothing is. */
  trouble: shownMessage(1_024),
  /** Bytes that are there and not read yet; null where that cannot be known. */
  lagBytes: z.int().min(0).nullable(),
  bytesPerSecond: z.number().min(0),
  eventsPerSecond: z.number().min(0),
  events: z.int().min(0),
  lastEventAt: instant.nullable(),
  /** Set when it has fallen silent although it speaks regularly. */
  silentSince: instant.nullable(),
  gaps: z.int().min(0),
  /**
   * Milliseconds that the times of its lines are behind this computer's clock when they come, negative when ahead; 0 within two
   * seconds; null or left out when that cannot be said yet.
   */
  skewMs: z.int().nullable().optional(),
});
export type AuditSource = z.infer<typeof auditSource>;

/** A file of this computer that was read once and is not followed. */
export const fileReadOnce = z.object({
  id: shortText,
  node: nodeId,
  path: pathText,
  /** What it was read as; null before the first line. */
  format: formatId.nullable(),
  /** Stored of it, over all times it was read. */
  events: z.int().min(0),
  /** When something of it was stored last. */
  readAt: instant.nullable(),
  /** While it is read: bytes of the file, packed as it is. */
  reading: z.object({ bytes: z.int().min(0), of: z.int().min(0) }).nullable(),
});
export type FileReadOnce = z.infer<typeof fileReadOnce>;
