import { z } from 'zod';
import { numericId, permissionBits, sha256 } from '#shared/domain/helper/targets.ts';

const attributes = z.record(z.string().max(512), z.string().max(1_400_000));
const accessList = z.string().max(65_536).nullable();
/** Identity of what was there while it was looked at: device and inode. */
const identity = z.string().max(64);

const owned = {
  uid: numericId,
  gid: numericId,
  mode: permissionBits,
  accessList,
  attributes,
  identity,
};

/** All that a file or folder is, as it is written into an undo record and compared with later. Contents as SHA-256. */
export const entryState = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('absent') }),
  z.strictObject({
    kind: z.literal('file'),
    ...owned,
    /** Seconds and nanoseconds since 1970: `1795326967.027340001`. */
    modified: z.string().max(32),
    size: z.int().min(0),
    /** null where contents do not matter for the step: they may change. */
    sha256: sha256.nullable(),
    links: z.int().min(0),
  }),
  z.strictObject({
    kind: z.literal('directory'),
    ...owned,
    modified: z.string().max(32),
    defaultList: accessList,
  }),
  z.strictObject({
    kind: z.literal('other'),
    what: z.enum(['link', 'device', 'socket', 'fifo']),
    uid: numericId,
    identity,
  }),
]);
export type EntryState = z.infer<typeof entryState>;
export type FileState = Extract<EntryState, { kind: 'file' }>;
export type DirectoryState = Extract<EntryState, { kind: 'directory' }>;
