import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { requireSafeFile } from './data-folder.ts';
import { asStoreError, StoreError } from './store-error.ts';

/** Name of the file in a data folder, or in a copy of one that is being made, by which its owner is known. */
export const OWNER_LOCK = 'owner.lock';

/** Held by the one process that may write; ends with {@link Ownership.release} or with the process, however it dies. */
export interface Ownership {
  release(): void;
}

/**
 * Takes a data folder for this process. It is a lock apart from the records: backups and readers of those never meet it.
 * @param folder the prepared data folder
 * @throws StoreError `owned` when another process has it
 */
export function takeOwnership(folder: string): Ownership {
  const owner = takeLock(join(folder, OWNER_LOCK));
  if (owner !== null) return owner;
  throw new StoreError({
    kind: 'owned',
    message: 'Another Swarmkeep is using this data folder.',
    untouched: 'Nothing was changed.',
    next: 'Use the one that is open, close it first, or choose another folder with --data-dir.',
  });
}

/**
 * Takes a lock for this process. Node has no flock(2), so it is one that SQLite holds on a file of its own: fcntl(2) record locks on
 * Unix, LockFileEx on Windows. The system drops it when the process ends, also after `kill -9`, so a stale lock cannot exist and no
 * process id has to be trusted.
 * @param file made (0600) when it is not there, and left there
 * @returns null when somebody else has it
 * @throws StoreError
 */
export function takeLock(file: string): Ownership | null {
  if (!requireSafeFile(file)) closeSync(openSync(file, 'a', 0o600));
  let database: Database.Database | null = null;
  try {
    database = new Database(file, { timeout: 0 });
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
    if (busy) return null;
    throw asStoreError(error, file);
  }
  const held = database;
  return { release: () => held.close() };
}
