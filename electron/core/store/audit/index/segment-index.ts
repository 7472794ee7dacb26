import type { FieldValue } from '#shared/domain/audit/event.ts';
import { OWN_TERMS, valueText } from '#shared/domain/audit/event-values.ts';
import { readRecordText, type StoredEvent } from '../record-text.ts';
import { GramCollector, ownLetters } from './grams.ts';
import { BLOCK_EVENTS, SEGMENT_EVENTS } from './layout.ts';
import { ScannedRecord } from './scanned-record.ts';
import { TermCollector } from './term-buckets.ts';
import type { FieldKeys, TermHash } from './term-hash.ts';

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

/** A field in the present segment. Events that follow each other often have the same value: that one is not hashed again. */
interface FieldTerms {
  keys: FieldKeys;
  /** Of the segment in which the numbers of the terms are good. */
  segment: number;
  has: number;
  lastValue: string | null;
  lastTerm: number;
}

/** Fields that are remembered, by their names as they are written; more than that come from somebody who makes them up. */
const MOST_FIELDS = 4_096;

/** Longer lines are not searched for their values: it would take longer than to take these as they are, and very long if somebody wants it. */
const LONGEST_LINE = 1_024;

/** A longer piece of a line is no string of its own in V8, and would keep its whole line in memory. */
const OWN_STRING = 12;
const LONGEST_COPY = 128;

/** @returns the same text in a string of its own; null when it is too long to be kept, or is no UTF-8 */
function copyOf(text: string): string | null {
  const copy = text.length > LONGEST_COPY ? null : Buffer.from(text).toString();
  return copy === text ? copy : null;
}

/** Collects what the index says of the events of the present segment. */
export class SegmentIndex {
  readonly #hash: TermHash;
  readonly #terms = new TermCollector();
  readonly #grams = new GramCollector();
  readonly #times = new Float64Array(SEGMENT_EVENTS);
  readonly #fields = new Map<string, FieldTerms>();
  readonly #scanned = new ScannedRecord();
  #segment = 0;
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
    const { raw, message, fields } = event;
    const inLine = this.#fullText ? this.#line(raw, message, position) : '';
    for (const key in fields) {
      const value = fields[key];
      if (value === undefined) continue;
      if (!Array.isArray(value)) this.#value(key, valueText(value as FieldValue), position, inLine);
      else for (const one of value) this.#value(key, valueText(one), position, inLine);
    }
    return position === SEGMENT_EVENTS - 1 ? this.#seal(event.number) : null;
  }

  /**
   * The same for the text of an event, which takes half of the time that reading it as an event takes.
   * @param from where it begins in the text that is given, and goes to the end
   * @throws Error when it is none
   */
  addText(text: string, from = 0): SealedSegment | null {
    const scanned = this.#scanned;
    if (!scanned.read(text, from)) {
      const event = readRecordText(text.slice(from));
      if (event === null) throw new Error('An event that was written here cannot be read');
      return this.add(event);
    }
    const { number, at, own, names, values, message } = scanned;
    const position = (number - 1) % SEGMENT_EVENTS;
    this.#times[position] = at;
    for (let place = 0; place < OWN_TERMS.length; place += 1) {
      const value = own[place] as string | null;
      if (value !== null) this.#term(OWN_TERMS[place] as string, value, position);
    }
    const raw = this.#fullText ? scanned.raw() : '';
    const inLine = this.#fullText ? this.#line(raw, message ?? raw, position) : '';
    for (let place = 0; place < names.length; place += 1)
      this.#value(names[place] as string, values[place] as string, position, inLine);
    return position === SEGMENT_EVENTS - 1 ? this.#seal(number) : null;
  }

  /** @returns what stands in the line itself, and is found by the line's own characters */
  #line(raw: string, message: string, position: number): string {
    const block = Math.floor(position / BLOCK_EVENTS);
    const inLine = raw.length <= LONGEST_LINE && ownLetters(raw) ? raw : '';
    this.#grams.add(raw, block);
    if (message !== raw && !inLine.includes(message)) this.#grams.add(message, block);
    return inLine;
  }

  #value(key: string, text: string, position: number, inLine: string): void {
    this.#term(key, text, position);
    if (this.#fullText && text.length > 2 && !inLine.includes(text))
      this.#grams.add(text, Math.floor(position / BLOCK_EVENTS));
  }

  /** Forgets the present segment; its events are added again. */
  clear(): void {
    this.#segment += 1;
    this.#terms.clear();
    this.#grams.clear();
    this.#gramsWhole = this.#fullText;
  }

  /** @param written name in any case */
  #term(written: string, value: string, position: number): void {
    const field = this.#field(written);
    const terms = this.#terms;
    terms.mark(field.has, position);
    if (field.lastValue !== value) {
      this.#hash.value(field.keys, value);
      const term = terms.term(this.#hash.lastHigh, this.#hash.lastLow);
      field.lastValue = value.length <= OWN_STRING ? value : term === field.lastTerm ? copyOf(value) : null;
      field.lastTerm = term;
    }
    terms.mark(field.lastTerm, position);
  }

  #field(written: string): FieldTerms {
    let field = this.#fields.get(written);
    if (field === undefined) {
      const keys = this.#hash.field(written.toLowerCase());
      field = { keys, segment: -1, has: 0, lastValue: null, lastTerm: 0 };
      if (this.#fields.size >= MOST_FIELDS) this.#fields.clear();
      this.#fields.set(written, field);
    }
    if (field.segment !== this.#segment) {
      field.segment = this.#segment;
      field.has = this.#terms.term(field.keys.has.high, field.keys.has.low);
      field.lastValue = null;
      field.lastTerm = -1;
    }
    return field;
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
