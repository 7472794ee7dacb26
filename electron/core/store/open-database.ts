import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { lstatOrNull, requireSafeFile } from './data-folder.ts';
import { MIGRATIONS, type Migration, migrate, requireKnownSchema } from './migrations.ts';
import { asStoreError, damaged, StoreError } from './store-error.ts';

/** "SWKP": marks the file as ours (https://www.sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x53574b50;

/** Milliseconds to wait for a reader such as a backup program. */
const BUSY_TIMEOUT = 5_000;

/** @returns path of the database within a data folder */
export function databaseFile(folder: string): string {
  return join(folder, 'swarmkeep.db');
}

/**
 * Opens the records of the console, or makes them when there are none. A file that exists is first read through a
 * connection that cannot write: a damaged or foreign one is reported and stays as it is, byte for byte.
 * @param folder the prepared data folder, owned by this process
 * @param now names backup files
 * @throws StoreError `unsafe`, `damaged`, `newer`, `full` or `failed`
 */
export function openDatabase(
  folder: string,
  now: Date,
  migrations: readonly Migration[] = MIGRATIONS,
): Database.Database {
  const file = databaseFile(folder);
  for (const side of ['-wal', '-shm', '-journal']) requireSafeFile(file + side);
  const exists = requireSafeFile(file);
  try {
    if (exists && lstatOrNull(file)?.size !== 0) inspect(file, migrations);
    else if (!exists) closeSync(openSync(file, 'wx', 0o600));
    return openForWriting(file, now, migrations);
  } catch (error) {
    throw asStoreError(error, file);
  }
}

function openForWriting(file: string, now: Date, migrations: readonly Migration[]): Database.Database {
  const database = new Database(file, { timeout: BUSY_TIMEOUT });
  try {
    // A schema that somebody tampered with must not run functions (https://www.sqlite.org/security.html).
    database.pragma('trusted_schema = OFF');
    database.pragma('cell_size_check = ON');
    database.pragma('foreign_keys = ON');
    database.pragma('journal_mode = WAL');
    // FULL, not NORMAL: NORMAL may lose the last commits at a power cut, and a withdrawn waiver that comes back would
    // be a lie. The console writes a few times an hour, so the extra fsync costs nothing that could be felt.
    database.pragma('synchronous = FULL');
    database.pragma('secure_delete = FAST');
    database.pragma(`journal_size_limit = ${16 * 1024 * 1024}`);
    if (database.pragma('application_id', { simple: true }) === 0) {
      database.pragma(`application_id = ${APPLICATION_ID}`);
    }
    migrate(database, now, migrations);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function inspect(file: string, migrations: readonly Migration[]): void {
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT });
  try {
    database.pragma('trusted_schema = OFF');
    database.pragma('cell_size_check = ON');
    const id = database.pragma('application_id', { simple: true });
    const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
    if (id !== APPLICATION_ID && !(id === 0 && tables === 0)) {
      throw new StoreError({
        kind: 'damaged',
        message: `${file} is a database of another program.`,
        untouched: 'It was left exactly as it is.',
        next: 'Move it away, or choose another folder with --data-dir.',
      });
    }
    requireKnownSchema(Number(database.pragma('user_version', { simple: true })), migrations);
    const report = database.pragma('quick_check(3)', { simple: true });
    if (report !== 'ok') throw damaged(file, String(report));
  } finally {
    database.close();
  }
}
