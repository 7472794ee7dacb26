import { randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { readCheckpoint, signCheckpoint } from '#core/ledger/checkpoint.ts';
import { CompactRange } from '#core/ledger/compact-range.ts';
import { HASH_BYTES } from '#core/ledger/hash.ts';
import type { Signer } from '#core/ledger/signed-note.ts';
import { rangeAt, rootAt, TILE_WIDTH, type TileReader } from '#core/ledger/tree.ts';
import { edgeOf } from '#core/ledger/tree-tip.ts';
import { blockBytes, blockRow, textsOfBlock, unpackBlock } from './blocks.ts';
import { eventStatements, eventsDamaged, headRow } from './event-statements.ts';
import { BLOCK_EVENTS, firstOf, SEGMENT_EVENTS } from './index/layout.ts';
import { InlinePress, type Press, type Pressed } from './press/press.ts';
import { PressThread } from './press/press-thread.ts';
import { readRecordText, recordText, type StoredEvent } from './record-text.ts';

/** Of the checkpoints that end within the same so many events the last one is kept. */
const CHECKPOINT_EVERY = SEGMENT_EVENTS;

/** Salts that are asked of the system at once; each has 132 bits. */
const SALTS = 512;
const SALT_LENGTH = 22;

/** When a second thread helps. */
export interface Help {
  /** Events of a batch from which on it is worth it. */
  from: number;
  /** @param finished told between turns, when a batch that was ended is finished */
  open: (seed: number, finished: () => void) => Press;
}
const HELP: Help = { from: 1_000, open: (seed, finished) => new PressThread(seed, finished) };
/** How long the thread is kept when no such batch comes. */
const HELP_IDLE_MS = 30_000;

/** Events of a batch that have a field. */
interface NameCount {
  name: string;
  count: number;
}

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
 * Between {@link EventWriter.end} and that the events of the next batch can be staged already.
 */
export class EventWriter {
  readonly #seed: number;
  readonly #statements: ReturnType<typeof eventStatements>;
  readonly #help: Help;
  #fullText: boolean;
  #press: Press;
  #threaded = false;
  /** The thread while it is being started: until it is there everything is made here. */
  #coming: Press | null = null;
  /** A batch was large: the next one is packed beside. */
  #wantsThread = false;
  #mayThread = true;
  #idle: NodeJS.Timeout | null = null;
  #loaded = false;
  #size = 0;
  /** Texts of the block that is not full yet, those that are stored too, and how many of them are leaves already. */
  #texts: string[] = [];
  #leaves = 0;
  /** Of these, the events that are no leaves yet; empty while another thread reads them again. */
  #events: StoredEvent[] = [];
  #names = new Map<string, NameCount>();
  /** The names of the last event in their order: the next one mostly has the same. */
  readonly #lastNames: NameCount[] = [];
  #written = 0;
  /** A batch that was ended and is not written yet. */
  #ended: { size: number; names: ReadonlyMap<string, NameCount> } | null = null;
  /** Told between turns, when a batch that was ended can be written without waiting. */
  finished: () => void = () => undefined;
  #range = new CompactRange();
  #salts = '';
  #saltAt = 0;

  /**
   * @param seed of the terms of this database
   */
  constructor(database: Database, seed: number, fullText: boolean, help = HELP) {
    this.#seed = seed;
    this.#fullText = fullText;
    this.#help = help;
    this.#press = new InlinePress(seed);
    this.#statements = eventStatements(database);
  }

  setFullText(fullText: boolean): void {
    this.#fullText = fullText;
    this.#press.setFullText(fullText);
  }

  /** Events so far, staged ones too: the next one gets the number after it. */
  get size(): number {
    this.#ready();
    return this.#size;
  }

  /** Events that are on the disk. */
  get written(): number {
    this.#ready();
    return this.#written;
  }

  /** Whether a batch that was ended is packed in a thread beside: then another one can be staged meanwhile. */
  get isBeside(): boolean {
    return this.#threaded;
  }

  /** Events that are staged and of no batch that was ended. */
  get #staged(): number {
    return this.size - (this.#ended?.size ?? this.#written);
  }

  /** Takes one more event; it is the writer's from now on. @returns the same with its number */
  stage(given: Omit<StoredEvent, 'number'> & { number?: number }): StoredEvent {
    const event = given as StoredEvent;
    this.#ready();
    event.number = this.#size + 1;
    // Whatever cannot be written as text leaves everything as it was.
    const text = recordText(event, this.#salt());
    this.#size += 1;
    this.#texts.push(text);
    if (!this.#threaded) this.#events.push(event);
    let place = 0;
    for (const name in event.fields) {
      let counted = this.#lastNames[place];
      if (counted?.name !== name) {
        counted = this.#nameCount(name);
        this.#lastNames[place] = counted;
      }
      counted.count += 1;
      place += 1;
    }
    if (this.#texts.length === BLOCK_EVENTS) {
      this.#give();
      this.#texts = [];
      this.#leaves = 0;
    }
    return event;
  }

  #nameCount(name: string): NameCount {
    let counted = this.#names.get(name);
    if (counted === undefined) {
      counted = { name, count: 0 };
      this.#names.set(name, counted);
    }
    return counted;
  }

  #takeNames(): ReadonlyMap<string, NameCount> {
    const names = this.#names;
    this.#names = new Map();
    this.#lastNames.length = 0;
    return names;
  }

  /** Gives the block to the press as far as it goes. */
  #give(): void {
    const block = {
      first: this.#size - this.#texts.length + 1,
      bytes: blockBytes(this.#texts),
      known: this.#leaves,
    };
    this.#press.take(block, this.#threaded ? undefined : this.#events);
    this.#leaves = this.#texts.length;
    this.#events = [];
  }

  /** Ends a batch: what was staged so far is of it. It is written before another one is ended. */
  end(): void {
    if (this.#ended !== null || this.#staged === 0) return;
    if (this.#texts.length > 0) this.#give();
    this.#press.end();
    this.#ended = { size: this.#size, names: this.#takeNames() };
  }

  /** Ends the batch and writes it: see {@link EventWriter.writeEnded}. */
  write(signer: Signer | null, now: number): void {
    this.end();
    this.writeEnded(signer, now);
  }

  /**
   * Writes the batch that was ended, in the caller's transaction; nothing of what was staged since.
   * @param signer signs the new root; null when there is no key: then no checkpoint covers these events yet
   */
  writeEnded(signer: Signer | null, now: number): void {
    if (this.#ended === null) return;
    const { size, names } = this.#ended;
    const { tree, blocks, tiles, segments } = this.#finish(size);
    const { block, tile, segment, term, gram, name } = this.#statements;
    for (const { first, count, form, lines } of blocks) block.run(first, count, form, lines);
    for (const { level, place, hashes } of tiles) tile.run(level, place, hashes);
    for (const { place, firstAt, lastAt, times, buckets, grams } of segments) {
      segment.run(place, firstAt, lastAt, times);
      for (const { bucket, entries } of buckets) term.run(place * 256 + bucket, entries);
      grams?.forEach((slots, part) => {
        gram.run(place * 16 + part, slots);
      });
    }
    for (const [key, { count }] of names) if (key.length <= 1_024) name.run(key, count);
    this.#range = new CompactRange(tree.size, tree.peaks);
    if (signer !== null) this.#sign(signer, now);
    this.#noteLarge(size - this.#written);
    this.#written = size;
    this.#ended = null;
  }

  #finish(size: number): Pressed {
    try {
      const pressed = this.#press.finish();
      if (pressed.tree.size !== size) throw new Error('Not all events were packed');
      return pressed;
    } catch (error) {
      // Whatever is wrong with the thread: it goes without one from now on.
      this.#mayThread = false;
      this.#wantsThread = false;
      throw error;
    }
  }

  #noteLarge(events: number): void {
    if (!this.#mayThread || events < this.#help.from) return;
    this.#wantsThread = true;
    if (this.#idle === null) {
      this.#idle = setTimeout(() => this.#rest(), HELP_IDLE_MS);
      this.#idle.unref();
    } else this.#idle.refresh();
  }

  /** No large batch came for a while: the thread is given up. */
  #rest(): void {
    this.#idle = null;
    this.#wantsThread = false;
    // What is under way is written first; the next event that is staged finds nothing of it.
    if (this.#size === this.#written) this.forget();
  }

  /** Ends the thread, if there is one. */
  close(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    this.#press.close();
    this.#dropComing();
  }

  #dropComing(): void {
    this.#coming?.close();
    this.#coming = null;
  }

  /** Signs the root of all that is written, when that is not done yet. In the caller's transaction. */
  signAgain(signer: Signer, now: number): void {
    this.#ready();
    if (this.#written > 0 && this.newest()?.size !== this.#written) this.#sign(signer, now);
  }

  /** To be called when a transaction went back: everything is read anew. */
  forget(): void {
    this.#loaded = false;
  }

  #sign(signer: Signer, now: number): void {
    const former = this.newest()?.size ?? 0;
    const { size } = this.#range;
    if (Math.floor(former / CHECKPOINT_EVERY) === Math.floor(size / CHECKPOINT_EVERY)) {
      this.#statements.dropNote.run(former);
    }
    this.#statements.note.run(size, now, signCheckpoint(size, this.#range.root(), signer));
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

  /** Reads what is stored when that is not known, or when the press is to be another one and nothing waits in it. */
  #ready(): void {
    const change = this.#size === this.#written && this.#wantsThread !== this.#threaded && this.#mayChange();
    if (!this.#loaded || change) this.#load();
  }

  /** Starts the thread that is wanted. @returns whether the press can be another one now */
  #mayChange(): boolean {
    if (!this.#wantsThread) return true;
    try {
      this.#coming ??= this.#help.open(this.#seed, () => this.finished());
      return this.#coming.ready();
    } catch {
      // No room for a thread: it goes without one.
      this.#mayThread = false;
      this.#wantsThread = false;
      return false;
    }
  }

  /** What is stored must be what was signed last, else nothing may be written after it. */
  #load(): void {
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
      const range = rangeAt(read, size);
      const edge = edgeOf(read, size);
      const blocks: { first: number; bytes: Buffer }[] = [];
      let last: string[] = [];
      for (const row of blocksFrom.iterate(firstOf(Math.floor(size / SEGMENT_EVENTS)))) {
        const block = unpackBlock(blockRow.parse(row));
        const texts = textsOfBlock(block);
        if (texts.some((text) => readRecordText(text) === null))
          throw eventsDamaged('one of the last ones cannot be read');
        if (block.bytes === null || texts.length !== block.count)
          throw eventsDamaged('some of the last ones are gone');
        blocks.push({ first: block.first, bytes: block.bytes });
        last = texts;
      }
      this.#openPress();
      this.#press.load({ size, peaks: range.peaks(), edge }, blocks, this.#fullText);
      this.#texts = last.length < BLOCK_EVENTS ? last : [];
      this.#leaves = this.#texts.length;
      this.#events = [];
      this.#takeNames();
      this.#ended = null;
      this.#range = range;
      this.#written = size;
      this.#size = size;
      this.#loaded = true;
    } catch (error) {
      throw error instanceof RangeError ? eventsDamaged('a part of their hashes is too short') : error;
    }
  }

  /** Here or beside, as the batches are. */
  #openPress(): void {
    const beside = this.#wantsThread && this.#coming?.ready() === true ? this.#coming : null;
    if (!this.#wantsThread) this.#dropComing();
    if (this.#threaded ? this.#wantsThread : beside === null) return;
    this.#press.close();
    this.#threaded = beside !== null;
    this.#press = beside ?? new InlinePress(this.#seed);
    this.#coming = null;
  }
}
