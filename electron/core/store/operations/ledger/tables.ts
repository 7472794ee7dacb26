import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { HASH_BYTES } from '#core/ledger/hash.ts';
import { TILE_WIDTH, type TileReader } from '#core/ledger/tree.ts';
import { StoreError } from '../../store-error.ts';
import { textRow, unpackTexts } from './text-rows.ts';

const tileRow = z.instanceof(Buffer).nullable();

/** The ledger as it lies in the file. Nothing here is believed: whoever reads compares it with what was signed. */
export function ledgerTables(database: Database) {
  const tile = database.prepare('SELECT hashes FROM ledger_tile WHERE level = ? AND place = ?').pluck();
  const newestNote = database.prepare('SELECT size, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1');
  const lastText = database
    .prepare('SELECT first + count - 1 FROM ledger_text ORDER BY first DESC LIMIT 1')
    .pluck();
  const lastTile = database.prepare(
    'SELECT place, length(hashes) AS bytes FROM ledger_tile WHERE level = 0 ORDER BY place DESC LIMIT 1',
  );

  const allTexts = database.prepare('SELECT first, count, form, lines FROM ledger_text ORDER BY first DESC');

  const read: TileReader = (level, place) => {
    const hashes = tileRow.parse(tile.get(level, place) ?? null);
    if (hashes === null) throw ledgerDamaged('a part of its hashes is missing');
    return hashes;
  };

  return {
    /** A tile as it is stored. @throws StoreError `ledger` when it is missing */
    read,
    newestNote(): { size: number; note: string } | null {
      const found = newestNote.get();
      return found === undefined ? null : z.object({ size: z.int(), note: z.string() }).parse(found);
    },
    /** The key that the ledger itself names last, as a verifier key; null when it names none. Reads all texts. */
    lastVerifierKey(): string | null {
      for (const row of allTexts.iterate()) {
        const lines = unpackTexts(textRow.parse(row)).bytes?.toString('utf8') ?? '';
        const named = lines.match(/"kind":"ledger-(?:begun|key-replaced)",.*"verifierKey":"[^"]+"/g)?.at(-1);
        if (named !== undefined) return /"verifierKey":"([^"]+)"/.exec(named)?.[1] ?? null;
      }
      return null;
    },
    /** Number of the last event that has a text; 0 when there is none. */
    textEnd: (): number => z.int().parse(lastText.get() ?? 0),
    /** How many leaf hashes there are, were none missing; 0 when there is none. */
    leafEnd(): number {
      const found = lastTile.get();
      if (found === undefined) return 0;
      const { place, bytes } = z.object({ place: z.int(), bytes: z.int() }).parse(found);
      return place * TILE_WIDTH + Math.floor(bytes / HASH_BYTES);
    },
  };
}

export type LedgerTables = ReturnType<typeof ledgerTables>;

/** @param what is wrong, to follow "The ledger is not as it was left:" */
export function ledgerDamaged(what: string): StoreError {
  return new StoreError({
    kind: 'ledger',
    message: `The ledger is not as it was left: ${what}. Nothing is recorded in it any more.`,
    untouched: 'It was left exactly as it is, and everything that needs no record goes on.',
    next: 'Find out what changed it with: swarmkeep verify. Then put swarmkeep.db back from the folder "backups".',
  });
}
