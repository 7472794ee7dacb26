import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { blockRow, unpackBlock } from './blocks.ts';

/** Rows that one question gets at most. */
const PAGE = { texts: 8, tiles: 16, checkpoints: 512 } as const;

/** What verifying asks of the stored events: what lies there, whether it is true or not. Leaves and rows as the ledger has them. */
export function eventsToVerify(database: Database) {
  const newest = database.prepare('SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1');
  const textEnd = database.prepare('SELECT first + count - 1 FROM block ORDER BY first DESC LIMIT 1').pluck();
  const leafEnd = database
    .prepare('SELECT place * 256 + length(hashes) / 32 FROM tile WHERE level = 0 ORDER BY place DESC LIMIT 1')
    .pluck();
  const texts = database.prepare(
    `SELECT first, count, form, lines FROM block WHERE first >= ? AND first <= ? ORDER BY first LIMIT ${PAGE.texts}`,
  );
  const before = database.prepare(
    'SELECT first, count, form, lines FROM block WHERE first < ? ORDER BY first DESC LIMIT 1',
  );
  const tiles = database.prepare(
    `SELECT place, hashes FROM tile WHERE level = ? AND place >= ? ORDER BY place LIMIT ${PAGE.tiles}`,
  );
  const notes = database.prepare(
    `SELECT size, note FROM checkpoint WHERE size < ? ORDER BY size DESC LIMIT ${PAGE.checkpoints}`,
  );
  const note = z.object({ size: z.int(), note: z.string() });

  return {
    eventsHead: () => ({
      newest: note.optional().parse(newest.get()) ?? null,
      textEnd: z.int().parse(textEnd.get() ?? 0),
      leafEnd: z.int().parse(leafEnd.get() ?? 0),
    }),
    ledgerTexts: (input: { from: number; upTo: number }) =>
      texts.all(input.from, input.upTo).map((row) => unpackBlock(blockRow.parse(row))),
    ledgerTextsBefore: (input: { before: number }) =>
      before.all(input.before).map((row) => unpackBlock(blockRow.parse(row))),
    ledgerTiles: (input: { level: number; from: number }) =>
      tiles
        .all(input.level, input.from)
        .map((row) => z.object({ place: z.int(), hashes: z.instanceof(Buffer) }).parse(row)),
    ledgerCheckpoints: (input: { before: number }) => notes.all(input.before).map((row) => note.parse(row)),
  };
}
