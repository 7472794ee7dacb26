import { isAscii } from 'node:buffer';

/** An event and its text. */
export interface ParsedEvent {
  object: Readonly<Record<string, unknown>>;
  text: string;
}

/** Bytes that one event may have. */
const LONGEST = 16_777_216;

/** Text that is no event: which one it would have been, counted from 0, and what is wrong. */
export class EventFault extends Error {
  override readonly name = 'EventFault';
}

const LINE_FEED = 10;
const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/**
 * Finds JSON objects in UTF-8 that comes in pieces: one on each line, the items of an array, or one after the other, with any white space
 * between. No more is kept than the event that is not whole yet. A text is only made of the bytes of one event: reading a
 * long text in small pieces would cost more than parsing it.
 */
export class JsonEvents {
  #rest: Buffer = Buffer.alloc(0);
  #count = 0;
  /** Where in `#rest` the search for the end of an event goes on, and what it has seen. */
  #at = 0;
  #depth = 0;
  #inText = false;
  #list: 'unknown' | 'none' | 'open' | 'closed' = 'unknown';
  readonly #onFault: ((fault: EventFault) => void) | null;
  /** The rest of a line in which there is something wrong is passed over. */
  #passing = false;
  /** All of `#rest` is ASCII, which is made text of more quickly. */
  #ascii = true;
  /** Where the search goes on after a fault. */
  #behind = 0;

  /** @param onFault told of text that is no event, which is passed over then; without it the first one is thrown */
  constructor(onFault: ((fault: EventFault) => void) | null = null) {
    this.#onFault = onFault;
  }

