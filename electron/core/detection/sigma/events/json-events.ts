/** An event and its text. */
export interface ParsedEvent {
  object: Readonly<Record<string, unknown>>;
  text: string;
}

/** Characters that one event may have. */
const LONGEST = 16_777_216;

/** Text that is no event: which one it would have been, counted from 0, and what is wrong. */
export class EventFault extends Error {
  override readonly name = 'EventFault';
}

/**
 * Finds JSON objects in a text that comes in pieces: one on each line, the items of an array, or one after the other, with any white space.
 * No more is kept than the event that is not whole yet.
 */
export class JsonEvents {
  #rest = '';
  #count = 0;
  /** Where in `#rest` the search for the end of an event goes on, and what it has seen. */
  #at = 0;
  #depth = 0;
  #inText = false;
  #list: 'unknown' | 'none' | 'open' | 'closed' = 'unknown';

  /** @returns the events that this piece completes; @throws EventFault */
  *push(piece: string): Generator<ParsedEvent> {
    this.#rest += piece;
    let start = 0;
    for (;;) {
      if (this.#depth === 0) {
        start = this.#skip(start);
        this.#at = start;
        if (start >= this.#rest.length) break;
        const quick = this.#line(start);
        if (quick !== null) {
          yield quick;
          start += quick.text.length;
          continue;
        }
      }
      const end = this.#end(start);
      if (end < 0) break;
      yield this.#parsed(this.#rest.slice(start, end));
      start = end;
    }
    this.#rest = this.#rest.slice(start);
    this.#at = Math.max(0, this.#at - start);
    if (this.#rest.length > LONGEST) this.#fail(`has more than ${LONGEST} characters`);
  }

  /** No more comes. @throws EventFault when an event or the array is not whole */
  end(): void {
    if (this.#depth > 0) this.#fail('is not whole: the text ends inside it');
    if (this.#list === 'open') throw new EventFault('The array of events is not closed.');
  }

  #fail(what: string): never {
    throw new EventFault(`Event ${this.#count} ${what}.`);
  }

  /** Over white space, and over what stands between events. */
  #skip(from: number): number {
    let at = from;
    for (; at < this.#rest.length; at += 1) {
      const unit = this.#rest.charCodeAt(at);
      if (unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xfeff || unit === 0x1e) continue;
      if (unit === 91 && this.#list === 'unknown') this.#list = 'open';
      else if (unit === 93 && this.#list === 'open') this.#list = 'closed';
      else if (unit === 44 && this.#list === 'open' && this.#count > 0) continue;
      else if (unit === 123 && this.#list !== 'closed') {
        if (this.#list === 'unknown') this.#list = 'none';
        return at;
      } else this.#fail('is no JSON object');
    }
    return at;
  }

  /** The usual case: an event that is a whole line. */
  #line(start: number): ParsedEvent | null {
    const end = this.#rest.indexOf('\n', start);
    if (end < 0 || this.#list === 'open') return null;
    const text = this.#rest.slice(start, end);
    try {
      const object: unknown = JSON.parse(text);
      this.#count += 1;
      return { object: object as ParsedEvent['object'], text };
    } catch {
      return null;
    }
  }

  /** Position behind the event that begins at `start`; -1 when it is not whole yet. */
  #end(start: number): number {
    const rest = this.#rest;
    for (let at = Math.max(start, this.#at); at < rest.length; at += 1) {
      const unit = rest.charCodeAt(at);
      if (this.#inText) {
        if (unit === 92) at += 1;
        else if (unit === 34) this.#inText = false;
        if (at >= rest.length) {
          // The escaped character is in the next piece: its backslash is looked at again then.
          this.#at = rest.length - 1;
          return -1;
        }
      } else if (unit === 34) this.#inText = true;
      else if (unit === 123 || unit === 91) this.#depth += 1;
      else if (unit === 125 || unit === 93) {
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

  #parsed(text: string): ParsedEvent {
    try {
      const object: unknown = JSON.parse(text);
      this.#count += 1;
      return { object: object as ParsedEvent['object'], text };
    } catch {
      return this.#fail('is no valid JSON');
    }
  }
}
