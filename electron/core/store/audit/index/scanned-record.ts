import { OWN_TERMS } from '#shared/domain/audit/event-values.ts';

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** What stands behind the line: a comma, the salt and the end. */
const BEHIND_RAW = ',"salt":""}'.length + 22;

/**
 * What the index takes of the text of an event, without making an object of it: half of the time of the index went into objects that
 * lived for one call. Good until the next text; only texts that `recordText` wrote are understood.
 */
export class ScannedRecord {
  number = 0;
  /** Milliseconds since 1970 UTC. */
  at = 0;
  /** By the places of `OWN_TERMS`; null where the event has none. */
  readonly own: (string | null)[] = OWN_TERMS.map(() => null);
  /** Fields with their values as text, a list as often as it has values. */
  readonly names: string[] = [];
  readonly values: string[] = [];
  #count = 0;
  /** Null when it is the line itself. */
  message: string | null = null;
  /** Where the line stands in the text, as JSON. */
  #rawAt = 0;
  #text = '';
  #cursor = 0;
  /** Names as they stand in a text, by place: the next event mostly has the same. So it is with what is said of its log. */
  readonly #written: string[] = [];
  readonly #known: string[] = [];
  #ownWritten = '';

  /**
   * @param from where the text begins in a longer one, at whose end it ends
   * @returns false for a text that is written in any other way; then nothing of it is to be had here
   */
  read(text: string, from = 0): boolean {
    this.#text = text;
    this.#cursor = from;
    this.#count = 0;
    this.message = null;
    if (!this.#passes('{"number":')) return false;
    this.number = this.#number();
    if (!this.#passes(',"at":')) return false;
    this.at = this.#number();
    if (!this.#passes(',"timeFrom":') || this.#string() === null) return false;
    if (this.#passes(',"timeText":') && this.#string() === null) return false;
    if (!this.#passes(',"receivedAt":')) return false;
    this.#cursor = this.#text.indexOf(',', this.#cursor);
    const isRead = this.#ownTerms() && this.#between() && this.#fields() && this.#end();
    // Pieces of former texts would keep these in memory.
    this.names.length = this.#count;
    this.values.length = this.#count;
    return isRead;
  }

  /** The line. */
  raw(): string {
    return this.#decoded(this.#rawAt, this.#text.length - BEHIND_RAW);
  }

  #ownTerms(): boolean {
    const start = this.#cursor;
    if (start < 0) return false;
    if (this.#ownWritten !== '' && this.#passes(this.#ownWritten) && this.#isBetween()) return true;
    this.#cursor = start;
    this.#ownWritten = '';
    this.own.fill(null);
    // In the order in which they are written.
    for (const name of ['node', 'source', 'product', 'category', 'service', 'severity', 'group'] as const) {
      if (!this.#passes(OWN_WRITTEN[name])) continue;
      const value = this.#string();
      if (value === null) return false;
      this.own[OWN_TERMS.indexOf(name)] = value;
    }
    if (this.own[0] === null || this.own[1] === null) return false;
    // Strings of their own: a piece would keep the whole text in memory.
    for (let place = 0; place < this.own.length; place += 1)
      if (this.own[place] !== null) this.own[place] = copyOf(this.own[place] as string);
    this.#ownWritten = copyOf(this.#text.slice(start, this.#cursor));
    return true;
  }

  /** What may stand behind the last of these. */
  #isBetween(): boolean {
    const [text, at] = [this.#text, this.#cursor];
    return (
      text.startsWith(',"message":', at) ||
      text.startsWith(',"fields":', at) ||
      text.startsWith(',"derived":', at) ||
      text.startsWith(',"cut":', at)
    );
  }

  #between(): boolean {
    this.#passes(',"derived":true');
    if (this.#passes(',"cut":{')) {
      const end = this.#text.indexOf('}', this.#cursor);
      if (end < 0) return false;
      this.#cursor = end + 1;
    }
    if (!this.#passes(',"message":')) return true;
    this.message = this.#string();
    return this.message !== null;
  }

  #fields(): boolean {
    if (!this.#passes(',"fields":{')) return false;
    if (this.#passes('}')) return true;
    for (let place = 0; ; place += 1) {
      const name = this.#name(place);
      if (name === null || !this.#value(name)) return false;
      const behind = this.#text.charCodeAt(this.#cursor);
      this.#cursor += 1;
      if (behind === CLOSE_OBJECT) return true;
      if (behind !== COMMA) return false;
    }
  }

  #end(): boolean {
    const { length } = this.#text;
    if (!this.#passes(',"raw":')) return false;
    this.#rawAt = this.#cursor;
    const end = length - BEHIND_RAW;
    return (
      end >= this.#rawAt + 2 &&
      this.#text.charCodeAt(this.#rawAt) === QUOTE &&
      this.#text.charCodeAt(end - 1) === QUOTE &&
      this.#text.startsWith(',"salt":"', end) &&
      this.#text.endsWith('"}')
    );
  }

  #passes(expected: string): boolean {
    if (!this.#text.startsWith(expected, this.#cursor)) return false;
    this.#cursor += expected.length;
    return true;
  }

  #name(place: number): string | null {
    const expected = this.#written[place];
    if (expected !== undefined && this.#passes(expected)) return this.#known[place] as string;
    const start = this.#cursor;
    const name = this.#string();
    if (name === null || this.#text.charCodeAt(this.#cursor) !== COLON) return null;
    this.#cursor += 1;
    if (place < MOST_KNOWN && name.length <= LONGEST_KNOWN) {
      this.#written[place] = copyOf(this.#text.slice(start, this.#cursor));
      this.#known[place] = copyOf(name);
    }
    return name;
  }

  #value(name: string): boolean {
    if (this.#text.charCodeAt(this.#cursor) !== OPEN_LIST) return this.#scalar(name);
    this.#cursor += 1;
    if (this.#text.charCodeAt(this.#cursor) === CLOSE_LIST) {
      this.#cursor += 1;
      return true;
    }
    for (;;) {
      if (!this.#scalar(name)) return false;
      const behind = this.#text.charCodeAt(this.#cursor);
      this.#cursor += 1;
      if (behind === CLOSE_LIST) return true;
      if (behind !== COMMA) return false;
    }
  }

  /** A text, or a number, a truth or null as they are written: that is their text. */
  #scalar(name: string): boolean {
    let value: string | null;
    const first = this.#text.charCodeAt(this.#cursor);
    if (first === QUOTE) value = this.#string();
    else {
      if (first === OPEN_OBJECT || first === OPEN_LIST) return false;
      const start = this.#cursor;
      let at = start;
      for (let code = first; code !== COMMA && code !== CLOSE_OBJECT && code !== CLOSE_LIST; ) {
        at += 1;
        code = this.#text.charCodeAt(at);
        if (Number.isNaN(code)) return false;
      }
      value = at === start ? null : this.#text.slice(start, at);
      this.#cursor = at;
    }
    if (value === null) return false;
    this.names[this.#count] = name;
    this.values[this.#count] = value;
    this.#count += 1;
    return true;
  }

  #number(): number {
    const [text, start] = [this.#text, this.#cursor];
    let number = 0;
    let at = start;
    for (let digit = text.charCodeAt(at) - 48; digit >= 0 && digit <= 9; digit = text.charCodeAt(at) - 48) {
      number = number * 10 + digit;
      at += 1;
    }
    if (text.charCodeAt(at) === COMMA && at > start && at - start < 16) {
      this.#cursor = at;
      return number;
    }
    const end = text.indexOf(',', start);
    this.#cursor = end < 0 ? start : end;
    return end < 0 ? Number.NaN : Number(text.slice(start, end));
  }

  /** The text between the quotes that begin here; null when there are none. */
  #string(): string | null {
    const text = this.#text;
    const start = this.#cursor;
    if (text.charCodeAt(start) !== QUOTE) return null;
    for (let at = start + 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === BACKSLASH) return this.#escaped(start, at);
      if (code === QUOTE) {
        this.#cursor = at + 1;
        return text.slice(start + 1, at);
      }
    }
    return null;
  }

  #escaped(start: number, first: number): string | null {
    const text = this.#text;
    for (let at = first; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) {
        this.#cursor = at + 1;
        return this.#decoded(start, at + 1);
      }
    }
    return null;
  }

  /** @param start of the quote before @param end after the quote behind */
  #decoded(start: number, end: number): string {
    return JSON.parse(this.#text.slice(start, end)) as string;
  }
}

/** What is no UTF-8 is copied by its units. */
function copyOf(text: string): string {
  const copy = Buffer.from(text).toString();
  return copy === text ? copy : Buffer.from(text, 'utf16le').toString('utf16le');
}

/** Fields whose names are remembered by their place; more come from somebody who makes them up. */
const MOST_KNOWN = 64;
const LONGEST_KNOWN = 64;

const OWN_WRITTEN = {
  node: ',"node":',
  source: ',"source":',
  product: ',"product":',
  category: ',"category":',
  service: ',"service":',
  severity: ',"severity":',
  group: ',"group":',
} as const;
