import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { requireSafeFile } from '#core/store/data-folder.ts';
import { StoreError } from '#core/store/store-error.ts';
import { instant } from '#shared/domain/bounds.ts';
import { canonicalJson } from '#shared/domain/canonical-json.ts';
import { SEALED_BYTES, sealedKeyPlace, sealedName } from '#shared/domain/sealed/sealed-state.ts';
import { sealedBox } from './box.ts';
import { damagedFile, done, failed, systemFailure } from './failures.ts';
import { scryptWork } from './passphrase-key.ts';
import type { SealedResult } from './sealed-store.ts';

/** Version of the form of the file; a console refuses a higher one. */
export const SEALED_FORMAT = 1;
/** The longest file that is read, in bytes. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Name of the file in the data folder. */
export const SEALED_NAME = 'sealed.json';

/** The data key, encrypted under a key that lies elsewhere. */
const wraps = z.object({
  keyPlace: sealedKeyPlace,
  /** Under the key that scrypt makes of the passphrase. */
  passphrase: z.object({ work: scryptWork, box: sealedBox }).nullable(),
  /** Under a key that the Secret Service of the desktop keeps. */
  secretService: z.object({ box: sealedBox }).nullable(),
  /** Under the key on the recovery sheet. */
  sheet: z.object({ box: sealedBox, madeAt: instant, confirmedAt: instant.nullable() }),
});

const body = z.object({
  format: z.literal('swarmkeep-sealed'),
  version: z.literal(SEALED_FORMAT),
  /** Random; part of what each box is about, so that none of another store opens here. */
  id: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  setUpAt: instant,
  wraps,
  secrets: z.record(
    sealedName,
    z.object({ sealedAt: instant, bytes: z.int().min(0).max(SEALED_BYTES), box: sealedBox }),
  ),
});
export type SealedBody = z.infer<typeof body>;

const whole = z.object({ body, sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const anyVersion = z.object({ body: z.object({ version: z.int().min(1) }) });

/** @returns path of the file in a data folder */
export function sealedFile(folder: string): string {
  return join(folder, SEALED_NAME);
}

/** @returns what lies there; null when there is nothing */
export async function readSealed(file: string): Promise<SealedResult<SealedBody | null>> {
  let text: string;
  try {
    if (!requireSafeFile(file)) return done(null);
    const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      if ((await handle.stat()).size > MOST_BYTES) return damagedFile(file, 'it is far too large');
      text = await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof StoreError) return damagedFile(file, error.message);
    return systemFailure(error);
  }
  return parseSealed(file, text);
}

/** @param text of a file, that of an attacker too */
export function parseSealed(file: string, text: string): SealedResult<SealedBody | null> {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return damagedFile(file, text.trim() === '' ? 'it is empty' : 'it was cut off or overwritten');
  }
  const version = anyVersion.safeParse(given);
  if (version.success && version.data.body.version > SEALED_FORMAT) {
    return failed(
      'newer',
      'The sealed store was written by a newer Swarmkeep.',
      'Use that version, or a newer one.',
    );
  }
  const read = whole.safeParse(given);
  if (!read.success) return damagedFile(file, 'it is not of the form that was written');
  if (sumOf(read.data.body) !== read.data.sha256)
    return damagedFile(file, 'its checksum is another than the one that was written with it');
  return done(read.data.body);
}

/**
 * Writes the file whole or not at all: beside its place, on the disk (fsync(2)), renamed over what was there (rename(2)), and the folder on the
 * disk too. When this resolves, the new one is there after a power cut; until then the old one is.
 */
export async function writeSealed(file: string, given: SealedBody): Promise<SealedResult<null>> {
  const beside = join(dirname(file), `.${SEALED_NAME}.new`);
  try {
    await rm(beside, { force: true });
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify({ body: given, sha256: sumOf(given) })}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
    await syncFolder(dirname(file));
    return done(null);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    return systemFailure(error);
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function sumOf(given: SealedBody): string {
  return createHash('sha256').update(canonicalJson(given)).digest('hex');
}
