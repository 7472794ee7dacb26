import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { requireSafeFile } from './data-folder.ts';
import { asStoreError, StoreError } from './store-error.ts';

/** Held by the one process that may write; ends with {@link Ownership.release} or with the process, however it dies. */
export interface Ownership {
  release(): void;
}

/**
 * Takes a data folder for this process. Node has no flock(2), so the lock is one that SQLite holds on a file of its
 * own: fcntl(2) record locks on Unix, LockFileEx on Windows. The system drops it when the process ends, also after
 * `kill -9`, so a stale lock cannot exist and no process id has to be trusted.
 * It is a file apart from the records: backups and readers of those never meet it.
 * @param folder the prepared data folder
 * @throws StoreError `owned` when another process has it
 */
export function takeOwnership(folder: string): Ownership {
  const file = join(folder, 'owner.lock');
  if (!requireSafeFile(file)) closeSync(openSync(file, 'a', 0o600));
  let database: Database.Database | null = null;
  try {
    database = new Database(file, { timeout: 0 });
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
    if (!busy) throw asStoreError(error, file);
    throw new StoreError(
      {
        kind: 'owned',
        message: 'Another Swarmkeep is using this data folder.',
        untouched: 'Nothing was changed.',
        next: 'Use the one that is open, close it first, or choose another folder with --data-dir.',
      },
      { cause: error },
    );
  }
  const held = database;
  return { release: () => held.close() };
}
