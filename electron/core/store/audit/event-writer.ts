import { randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { readCheckpoint, signCheckpoint } from '#core/ledger/checkpoint.ts';
import { HASH_BYTES, leafHashInPlace } from '#core/ledger/hash.ts';
import type { Signer } from '#core/ledger/signed-note.ts';
import { rangeAt, rootAt, TILE_WIDTH, type TileReader } from '#core/ledger/tree.ts';
import { edgeOf, TreeTip } from '#core/ledger/tree-tip.ts';
import { StoreError } from '../store-error.ts';
import { blockBytes, blockRow, packBlock, textsOfBlock, unpackBlock } from './blocks.ts';
import { BLOCK_EVENTS, firstOf, SEGMENT_EVENTS } from './index/layout.ts';
import { type SealedSegment, SegmentIndex } from './index/segment-index.ts';
import type { TermHash } from './index/term-hash.ts';
import { readRecordText, recordText, type StoredEvent } from './record-text.ts';

/** Of the checkpoints that end within the same so many events the last one is kept. */
const CHECKPOINT_EVERY = SEGMENT_EVENTS;

/** Salts that are asked of the system at once; each has 132 bits. */
const SALTS = 512;
const SALT_LENGTH = 22;

const LINE_FEED = 0x0a;

/** Signed root of all events up to a number. */
export interface EventsHead {
  size: number;
  /** Milliseconds since 1970 UTC. */
  at: number;
  note: string;
}

/**
 * The only one that writes events: texts, leaves, index and checkpoint. Events are staged in memory and written by
 * {@link EventWriter.write} in the caller's transaction; when that goes back, {@link EventWriter.forget} must be called.
 */
export class EventWriter {
  readonly #index: SegmentIndex;
  readonly #statements: ReturnType<typeof statements>;
  #tree: TreeTip | null = null;
  /** Texts of the block that is not full yet, those that are stored too, and how many of them are leaves already. */
  #texts: string[] = [];
  #leaves = 0;
  /** Packed at once: a batch may have tens of thousands of events. */
  #full: { first: number; form: number; lines: Buffer }[] = [];
  #sealed: SealedSegment[] = [];
  readonly #names = new Map<string, { count: number }>();
  #written = 0;
  #salts = '';
  #saltAt = 0;

  constructor(database: Database, hash: TermHash, fullText: boolean) {
    this.#index = new SegmentIndex(hash, fullText);
    this.#statements = statements(database);
  }

  setFullText(fullText: boolean): void {
    this.#index.setFullText(fullText);
  }

  /** Events so far, staged ones too: the next one gets the number after it. */
  get size(): number {
    return this.#tip().range.size + this.#texts.length - this.#leaves;
  }

  /** Events that are staged and not written yet. */
  get staged(): number {
    return this.size - this.#written;
  }

  /** Takes one more event; it is the writer's from now on. @returns the same with its number */
  stage(given: Omit<StoredEvent, 'number'>): StoredEvent {
    const event = given as StoredEvent;
    event.number = this.size + 1;
    this.#texts.push(recordText(event, this.#salt()));
    if (this.#texts.length === BLOCK_EVENTS) {
      this.#full.push({ first: event.number - BLOCK_EVENTS + 1, ...this.#pack() });
      this.#texts = [];
      this.#leaves = 0;
    }
    for (const name in event.fields) {
      const known = this.#names.get(name);
      if (known === undefined) this.#names.set(name, { count: 1 });
      else known.count += 1;
    }
    const sealed = this.#index.add(event);
    if (sealed !== null) this.#sealed.push(sealed);
    return event;
  }

  /** Makes leaves of the texts that are none yet, and packs the block. The bytes are made once for both. */
  #pack(): { form: number; lines: Buffer } {
    const bytes = blockBytes(this.#texts);
    const tree = this.#tip();
    // The line feed before a text gives its place to the byte that a leaf begins with.
    let start = 0;
    for (let text = 0; text < this.#texts.length; text += 1) {
      const next = bytes.indexOf(LINE_FEED, start + 1);
      const end = next < 0 ? bytes.length : next;
      if (text >= this.#leaves) {
        tree.append(leafHashInPlace(bytes, start + 1, end));
        bytes[start] = LINE_FEED;
      }
      start = end;
    }
    this.#leaves = this.#texts.length;
    return packBlock(bytes);
  }

  /**
   * Writes what was staged, in the caller's transaction.
   * @param signer signs the new root; null when there is no key: then no checkpoint covers these events yet
   */
  write(signer: Signer | null, now: number): void {
    const { size } = this;
    if (size === this.#written) return;
    const { block, tile, segment, term, gram, name } = this.#statements;
    for (const { first, form, lines } of this.#full) block.run(first, BLOCK_EVENTS, form, lines);
    if (this.#texts.length > 0) {
      const { form, lines } = this.#pack();
      block.run(size - this.#texts.length + 1, this.#texts.length, form, lines);
    }
    for (const { level, place, hashes } of this.#tip().takeChanged()) tile.run(level, place, hashes);
    for (const { place, firstAt, lastAt, times, buckets, grams } of this.#sealed) {
      segment.run(place, firstAt, lastAt, times);
      for (const { bucket, entries } of buckets) term.run(place * 256 + bucket, entries);
      grams?.forEach((slots, part) => {
        gram.run(place * 16 + part, slots);
      });
    }
    for (const [key, { count }] of this.#names) if (key.length <= 1_024) name.run(key, count);
    if (signer !== null) this.#sign(signer, now);
    this.#written = size;
    this.#full = [];
    this.#sealed = [];
    this.#names.clear();
  }

  /** Signs the root of all that is written, when that is not done yet. In the caller's transaction. */
  signAgain(signer: Signer, now: number): void {
    if (this.#written > 0 && this.newest()?.size !== this.#written) this.#sign(signer, now);
  }

  /** To be called when a transaction went back: everything is read anew. */
  forget(): void {
    this.#tree = null;
  }

  #sign(signer: Signer, now: number): void {
    const { range } = this.#tip();
    const former = this.newest()?.size ?? 0;
    if (Math.floor(former / CHECKPOINT_EVERY) === Math.floor(range.size / CHECKPOINT_EVERY)) {
      this.#statements.dropNote.run(former);
    }
    this.#statements.note.run(range.size, now, signCheckpoint(range.size, range.root(), signer));
  }

  /** The newest signed root; null when there is none. */
  newest(): EventsHead | null {
    const row = this.#statements.newest.get();
    return row === undefined ? null : headRow.parse(row);
  }

  #salt(): string {
    if (this.#saltAt === this.#salts.length) {
      this.#salts = randomBytes((SALTS * SALT_LENGTH * 6) / 8).toString('base64url');
      this.#saltAt = 0;
    }
    this.#saltAt += SALT_LENGTH;
    return this.#salts.slice(this.#saltAt - SALT_LENGTH, this.#saltAt);
  }

  #tip(): TreeTip {
    this.#tree ??= this.#load();
    return this.#tree;
  }

  /** What is stored must be what was signed last, else nothing may be written after it. */
  #load(): TreeTip {
    const { lastBlock, lastTile, blocksFrom } = this.#statements;
    const read: TileReader = (level, place) => {
      const hashes = this.#statements.readTile.get(level, place);
      if (!Buffer.isBuffer(hashes)) throw eventsDamaged('a part of their hashes is missing');
      return hashes;
    };
    const size = z.int().parse(lastBlock.get() ?? 0);
    const tile = lastTile.get() as { place: number; bytes: number } | undefined;
    const leaves = tile === undefined ? 0 : tile.place * TILE_WIDTH + Math.floor(tile.bytes / HASH_BYTES);
    if (leaves !== size) throw eventsDamaged('there are not as many as hashes');
    const newest = this.newest();
    const checkpoint = newest === null ? null : readCheckpoint(newest.note);
    try {
      if (newest !== null) {
        if (checkpoint === null || checkpoint.size !== newest.size || checkpoint.size > size) {
          throw eventsDamaged('their newest checkpoint is another one');
        }
        if (rootAt(read, checkpoint.size) !== checkpoint.root) {
          throw eventsDamaged('their hashes are not the ones that were signed');
        }
      }
      const tree = new TreeTip(rangeAt(read, size), edgeOf(read, size));
      this.#full = [];
      this.#sealed = [];
      this.#names.clear();
      this.#texts = [];
      this.#leaves = 0;
      this.#index.clear();
      const from = firstOf(Math.floor(size / SEGMENT_EVENTS));
      for (const row of blocksFrom.iterate(from)) {
        const block = unpackBlock(blockRow.parse(row));
        const texts = textsOfBlock(block);
        for (const text of texts) {
          const event = readRecordText(text);
          if (event === null) throw eventsDamaged('one of the last ones cannot be read');
          this.#index.add(event);
        }
        if (texts.length !== block.count) throw eventsDamaged('some of the last ones are gone');
        if (texts.length < BLOCK_EVENTS) [this.#texts, this.#leaves] = [texts, texts.length];
      }
      this.#written = size;
      return tree;
    } catch (error) {
      throw error instanceof RangeError ? eventsDamaged('a part of their hashes is too short') : error;
    }
  }
}

const headRow = z.object({ size: z.int(), at: z.int(), note: z.string() });

function statements(database: Database) {
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
