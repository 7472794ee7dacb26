import type { Database } from 'better-sqlite3';
import { readCheckpoint, signCheckpoint } from '#core/ledger/checkpoint.ts';
import { CompactRange } from '#core/ledger/compact-range.ts';
import { type KeyPlace, keyTrouble } from '#core/ledger/key-file.ts';
import { isSignedBy, readVerifier, type Signer } from '#core/ledger/signed-note.ts';
import { rangeAt } from '#core/ledger/tree.ts';
import { edgeOf, TreeTip } from '#core/ledger/tree-tip.ts';
import type { StoreError } from '../../store-error.ts';
import { type LedgerTables, ledgerDamaged } from './tables.ts';
import { leavesOf, packRow, rowOf, TEXTS_IN_A_ROW } from './text-rows.ts';

/**
 * Of the checkpoints that end within the same so many events the last one is kept: enough to find a change to within them
 * even if somebody made all hashes anew, and few enough to lie beside millions of events.
 */
const CHECKPOINT_EVERY = 64;

interface Tip {
  tree: TreeTip;
  signer: Signer;
}

/** The only one that writes the ledger: texts, hashes and a signed checkpoint over them, in the caller's transaction. */
export interface LedgerWriter {
  /**
   * @param lines as `eventLines` makes them
   * @returns number of the last event
   * @throws StoreError `ledger` when the ledger or its key is not as it was left; then nothing may be written after it
   */
  append(lines: string): number;
  /**
   * Begins the ledger with a key, unless it was begun.
   * @param lines the first event, for the key it is given
   */
  begin(lines: (verifierKey: string) => string): void;
  /** To be called when the transaction of one of these went back after it had returned. */
  forget(): void;
  /** Goes on with a new key when the former one is gone. @param lines the event that says so */
  replaceKey(lines: (verifierKey: string) => string): void;
}

/** @param place where the key is kept */
export function ledgerWriter(database: Database, tables: LedgerTables, place: KeyPlace): LedgerWriter {
  const insertText = database.prepare(
    'INSERT INTO ledger_text (first, count, form, lines) VALUES (?, ?, ?, ?)',
  );
  const writeTile = database.prepare(
    `INSERT INTO ledger_tile (level, place, hashes) VALUES (?, ?, ?)
     ON CONFLICT (level, place) DO UPDATE SET hashes = excluded.hashes`,
  );
  const insertNote = database.prepare('INSERT INTO ledger_checkpoint (size, note) VALUES (?, ?)');
  const dropNote = database.prepare('DELETE FROM ledger_checkpoint WHERE size = ?');
  /** As it is stored; null when that has to be read anew. */
  let tip: Tip | null = null;

  function write({ tree, signer }: Tip, lines: string): number {
    const before = tree.range.size;
    const pieces = lines.split('\n');
    let texts: string[] = [];
    for (let piece = 0; piece < pieces.length; piece += 2) {
      const first = tree.range.size + 1;
      texts.push(`${pieces[piece]}${first + texts.length}${pieces[piece + 1]}`);
      if (texts.length < TEXTS_IN_A_ROW && piece + 2 < pieces.length) continue;
      const row = rowOf(texts);
      for (const leaf of leavesOf(row, texts)) tree.append(leaf);
      const { form, lines: packed } = packRow(row);
      insertText.run(first, texts.length, form, packed);
      texts = [];
    }
    for (const { level, place: at, hashes } of tree.takeChanged()) writeTile.run(level, at, hashes);
    const { size } = tree.range;
    insertNote.run(size, signCheckpoint(size, tree.range.root(), signer));
    if (Math.floor(before / CHECKPOINT_EVERY) === Math.floor(size / CHECKPOINT_EVERY)) dropNote.run(before);
    return size;
  }

  function requireUnbegun(): void {
    if (tables.leafEnd() > 0 || tables.textEnd() > 0) throw ledgerDamaged('it has no checkpoint');
  }

  /** The stored tree, when it is the one that was signed last. O(log n): whether all before it is whole is for verifying. */
  function readTip(signedBy: (note: Parameters<typeof isSignedBy>[0]) => boolean): TreeTip {
    const newest = tables.newestNote();
    const checkpoint = newest && readCheckpoint(newest.note);
    if (newest === null) throw ledgerDamaged('it has no checkpoint');
    if (checkpoint === null || checkpoint.size !== newest.size || !signedBy(checkpoint.note)) {
      throw ledgerDamaged('its newest checkpoint is not signed by its key');
    }
    const { size } = checkpoint;
    if (tables.textEnd() !== size || tables.leafEnd() !== size) {
      throw ledgerDamaged('its events are not as many as were signed');
    }
    const range = rangeAt(tables.read, size);
    if (range.root() !== checkpoint.root) throw ledgerDamaged('its hashes are not the ones that were signed');
    return new TreeTip(range, edgeOf(tables.read, size));
  }

  function load(): Tip {
    const signer = place.read();
    if (signer === null) throw keyTrouble('The key that signs the ledger is gone.');
    return { tree: readTip((note) => isSignedBy(note, signer.verifier)), signer };
  }

  /** Whatever goes wrong after the tip has grown, the transaction goes back and the tip must be read anew. */
  function guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      tip = null;
      throw error instanceof RangeError ? asDamaged(error) : error;
    }
  }

  return {
    forget() {
      tip = null;
    },
    append: (lines) =>
      guarded(() => {
        tip ??= load();
        return write(tip, lines);
      }),
    begin: (lines) =>
      guarded(() => {
        if (tables.newestNote() !== null) return;
        requireUnbegun();
        // A key without events is what a crash at the first start leaves.
        const signer = place.read() ?? place.make(null);
        tip = { tree: new TreeTip(new CompactRange(), []), signer };
        write(tip, lines(signer.verifier.text));
      }),
    replaceKey: (lines) =>
      guarded(() => {
        if (place.read() !== null) throw keyTrouble('There is a key already; move it aside first.');
        // The former key is gone, and the ledger still names it: what it signed last must hold.
        const former = readVerifier(tables.lastVerifierKey() ?? '');
        if (former === null) throw ledgerDamaged('it does not name the key that signed it');
        const tree = readTip((note) => isSignedBy(note, former));
        tip = { tree, signer: place.make(former.name) };
        write(tip, lines(tip.signer.verifier.text));
      }),
  };
}

function asDamaged(error: RangeError): StoreError {
  const damaged = ledgerDamaged('a part of its hashes is too short');
  damaged.cause = error;
  return damaged;
}
