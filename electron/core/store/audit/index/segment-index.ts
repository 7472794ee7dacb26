import { OWN_TERMS, valueText } from '#shared/domain/audit/event-values.ts';
import type { StoredEvent } from '../record-text.ts';
import { GramCollector } from './grams.ts';
import { BLOCK_EVENTS, SEGMENT_EVENTS } from './layout.ts';
import { TermCollector } from './term-buckets.ts';
import type { TermHash } from './term-hash.ts';

/** A complete segment, ready to be stored. */
export interface SealedSegment {
  place: number;
  firstAt: number;
  lastAt: number;
  times: Buffer;
  buckets: readonly { bucket: number; entries: Buffer }[];
  /** Null when full text was off for any of its events. */
  grams: readonly Buffer[] | null;
}

/** Collects what the index says of the events of the present segment. */
export class SegmentIndex {
  readonly #hash: TermHash;
  readonly #terms = new TermCollector();
  readonly #grams = new GramCollector();
  readonly #times = new Float64Array(SEGMENT_EVENTS);
  #fullText: boolean;
  #gramsWhole: boolean;

  constructor(hash: TermHash, fullText: boolean) {
    this.#hash = hash;
    this.#fullText = fullText;
    this.#gramsWhole = fullText;
  }

  /** Full text from the next event on; what the present segment lacks it goes without. */
  setFullText(fullText: boolean): void {
    this.#fullText = fullText;
    if (!fullText) this.#gramsWhole = false;
  }

  /** @returns the segment when this event completes it */
  add(event: StoredEvent): SealedSegment | null {
    const position = (event.number - 1) % SEGMENT_EVENTS;
    this.#times[position] = event.at;
    for (const name of OWN_TERMS) {
      const value = ownValue(event, name);
      if (value !== null) this.#term(name, value, position);
    }
    const block = Math.floor(position / BLOCK_EVENTS);
    const fullText = this.#fullText;
    if (fullText) {
      this.#grams.add(event.raw, block);
      if (event.message !== event.raw) this.#grams.add(event.message, block);
    }
    for (const key in event.fields) {
      const value = event.fields[key];
      if (value === undefined) continue;
      const name = key.toLowerCase();
      for (const one of Array.isArray(value) ? value : [value]) {
        const text = valueText(one);
        this.#term(name, text, position);
        if (fullText && text.length > 2) this.#grams.add(text, block);
      }
    }
    return position === SEGMENT_EVENTS - 1 ? this.#seal(event.number) : null;
  }

  /** Forgets the present segment; its events are added again. */
  clear(): void {
    this.#terms.clear();
    this.#grams.clear();
    this.#gramsWhole = this.#fullText;
  }

  #term(name: string, value: string, position: number): void {
    const has = this.#hash.has(name);
    this.#terms.add(has.high, has.low, position);
    this.#hash.value(name, value);
    this.#terms.add(this.#hash.lastHigh, this.#hash.lastLow, position);
  }

  #seal(last: number): SealedSegment {
    let [firstAt, lastAt] = [Infinity, -Infinity];
    for (const at of this.#times) {
      if (at < firstAt) firstAt = at;
      if (at > lastAt) lastAt = at;
    }
    const sealed = {
      place: last / SEGMENT_EVENTS - 1,
      firstAt,
      lastAt,
      times: packTimes(this.#times, firstAt, lastAt),
      buckets: [...this.#terms.buckets()],
      grams: this.#gramsWhole ? this.#grams.parts() : null,
    };
    this.clear();
    return sealed;
  }
}

function ownValue(event: StoredEvent, name: (typeof OWN_TERMS)[number]): string | null {
  switch (name) {
    case 'node':
    case 'source':
    case 'severity':
    case 'group':
      return event[name];
    default:
      return event.logsource[name];
  }
}

/** Milliseconds after the first in 32 bits each, or whole times where they lie further apart than 49 days. */
function packTimes(times: Float64Array, first: number, last: number): Buffer {
  if (last - first > 0xffff_ffff) return Buffer.from(times.slice().buffer);
  return Buffer.from(Uint32Array.from(times, (at) => at - first).buffer);
}

/** @returns times of the events of a segment by position, milliseconds since 1970 UTC */
export function unpackTimes(packed: Buffer, first: number): Float64Array {
  // The bytes of a row need not lie where words may.
  const bytes = new Uint8Array(packed).buffer;
  if (packed.length === 8 * SEGMENT_EVENTS) return new Float64Array(bytes);
  return Float64Array.from(new Uint32Array(bytes), (after) => first + after);
}