  /** @returns the events that this piece completes; the piece is not kept. @throws EventFault */
  *push(piece: Uint8Array): Generator<ParsedEvent> {
    const own = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    this.#rest = this.#rest.length === 0 ? own : Buffer.concat([this.#rest, own]);
    this.#ascii = isAscii(this.#rest);
    let start = 0;
    for (;;) {
      const line = this.#nextLine(start);
      if (line !== null) {
        start = line.end;
        yield line;
        continue;
      }
      try {
        const found = this.#next(start);
        start = found.at;
        if (found.event === null) break;
        yield found.event;
      } catch (error) {
        start = this.#passOver(error);
      }
    }
    this.#rest = Buffer.from(this.#rest.subarray(start));
    this.#at = Math.max(0, this.#at - start);
    if (this.#rest.length <= LONGEST) return;
    try {
      this.#fail(`has more than ${LONGEST} bytes`, this.#rest.length);
    } catch (error) {
      this.#rest = Buffer.from(this.#rest.subarray(this.#passOver(error)));
      this.#at = 0;
    }
  }

  /** No more comes. @throws EventFault when an event or the array is not whole */
  end(): void {
    try {
      if (this.#depth > 0) this.#fail('is not whole: the text ends inside it', this.#rest.length);
      if (this.#list === 'open') throw new EventFault('The array of events is not closed.');
    } catch (error) {
      this.#passOver(error);
    }
  }

  /** The usual case in the shortest way: one line after the other. Null for anything else, which {@link #next} looks at. */
  #nextLine(from: number): (ParsedEvent & { end: number }) | null {
    if (this.#list !== 'none' || this.#depth > 0 || this.#passing) return null;
    const start = this.#rest[from] === LINE_FEED ? from + 1 : from;
    return this.#rest[start] === OPEN_OBJECT ? this.#line(start) : null;
  }

  /** @returns the next event, and where the search goes on; no event when it is not whole yet. @throws EventFault */
  #next(from: number): { event: ParsedEvent | null; at: number } {
    let start = from;
    if (this.#passing) {
      const line = this.#rest.indexOf(LINE_FEED, start);
      this.#passing = line < 0;
      start = line < 0 ? this.#rest.length : line;
    }
    if (this.#depth === 0) {
      start = this.#skip(start);
      this.#at = start;
      if (start >= this.#rest.length) return { event: null, at: start };
      const line = this.#line(start);
      if (line !== null) return { event: line, at: line.end };
    }
    const end = this.#end(start);
    return end < 0 ? { event: null, at: start } : { event: this.#parsed(start, end), at: end };
  }

  /** @returns where the search goes on. @throws what is given, unless somebody wants to be told of faults */
  #passOver(error: unknown): number {
    if (!(error instanceof EventFault) || this.#onFault === null) throw error;
    this.#onFault(error);
    this.#count += 1;
    this.#depth = 0;
    this.#inText = false;
    this.#at = this.#behind;
    return this.#behind;
  }

  /** @param behind where the search goes on, if it does */
  #fail(what: string, behind: number): never {
    this.#behind = behind;
    throw new EventFault(`Event ${this.#count} ${what}.`);
  }

  /** Over white space, a byte order mark, record separators (RFC 7464), and the commas of an array. */
  #skip(from: number): number {
    let at = from;
    for (; at < this.#rest.length; at += 1) {
      const byte = this.#rest[at] ?? 0;
      if (byte === 32 || (byte >= 9 && byte <= 13) || byte === 0x1e) continue;
      if ((byte === 0xef || byte === 0xbb || byte === 0xbf) && this.#list === 'unknown') continue;
      if (byte === OPEN_LIST && this.#list === 'unknown') this.#list = 'open';
      else if (byte === CLOSE_LIST && this.#list === 'open') this.#list = 'closed';
      else if (byte === COMMA && this.#list === 'open' && this.#count > 0) continue;
      else if (byte === OPEN_OBJECT && this.#list !== 'closed') {
        if (this.#list === 'unknown') this.#list = 'none';
        return at;
      } else {
        this.#passing = true;
        this.#fail('is no JSON object', at);
      }
    }
    return at;
  }

  /** An event that is a whole line. Null for anything else, which is looked at more closely then. */
  #line(start: number): (ParsedEvent & { end: number }) | null {
    const end = this.#list === 'open' ? -1 : this.#rest.indexOf(LINE_FEED, start);
    if (end < 0 || end - start > LONGEST) return null;
    const text = this.#ascii
      ? this.#rest.toString('latin1', start, end)
      : this.#rest.toString('utf8', start, end);
    try {
      const object: ParsedEvent['object'] = JSON.parse(text);
      this.#count += 1;
      return { object, text, end };
    } catch {
      return null;
    }
  }

  /** Position behind the event that begins at `start`; -1 when it is not whole yet. */
  #end(start: number): number {
    const rest = this.#rest;
    for (let at = Math.max(start, this.#at); at < rest.length; at += 1) {
      const byte = rest[at];
      if (byte === LINE_FEED && this.#onFault !== null && this.#list !== 'open') {
        const broken = this.#inText ? true : this.#wholeLineAfter(at);
        if (broken === null) {
          // It is seen when the line is there.
          this.#at = at;
          return -1;
        }
        if (broken) this.#fail('is not whole: another one begins on the next line', at);
      }
      if (this.#inText) {
        if (byte === QUOTE) this.#inText = false;
        else if (byte === BACKSLASH) {
          at += 1;
          if (at >= rest.length) {
            // What is escaped comes with the next piece, and the backslash is looked at again then.
            this.#at = rest.length - 1;
            return -1;
          }
        }
      } else if (byte === QUOTE) this.#inText = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        this.#depth -= 1;
        if (this.#depth === 0) {
          this.#at = at + 1;
          return at + 1;
        }
      }
    }
    this.#at = rest.length;
    return -1;
  }

  /** Whether a whole event stands on the line after this one; null while the end of that line is not there. */
  #wholeLineAfter(at: number): boolean | null {
    if (at + 1 >= this.#rest.length) return null;
    if (this.#rest[at + 1] !== OPEN_OBJECT) return false;
    const end = this.#rest.indexOf(LINE_FEED, at + 1);
    if (end < 0) return null;
    try {
      JSON.parse(this.#rest.toString('utf8', at + 1, end));
      return true;
    } catch {
      return false;
    }
  }

  #parsed(start: number, end: number): ParsedEvent {
    const text = this.#rest.toString('utf8', start, end);
    try {
      const object: ParsedEvent['object'] = JSON.parse(text);
      this.#count += 1;
      return { object, text };
    } catch {
      return this.#fail('is no valid JSON', end);
    }
  }
}
