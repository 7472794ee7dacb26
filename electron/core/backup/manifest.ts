import { z } from 'zod';
import { ruleFileName } from '#shared/domain/audit/own-rules.ts';
import { instant, shownName } from '#shared/domain/bounds.ts';

/** The number of this form; a console refuses a higher one. */
export const BACKUP_FORMAT = 1;

/** Name of the first entry of a backup, which says what the others are. */
export const MANIFEST_NAME = 'manifest.json';

/** The longest manifest that is read, in bytes. */
export const MANIFEST_BYTES = 4 * 1024 * 1024;

const DATABASES = ['swarmkeep.db', 'audit.db', 'advisories.db'] as const;
const SMALL_FILES = ['ledger.key', 'known_hosts', 'sealed.json'] as const;
const RULES = 'rules/';

/** @returns whether a file of this name belongs into a data folder; everything else is refused when a backup is read */
export function isRecordName(name: string): boolean {
  if (([...DATABASES, ...SMALL_FILES] as string[]).includes(name)) return true;
  return name.startsWith(RULES) && ruleFileName.safeParse(name.slice(RULES.length)).success;
}

/** What a backup holds, and of which console it is. */
export const backupManifest = z.object({
  format: z.literal('swarmkeep-backup'),
  version: z.int().min(1).max(BACKUP_FORMAT),
  madeAt: instant,
  /** Version of the Swarmkeep that made it. */
  madeBy: z.string().min(1).max(64),
  /** Name of the computer that it was made on. */
  computer: shownName,
  /** The newest signed checkpoint of the ledger when it was made: the restored ledger is held to it. */
  checkpoint: z.string().max(16_384),
  files: z
    .array(
      z.object({
        name: z.string().refine(isRecordName),
        bytes: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
        /** SHA-256, hex. */
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1)
    .max(8_192)
    .refine((files) => new Set(files.map(({ name }) => name)).size === files.length, 'A name comes twice'),
});
export type BackupManifest = z.infer<typeof backupManifest>;
