import { z } from 'zod';
import { instant, listOf, modeBits, numericId, pathText, rawText, shortText } from '../bounds.ts';

export const fileKind = z.enum(['file', 'directory', 'link', 'socket', 'fifo', 'device', 'other']);

/** What lstat(2) says of one path, plus ACL and attributes where they could be read. */
export const fileFact = z.object({
  path: pathText,
  kind: fileKind,
  mode: modeBits,
  uid: numericId,
  gid: numericId,
  size: z.number().min(0),
  modifiedAt: instant.nullable(),
  links: z.int().min(0),
  /** Target as stored in a symbolic link, not resolved. */
  target: pathText.nullable(),
  /** Where the path leads after every link is followed; null when it leads nowhere or is no link. */
  resolved: pathText.nullable(),
  /** Entries of the access ACL beyond the mode bits (getfacl(1) text form); null when ACLs could not be read. */
  acl: listOf(shortText, 64).nullable(),
  /** chattr(1) letters such as `i` and `a`; null when not readable. */
  attributes: shortText.nullable(),
});
export type FileFact = z.infer<typeof fileFact>;

export const treePurpose = z.enum([
  'workspace',
  'source',
  'virtual-environment',
  'configuration',
  'plugins',
  'home',
  'log',
]);

/**
 * A whole folder, counted rather than listed: entries with the same kind, owner, group and mode fall into one
 * bucket, and only entries that could matter are kept one by one. 100,000 files stay a few kilobytes this way.
 */
export const treeFact = z.object({
  root: pathText,
  purpose: treePurpose,
  instance: shortText,
  exists: z.boolean(),
  counted: z.int().min(0),
  /** False when a limit of time or number was reached: then nothing may be concluded about the rest. */
  complete: z.boolean(),
  /** Folders that could not be opened. */
  unreadable: listOf(pathText, 64),
  unreadableCount: z.int().min(0),
  buckets: listOf(
    z.object({
      kind: fileKind,
      uid: numericId,
      gid: numericId,
      mode: modeBits,
      count: z.int().positive(),
      examples: listOf(pathText, 5),
    }),
    4_096,
  ),
  /** Symbolic links that resolve outside the root (or nowhere). */
  linksOut: listOf(fileFact, 500),
  linksOutCount: z.int().min(0),
  /** Regular files with more than one hard link whose other names were not found under the root. */
  hardLinks: listOf(fileFact, 500),
  hardLinksCount: z.int().min(0),
  setuid: listOf(fileFact, 500),
  /** Devices, sockets and FIFOs. */
  special: listOf(fileFact, 500),
  /** Mount points under the root. */
  mounts: listOf(pathText, 256),
  /**
   * Folders with an ACL, and files with one by which somebody named in it may write (beyond the mask, the group bits, nobody
   * named may); null when ACLs could not be read, or not to the end.
   */
  withAcl: listOf(fileFact, 500).nullable(),
  newestModifiedAt: instant.nullable(),
});
export type TreeFact = z.infer<typeof treeFact>;

/** Single files that checks ask for, with every ancestor folder up to `/` present as an entry of its own. */
export const fileFacts = z.object({
  files: listOf(fileFact, 8_192),
  /** Paths that were asked for and do not exist. */
  missing: listOf(pathText, 8_192),
  /** Paths that were asked for and could not be looked at. */
  unreadable: listOf(z.object({ path: pathText, reason: shortText }), 8_192),
  trees: listOf(treeFact, 64),
});
export type FileFacts = z.infer<typeof fileFacts>;

/** One systemd unit that belongs to mycoSwarm, Ollama or a firewall. Source: systemctl show, systemctl cat. */
export const unitFact = z.object({
  name: shortText,
  path: pathText.nullable(),
  dropIns: listOf(pathText, 64),
  load: shortText,
  active: shortText,
  sub: shortText,
  enabled: shortText,
  mainPid: z.int().min(0),
  /** `User=` as systemd understood it; empty string means root. */
  user: shortText,
  /** True for a unit of a user manager. */
  userUnit: z.boolean(),
  /** Properties of `systemctl show` that sandboxing, limits and starting consist of (allow-listed names). */
  properties: z.record(z.string().max(128), z.string().max(8_192)),
  /** Names (never values) of variables in Environment= and EnvironmentFile=, with the place. */
  environmentNames: listOf(z.object({ name: shortText, place: pathText }), 512),
  /** Unit text as systemd reads it, secrets redacted. */
  text: rawText,
});
export type UnitFact = z.infer<typeof unitFact>;

export const unitFacts = z.object({
  systemd: z.boolean(),
  version: shortText.nullable(),
  units: listOf(unitFact, 256),
});
export type UnitFacts = z.infer<typeof unitFacts>;
