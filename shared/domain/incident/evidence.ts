import { z } from 'zod';
import { instant, listOf, shownMessage, shownName } from '../bounds.ts';
import { nodeId } from '../node.ts';

/** SHA-256 as 64 lower-case hex digits. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** Name of one preservation, chosen by the console: part of the archive's name and of sealed entries. */
export const evidenceId = z.string().regex(/^[a-z0-9][a-z0-9-]{7,63}$/);

/** What an archive holds, in the order in which it was taken: what passes soonest first (RFC 3227, section 2.1). */
export const EVIDENCE_SUBJECTS = {
  processes: 'Running programs',
  sockets: 'Connections and open ports',
  network: 'Neighbours, routes, names',
  rules: 'Firewall rules',
  sessions: 'Accounts and logins',
  memory: 'Memory maps',
  persistence: 'What starts by itself',
  packages: 'Installed packages',
  logs: 'Logs',
  hashes: 'Files of the agent, by hash',
} as const;
export const evidenceSubject = z.enum(
  Object.keys(EVIDENCE_SUBJECTS) as [keyof typeof EVIDENCE_SUBJECTS, ...(keyof typeof EVIDENCE_SUBJECTS)[]],
);
export type EvidenceSubject = z.infer<typeof evidenceSubject>;

/** How one piece came out. `cut`: the beginning or, of a log, the end of it; the rest was beyond a bound of size or time. */
export const evidenceOutcome = z.enum(['whole', 'cut', 'not-there', 'not-allowed', 'timed-out', 'failed']);
export type EvidenceOutcome = z.infer<typeof evidenceOutcome>;

/** A path of an archive: of the console's own making, whatever a file on the node is called. */
export const evidenceName = z.string().regex(/^[0-9]{2}-[a-z]{1,16}\/[0-9]{4}-[a-z0-9-]{1,40}$/);

/** One piece of evidence. */
export const evidencePiece = z.object({
  subject: evidenceSubject,
  /** Command or path on the node, made safe to show. */
  origin: shownMessage(4_096),
  outcome: evidenceOutcome,
  /** Why it is not whole, and the permission that would help; empty when there is nothing to say. */
  why: shownMessage(512),
  /** Name in the archive; null when nothing of it could be had. */
  name: evidenceName.nullable(),
  /** Bytes as they lie in the archive. */
  bytes: z.int().min(0),
  /** SHA-256 that the node computed of what it sent; null when it could not. */
  sha256AtSource: sha256Hex.nullable(),
  /** SHA-256 that the console computed of what arrived: equal to the former, or the piece is marked `failed`. */
  sha256Received: sha256Hex.nullable(),
  /** SHA-256 of what lies in the archive: another one where secrets were taken out. */
  sha256: sha256Hex.nullable(),
  /** How many secrets were replaced by a mark in this piece. */
  sealed: z.int().min(0),
  /** When the node began with it, by the console's clock. */
  takenAt: instant,
});
export type EvidencePiece = z.infer<typeof evidencePiece>;

/** The last entry of an archive, `manifest.json`: what the others are. Its SHA-256 becomes an event of the ledger. */
export const evidenceManifest = z.object({
  format: z.literal('swarmkeep-evidence'),
  version: z.literal(1),
  id: evidenceId,
  /** The incident it belongs to; null when it was taken outside one. */
  incident: z.string().max(64).nullable(),
  node: z.object({ id: nodeId, name: shownName }),
  takenAt: instant,
  endedAt: instant,
  /** Version of the Swarmkeep that took it. */
  takenBy: z.string().min(1).max(64),
  /** As whom it was looked. `user`: what an ordinary account sees. */
  privilege: z.enum(['root', 'sudo', 'user']),
  /** Node's clock minus the console's in milliseconds; null when the node did not say. */
  skewMs: z.number().nullable(),
  pieces: listOf(evidencePiece, 4_096),
});
export type EvidenceManifest = z.infer<typeof evidenceManifest>;

/** What a page or report says of an archive. */
export const evidenceSummary = z.object({
  id: evidenceId,
  incident: z.string().max(64).nullable(),
  node: nodeId,
  nodeName: shownName,
  takenAt: instant,
  endedAt: instant,
  privilege: z.enum(['root', 'sudo', 'user']),
  /** Absolute path of the archive on the console's computer. */
  archive: z.string().max(16_384),
  bytes: z.int().min(0),
  /** SHA-256 of the whole archive file. */
  sha256: sha256Hex,
  /** SHA-256 of its manifest. Both are in the ledger. */
  manifestSha256: sha256Hex,
  pieces: listOf(evidencePiece, 4_096),
  /** How many secrets were replaced by marks, in all. */
  sealed: z.int().min(0),
  /** Where the replaced secrets are: sealed by the console, or given up because the sealed store was not open. `partly`: there were more than are kept. */
  secretsKept: z.enum(['none', 'sealed', 'partly', 'not-kept']),
  /** True when it was stopped, or the node was lost in the middle: what came until then is there. */
  partial: z.boolean(),
  /** How it went, in one sentence. */
  sentence: shownMessage(1_024),
});
export type EvidenceSummary = z.infer<typeof evidenceSummary>;

/** Told while evidence is taken. */
export const evidenceProgress = z.object({
  /** What is being taken now, in words. */
  doing: shownMessage(256),
  /** Steps that ended, of how many. */
  done: z.int().min(0),
  all: z.int().min(1),
  bytes: z.int().min(0),
  pieces: z.int().min(0),
});
export type EvidenceProgress = z.infer<typeof evidenceProgress>;

/** What became of holding an archive against itself and against the ledger. */
export const archiveVerdict = z.object({
  verified: z.boolean(),
  /**
   * `ledger`: it is the file whose hash the ledger recorded. `itself`: its parts fit each other, and nothing else is known of it;
   * whoever changes it on purpose can make that so.
   */
  against: z.enum(['ledger', 'itself']),
  sha256: sha256Hex.nullable(),
  manifest: evidenceManifest.nullable(),
  sentence: shownMessage(1_024),
});
export type ArchiveVerdict = z.infer<typeof archiveVerdict>;
