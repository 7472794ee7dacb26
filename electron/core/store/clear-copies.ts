import { lstatSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { lstatOrNull } from './data-folder.ts';
import { OWNER_LOCK, type Ownership, takeLock } from './ownership.ts';
import { isRestoring, RESTORING } from './put-back.ts';

const BACKUP = '.backup-';
const IS_BACKUP = /^\.backup-[A-Za-z0-9]{6}$/;
/** Of a folder that was made just now its maker may not have the lock yet. */
const FRESH_MS = 60_000;

/** A folder for a copy of records that is not encrypted, and that nobody sweeps while its maker lives. */
export interface ClearCopy {
  folder: string;
  /** Removes it with all that is in it. */
  remove(): Promise<void>;
}

/**
 * Makes the folder for a copy that a backup is made of.
 * @param dataFolder the prepared data folder; a console may run in it
 */
export async function makeCopyFolder(dataFolder: string): Promise<ClearCopy> {
  const folder = await mkdtemp(join(dataFolder, BACKUP));
  const lock = takeLock(join(folder, OWNER_LOCK));
  return {
    folder,
    async remove() {
      lock?.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Makes the folder that a backup is restored in. Whoever does that owns the data folder, so it is known by that whether its maker lives.
 * @param dataFolder the prepared data folder, owned by this process
 */
export function makeRestoreFolder(dataFolder: string): Promise<string> {
  return mkdtemp(join(dirname(dataFolder), `.${basename(dataFolder)}${RESTORING}`));
}

/**
 * Takes away clear copies of records that a backup or a restore left behind which was killed. Only folders with names that they
 * make, of this account, in the data folder and beside it; none whose maker is still at work.
 * @param dataFolder the prepared data folder
 * @param owned this process owns it, so that nobody restores it at this moment
 * @returns the folders that are gone; what cannot be taken away stays for the next time
 */
export async function sweepClearCopies(dataFolder: string, owned: boolean): Promise<string[]> {
  const backups = namesIn(dataFolder)
    .filter((name) => IS_BACKUP.test(name))
    .map((name) => join(dataFolder, name));
  const beside = dirname(dataFolder);
  const restores = owned
    ? namesIn(beside)
        .filter((name) => isRestoring(name, basename(dataFolder)))
        .map((name) => join(beside, name))
    : [];
  const gone: string[] = [];
  for (const folder of backups)
    if (isOurs(folder) && (await swept(folder, leftAlone(folder)))) gone.push(folder);
  for (const folder of restores) if (isOurs(folder) && (await swept(folder, NOBODY))) gone.push(folder);
  return gone;
}

const NOBODY: Ownership = { release: () => undefined };

/** @returns the lock of a backup's folder whose maker is gone; null when it is at work */
function leftAlone(folder: string): Ownership | null {
  const lock = join(folder, OWNER_LOCK);
  try {
    if (Date.now() - lstatSync(folder).mtimeMs < FRESH_MS) return null;
    return lstatOrNull(lock) === null ? NOBODY : takeLock(lock);
  } catch {
    return null;
  }
}

async function swept(folder: string, lock: Ownership | null): Promise<boolean> {
  if (lock === null) return false;
  lock.release();
  return rm(folder, { recursive: true, force: true }).then(
    () => true,
    () => false,
  );
}

function isOurs(folder: string): boolean {
  const stats = lstatOrNull(folder);
  return stats?.isDirectory() === true && (process.platform === 'win32' || stats.uid === process.getuid?.());
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
