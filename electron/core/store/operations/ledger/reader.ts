import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { readCheckpoint } from '#core/ledger/checkpoint.ts';
import type { Hash } from '#core/ledger/hash.ts';
import type { KeyPlace } from '#core/ledger/key-file.ts';
import { inclusionPath } from '#core/ledger/tree.ts';
import { StoreError } from '../../store-error.ts';
import { type LedgerTables, ledgerDamaged } from './tables.ts';
import { type LedgerTextRow, textRow, textsOf, unpackTexts } from './text-rows.ts';

/** Rows of texts, tiles and checkpoints that one question gets at most: none may hold the thread up for long. */
export const LEDGER_PAGE = { texts: 16, tiles: 16, checkpoints: 512 } as const;

/** How the ledger lies in the file, at one instant. */
export interface LedgerHead {
  /** The newest checkpoint as it is stored; null when there is none. */
  newest: { size: number; note: string } | null;
  /** Number of the last event that has a text. */
  textEnd: number;
  /** Number of leaf hashes. */
  leafEnd: number;
  /** The key at hand: what checks its signatures; `missing`, or `unreadable` with the reason. */
  key:
    | { state: 'there'; verifierKey: string }
    | { state: 'missing' }
    | { state: 'unreadable'; message: string };
  keyKeptIn: KeyPlace['kind'];
}

/** Questions about the ledger. They give what lies there; whether it is true is for verifying. */
export function ledgerReader(database: Database, tables: LedgerTables, place: KeyPlace) {
  const COLUMNS = 'first, count, form, lines';
  const texts = database.prepare(
    `SELECT ${COLUMNS} FROM ledger_text WHERE first >= @from AND first <= @upTo ORDER BY first LIMIT ${LEDGER_PAGE.texts}`,
  );
  const textsBefore = database.prepare(
    `SELECT ${COLUMNS} FROM ledger_text WHERE first < ? ORDER BY first DESC LIMIT ${LEDGER_PAGE.texts}`,
  );
  const rowOf = database.prepare(
    `SELECT ${COLUMNS} FROM ledger_text WHERE first <= ? ORDER BY first DESC LIMIT 1`,
  );
  const tiles = database.prepare(
    `SELECT place, hashes FROM ledger_tile WHERE level = @level AND place >= @from ORDER BY place LIMIT ${LEDGER_PAGE.tiles}`,
  );
  const notes = database.prepare(
    `SELECT size, note FROM ledger_checkpoint WHERE size < ? ORDER BY size DESC LIMIT ${LEDGER_PAGE.checkpoints}`,
  );

  function keyState(): LedgerHead['key'] {
    try {
      const signer = place.read();
      return signer === null ? { state: 'missing' } : { state: 'there', verifierKey: signer.verifier.text };
    } catch (error) {
      if (error instanceof StoreError) return { state: 'unreadable', message: error.message };
      throw error;
    }
  }

  return {
    ledgerHead: (): LedgerHead => ({
      newest: tables.newestNote(),
      textEnd: tables.textEnd(),
      leafEnd: tables.leafEnd(),
      key: keyState(),
      keyKeptIn: place.kind,
    }),

    /** @returns rows of texts that begin between two numbers, in order; at most {@link LEDGER_PAGE} */
    ledgerTexts: (input: { from: number; upTo: number }): LedgerTextRow[] =>
      texts.all(input).map((row) => unpackTexts(textRow.parse(row))),

    /** @returns rows of texts that begin before a number, newest first; at most {@link LEDGER_PAGE} */
    ledgerTextsBefore: (input: { before: number }): LedgerTextRow[] =>
      textsBefore.all(input.before).map((row) => unpackTexts(textRow.parse(row))),

    /** @returns tiles of a level from a place on, in order; at most {@link LEDGER_PAGE} */
    ledgerTiles: (input: { level: number; from: number }): { place: number; hashes: Uint8Array }[] =>
      tiles.all(input).map((row) => z.object({ place: z.int(), hashes: z.instanceof(Buffer) }).parse(row)),

    /** @returns checkpoints of less than so many events, newest first; at most {@link LEDGER_PAGE} */
    ledgerCheckpoints: (input: { before: number }): { size: number; note: string }[] =>
      notes.all(input.before).map((row) => z.object({ size: z.int(), note: z.string() }).parse(row)),

    /**
     * @returns the text of an event, its inclusion proof in the newest checkpoint and that checkpoint; null when no
     *   checkpoint covers it. The text is null when it is gone.
     * @throws StoreError `ledger` when hashes or the checkpoint are missing
     */
    ledgerProof: (input: {
      number: number;
    }): { text: string | null; size: number; path: Hash[]; note: string } | null => {
      const newest = tables.newestNote();
      const checkpoint = newest && readCheckpoint(newest.note);
      if (newest === null || input.number > newest.size) return null;
      if (checkpoint === null) throw ledgerDamaged('its newest checkpoint cannot be read');
      const found = textRow.optional().parse(rowOf.get(input.number));
      const line = found && textsOf(unpackTexts(found))[input.number - found.first];
      try {
        const path = inclusionPath(tables.read, input.number - 1, newest.size);
        return {
          text: line === undefined || line === '' ? null : line,
          size: newest.size,
          path,
          note: newest.note,
        };
      } catch (error) {
        throw error instanceof RangeError ? ledgerDamaged('a part of its hashes is too short') : error;
      }
    },
  };
}
