import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { blockRow, unpackBlock } from './blocks.ts';
import { BLOCK_EVENTS, segmentOf } from './index/layout.ts';
import type { StoredSegment } from './index/plan.ts';
import { unpackTimes } from './index/segment-index.ts';
import { LoadedBlock } from './loaded-block.ts';
import { readRecordText, type StoredEvent } from './record-text.ts';

/** Unpacked blocks that are kept: somebody who pages comes back to them. */
const MOST_BLOCKS = 64;
/** Of these, bytes in all. */
const MOST_BYTES = 16_777_216;

const segmentRow = z.object({ first_at: z.int(), last_at: z.int() });

/** Reads stored events by number, and the index over them. What cannot be read counts as not there. */
export class EventReader {
  readonly #statements;
  readonly #blocks = new Map<number, LoadedBlock>();
  #bytes = 0;

  constructor(database: Database) {
    this.#statements = {
      block: database.prepare('SELECT first, count, form, lines FROM block WHERE first = ?'),
      newest: database.prepare('SELECT first + count - 1 FROM block ORDER BY first DESC LIMIT 1').pluck(),
      oldest: database.prepare('SELECT first FROM block ORDER BY first LIMIT 1').pluck(),
      segment: database.prepare('SELECT first_at, last_at FROM segment WHERE place = ?'),
      times: database.prepare('SELECT times FROM segment WHERE place = ?').pluck(),
      term: database.prepare('SELECT entries FROM term WHERE id = ?').pluck(),
      gram: database.prepare('SELECT slots FROM gram WHERE id = ?').pluck(),
    };
  }

  /** Number of the newest event; 0 when there is none. */
  newest(): number {
    return z.int().parse(this.#statements.newest.get() ?? 0);
  }

  /** Number of the oldest event that was not removed; 1 when there is none. */
  oldest(): number {
    return z.int().parse(this.#statements.oldest.get() ?? 1);
  }

  /**
   * @param needles as {@link needlesOf} gives them: an event without one of them counts as not there
   * @returns null when there is no such event, or it was removed
   */
  event(number: number, needles: readonly string[] = []): StoredEvent | null {
    const first = number - ((number - 1) % BLOCK_EVENTS);
    const block = this.#block(first);
    if (block === null || (needles.length > 0 && !block.has(number - first, needles))) return null;
    const text = block.text(number - first);
    return text === undefined ? null : readRecordText(text);
  }

  /** @returns null when the segment is not complete, or was removed */
  segment(place: number): StoredSegment | null {
    const found = this.#statements.segment.get(place);
    if (found === undefined) return null;
    const { first_at: firstAt, last_at: lastAt } = segmentRow.parse(found);
    const { term, gram, times } = this.#statements;
    const buckets = new Map<number, Buffer | null>();
    return {
      firstAt,
      lastAt,
      // Longer than all the rest of the row, and seldom asked for.
      times: () => unpackTimes(z.instanceof(Buffer).parse(times.get(place)), firstAt),
      bucket(number) {
        let entries = buckets.get(number);
        if (entries === undefined) {
          entries = asBytes(term.get(place * 256 + number));
          buckets.set(number, entries);
        }
        return entries;
      },
      gram: (part) => asBytes(gram.get(place * 16 + part)),
    };
  }

  /** @returns the segment of an event, when it is complete */
  segmentOf(number: number): StoredSegment | null {
    return this.segment(segmentOf(number));
  }

  #block(first: number): LoadedBlock | null {
    const known = this.#blocks.get(first);
    if (known !== undefined) return known;
    const row = this.#statements.block.get(first);
    if (row === undefined) return null;
    const block = new LoadedBlock(unpackBlock(blockRow.parse(row)));
    // One that is not full yet will be another one soon.
    if (block.count === BLOCK_EVENTS) this.#keep(first, block);
    return block;
  }

  #keep(first: number, block: LoadedBlock): void {
    const { length } = block;
    while (this.#blocks.size >= MOST_BLOCKS || (this.#bytes + length > MOST_BYTES && this.#blocks.size > 0)) {
      const [oldest, gone] = this.#blocks.entries().next().value ?? [0, null];
      this.#blocks.delete(oldest);
      this.#bytes -= gone?.length ?? 0;
    }
    this.#blocks.set(first, block);
    this.#bytes += length;
  }
}

function asBytes(value: unknown): Buffer | null {
  return Buffer.isBuffer(value) ? value : null;
}
