import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { StoreError } from '../store-error.ts';

/** A signed root as it is stored. */
export const headRow = z.object({ size: z.int(), at: z.int(), note: z.string() });

/** @returns what writes events, prepared once */
export function eventStatements(database: Database) {
  return {
    block: database.prepare(
      `INSERT INTO block (first, count, form, lines) VALUES (?, ?, ?, ?)
       ON CONFLICT (first) DO UPDATE SET count = excluded.count, form = excluded.form, lines = excluded.lines`,
    ),
    tile: database.prepare(
      `INSERT INTO tile (level, place, hashes) VALUES (?, ?, ?)
       ON CONFLICT (level, place) DO UPDATE SET hashes = excluded.hashes`,
    ),
    segment: database.prepare('INSERT INTO segment (place, first_at, last_at, times) VALUES (?, ?, ?, ?)'),
    term: database.prepare('INSERT INTO term (id, entries) VALUES (?, ?)'),
    gram: database.prepare('INSERT INTO gram (id, slots) VALUES (?, ?)'),
    name: database.prepare(
      'INSERT INTO field_name (name, count) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET count = count + excluded.count',
    ),
    note: database.prepare('INSERT OR REPLACE INTO checkpoint (size, at, note) VALUES (?, ?, ?)'),
    dropNote: database.prepare('DELETE FROM checkpoint WHERE size = ?'),
    newest: database.prepare('SELECT size, at, note FROM checkpoint ORDER BY size DESC LIMIT 1'),
    readTile: database.prepare('SELECT hashes FROM tile WHERE level = ? AND place = ?').pluck(),
    lastBlock: database.prepare('SELECT first + count - 1 FROM block ORDER BY first DESC LIMIT 1').pluck(),
    lastTile: database.prepare(
      'SELECT place, length(hashes) AS bytes FROM tile WHERE level = 0 ORDER BY place DESC LIMIT 1',
    ),
    blocksFrom: database.prepare(
      'SELECT first, count, form, lines FROM block WHERE first >= ? ORDER BY first',
    ),
  };
}

/** @param what is wrong, to follow "The stored events are not as they were left:" */
export function eventsDamaged(what: string): StoreError {
  return new StoreError({
    kind: 'damaged',
    message: `The stored events are not as they were left: ${what}. Nothing is stored after them.`,
    untouched: 'They were left exactly as they are, and so are the logs themselves.',
    next: 'Move audit.db and audit.db-wal aside, and keep them: watching then begins anew.',
  });
}
