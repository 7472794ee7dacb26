import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { advisoriesFile } from './advisories/schema.ts';
import { asAuditError, auditFile } from './audit/open-audit-database.ts';
import { lstatOrNull, requireSafeFile } from './data-folder.ts';
import { databaseFile } from './open-database.ts';
import { asStoreError, StoreError } from './store-error.ts';

/** Milliseconds to wait for whoever writes at that moment. */
const BUSY_TIMEOUT = 10_000;
const RULES = 'rules';

/**
 * Copies all that a console knows into an empty folder: each database as of one instant, also while a console writes it
 * (VACUUM INTO reads within one transaction, https://www.sqlite.org/lang_vacuum.html#vacuuminto), and the small files as they
 * are. The console's own records come first, so that the events of logs are at least as far as its ledger says.
 * @param folder the data folder; nothing in it is changed
 * @param target an empty folder of mode 0700
 * @param logs copy the events of logs, too; they may have gigabytes
 * @returns names below the target, in the order in which they were copied
 * @throws StoreError `failed` when there are no records, `full`, `unsafe`, `damaged`
 */
export function copyRecords(folder: string, target: string, logs: boolean): string[] {
  const records = databaseFile(folder);
  if (!existsSync(records)) {
    throw new StoreError({
      kind: 'failed',
      message: `There are no records in ${folder}.`,
      untouched: 'Nothing was written.',
      next: 'Name the folder with --data-dir.',
    });
  }
  const databases = [records, ...(logs ? [auditFile(folder)] : []), advisoriesFile(folder)].filter(
    requireSafeFile,
  );
  requireRoom(databases, target);
  const copied: string[] = [];
  for (const file of databases) {
    const name = file.slice(dirname(file).length + 1);
    copyDatabase(file, join(target, name));
    copied.push(name);
  }
  for (const name of ['ledger.key', 'known_hosts', 'sealed.json', ...rulesIn(folder)]) {
    const file = join(folder, name);
    if (!requireSafeFile(file)) continue;
    mkdirSync(dirname(join(target, name)), { recursive: true, mode: 0o700 });
    copyFileSync(file, join(target, name));
    copied.push(name);
  }
  return copied;
}

function copyDatabase(file: string, target: string): void {
  try {
    // Made first, so that it is never readable for others, whatever the umask.
    closeSync(openSync(target, 'wx', 0o600));
    const database = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT });
    try {
      database.pragma('trusted_schema = OFF');
      database.pragma('cell_size_check = ON');
      database.prepare('VACUUM INTO ?').run(target);
    } finally {
      database.close();
    }
  } catch (error) {
    throw file.endsWith('audit.db') ? asAuditError(error, file) : asStoreError(error, file);
  }
}

/** Said before anything is written, rather than by a disk that is full for everybody. */
function requireRoom(databases: readonly string[], target: string): void {
  const needed = databases.reduce((sum, file) => sum + statSync(file).size + walSize(file), 0);
  const { bavail, bsize } = statfsSync(target);
  if (needed < bavail * bsize) return;
  throw new StoreError({
    kind: 'full',
    message: `A copy of the records needs ${megabytes(needed)} beside them, and ${megabytes(bavail * bsize)} are free.`,
    untouched: 'Nothing was written.',
    next: 'Free some space, or leave the events of logs out.',
  });
}

function walSize(file: string): number {
  return lstatOrNull(`${file}-wal`)?.size ?? 0;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_048_576).toLocaleString('en')} MiB`;
}

function rulesIn(folder: string): string[] {
  const rules = join(folder, RULES);
  if (lstatOrNull(rules)?.isDirectory() !== true) return [];
  return readdirSync(rules)
    .filter((name) => !name.startsWith('.'))
    .map((name) => `${RULES}/${name}`);
}
