import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { lstatOrNull, requireSafeFile } from '../data-folder.ts';
import { type Migration, requireKnownSchema } from '../migrations.ts';
import { asStoreError, StoreError } from '../store-error.ts';
import { ALERT_OTHERS_SCHEMA, AUDIT_SCHEMA } from './schema.ts';

/** "SWKA": marks the file as ours (https://www.sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x53574b41;
const BUSY_TIMEOUT = 5_000;

export const AUDIT_MIGRATIONS: readonly Migration[] = [
  { number: 1, sql: AUDIT_SCHEMA },
  { number: 2, sql: ALERT_OTHERS_SCHEMA },
];

/** @returns path of the events' database within a data folder */
export function auditFile(folder: string): string {
  return join(folder, 'audit.db');
}

/**
 * Opens the events, or makes their database when there is none. It may have gigabytes, so it is not read through here as the
 * console's is, and not copied before a step of the schema: what is damaged shows when it is read, and `verify` reads all.
 * @param folder the prepared data folder, owned by this process
 * @throws StoreError `unsafe`, `damaged`, `newer`, `full` or `failed`
 */
export function openAuditDatabase(folder: string): Database.Database {
  const file = auditFile(folder);
  try {
    for (const side of ['-wal', '-shm', '-journal']) requireSafeFile(file + side);
    if (!requireSafeFile(file)) closeSync(openSync(file, 'wx', 0o600));
    else if (lstatOrNull(file)?.size !== 0) inspect(file);
    return openForWriting(file);
  } catch (error) {
    throw asAuditError(error, file);
  }
}

/** Opens the events for reading beside the one that writes them. @throws StoreError */
export function openAuditForReading(folder: string): Database.Database {
  const file = auditFile(folder);
  try {
    const database = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT });
    harden(database);
    database.pragma('mmap_size = 268435456');
    return database;
  } catch (error) {
    throw asAuditError(error, file);
  }
}

/** What went wrong with the events, in words of their own. */
export function asAuditError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const known = asStoreError(error, file);
  if (known.kind === 'damaged') {
    return new StoreError(
      {
        kind: 'damaged',
        message: 'The stored events are damaged.',
        untouched: `${file} was left as it is. The logs themselves are where they were, and are not read further.`,
        next: 'Move audit.db and audit.db-wal aside: watching then begins anew. Keep them if you need the events in them.',
      },
      { cause: error },
    );
  }
  if (known.kind !== 'full') return known;
  return new StoreError(
    {
      kind: 'full',
      message: 'There is no room left on the disk for what the logs say.',
      untouched: 'Nothing is lost: the logs are read on from the same place as soon as there is room.',
      next: `Free some space on the disk that holds ${file}, or let events be kept for a shorter time in Settings.`,
    },
    { cause: error },
  );
}

/** A schema that somebody tampered with must not run functions (https://www.sqlite.org/security.html). */
function harden(database: Database.Database): void {
  database.pragma('trusted_schema = OFF');
  database.pragma('cell_size_check = ON');
}

function openForWriting(file: string): Database.Database {
  const database = new Database(file, { timeout: BUSY_TIMEOUT });
  try {
    harden(database);
    if (database.pragma('application_id', { simple: true }) === 0) {
      // Read in order and written in order: fewer, larger pages.
      database.pragma('page_size = 8192');
      database.pragma(`application_id = ${APPLICATION_ID}`);
    }
    database.pragma('journal_mode = WAL');
    // FULL: what was read from a log counts as read only when it is on the disk.
    database.pragma('synchronous = FULL');
    database.pragma('secure_delete = FAST');
    database.pragma('cache_size = -16384');
    database.pragma(`journal_size_limit = ${64 * 1024 * 1024}`);
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: Database.Database): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  requireKnownSchema(version, AUDIT_MIGRATIONS);
  for (const step of AUDIT_MIGRATIONS.filter((entry) => entry.number > version)) {
    database
      .transaction(() => {
        database.exec(step.sql);
        database.pragma(`user_version = ${step.number}`);
      })
      .immediate();
  }
}

function inspect(file: string): void {
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT });
  try {
    harden(database);
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
    requireKnownSchema(Number(database.pragma('user_version', { simple: true })), AUDIT_MIGRATIONS);
  } finally {
    database.close();
  }
}
