import type { Database } from 'better-sqlite3';
import { backUp } from './backup.ts';
import { FIRST_SCHEMA } from './schema/001-first.ts';
import { INSIDE_SCHEMA } from './schema/002-inside.ts';
import { LEDGER_SCHEMA } from './schema/003-ledger.ts';
import { CHANGES_SCHEMA } from './schema/004-changes.ts';
import { ROTATIONS_SCHEMA } from './schema/005-rotations.ts';
import { INCIDENTS_SCHEMA } from './schema/006-incidents.ts';
import { WHEELS_SCHEMA } from './schema/007-wheels.ts';
import { ISOLATIONS_SCHEMA } from './schema/008-isolations.ts';
import { StoreError } from './store-error.ts';

/** One step of the schema. Never edited once released: a new step is added instead. */
export interface Migration {
  number: number;
  sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  { number: 1, sql: FIRST_SCHEMA },
  { number: 2, sql: INSIDE_SCHEMA },
  { number: 3, sql: LEDGER_SCHEMA },
  { number: 4, sql: CHANGES_SCHEMA },
  { number: 5, sql: ROTATIONS_SCHEMA },
  { number: 6, sql: INCIDENTS_SCHEMA },
  { number: 7, sql: WHEELS_SCHEMA },
  { number: 8, sql: ISOLATIONS_SCHEMA },
];

/**
 * Refuses a database that a newer Swarmkeep wrote: this one could only misunderstand it.
 * @param version `user_version` of the file
 * @throws StoreError `newer`
 */
export function requireKnownSchema(version: number, migrations: readonly Migration[] = MIGRATIONS): void {
  const newest = Math.max(0, ...migrations.map((step) => step.number));
  if (version <= newest) return;
  throw new StoreError({
    kind: 'newer',
    message: `The records were written by a newer Swarmkeep (schema ${version}; this one knows ${newest}).`,
    untouched: 'They were left exactly as they are.',
    next: 'Start the newer Swarmkeep, or choose another folder with --data-dir.',
  });
}

/**
 * Brings a database to the newest schema. Each step runs in one transaction together with its number, and a database
 * that holds anything is copied before each step.
 * @param now names the copies
 * @throws StoreError `newer`; else what SQLite says, with the step undone
 */
export function migrate(database: Database, now: Date, migrations: readonly Migration[] = MIGRATIONS): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  requireKnownSchema(version, migrations);
  for (const step of migrations.filter((entry) => entry.number > version)) {
    // A database that was made a moment ago holds nothing to keep.
    if (version > 0) backUp(database, now);
    database
      .transaction(() => {
        database.exec(step.sql);
        database.pragma(`user_version = ${step.number}`);
      })
      .immediate();
  }
}
