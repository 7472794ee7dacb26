import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { lstatOrNull } from './data-folder.ts';

/** How many backup files are kept. */
export const BACKUPS_KEPT = 5;

const NAME = /^swarmkeep-\d{8}T\d{9}Z-schema\d+\.db$/;

/** @returns the folder with backups beside a database file */
export function backupFolder(file: string): string {
  return join(dirname(file), 'backups');
}

/**
 * Writes a whole, checked copy of a database beside it (mode 0600) and removes the oldest copies beyond
 * {@link BACKUPS_KEPT}. VACUUM INTO gives one consistent state also while others read.
 * https://www.sqlite.org/lang_vacuum.html#vacuuminto
 * @param now names the file
 * @returns path of the copy
 * @throws what SQLite or the system says; then no partial copy is left and older copies are untouched
 */
export function backUp(database: Database, now: Date): string {
  const folder = backupFolder(database.name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stamp = now.toISOString().replaceAll(/[-:.]/g, '');
  const schema = database.pragma('user_version', { simple: true });
  const target = join(folder, `swarmkeep-${stamp}-schema${schema}.db`);
  const partial = `${target}.partial`;
  try {
    // An empty file is accepted as a target, and this way it is never readable for others, whatever the umask.
    closeSync(openSync(partial, 'wx', 0o600));
    database.prepare('VACUUM INTO ?').run(partial);
    const handle = openSync(partial, 'r+');
    fsyncSync(handle);
    closeSync(handle);
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  for (const old of listBackups(database.name).slice(BACKUPS_KEPT)) rmSync(join(folder, old.name));
  return target;
}

/**
 * @param file path of the database
 * @returns its backups, newest first, with the instant at which each was made
 */
export function listBackups(file: string): { name: string; at: Date }[] {
  const folder = backupFolder(file);
  if (lstatOrNull(folder)?.isDirectory() !== true) return [];
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort()
    .reverse()
    .map((name) => ({ name, at: instantOf(name) }));
}

function instantOf(name: string): Date {
  const [, y, mo, d, h, mi, s, ms] = /-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z/.exec(name) ?? [];
  return new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`);
}
