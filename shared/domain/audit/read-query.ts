import type { PatternPart, Query, ReadQuery } from './query.ts';
import { readAgo, readMoment } from './query-time.ts';

/** How deep parentheses and NOT may go, and how many conditions there may be. */
const DEEPEST = 32;
const MOST_CONDITIONS = 128;
/** Longest text that is read, in UTF-16 units. */
export const LONGEST_QUERY = 2_048;

class Mistake {
  readonly at: number;
  readonly message: string;
  constructor(at: number, message: string) {
    this.at = at;
    this.message = message;
  }
}

/** A piece of text with what of it was quoted or escaped and so means itself. */
interface Word {
  at: number;
  /** Characters and wildcards as they are meant. */
  parts: PatternPart[];
  /** The characters without regard to quotes; what words such as AND are known by. */
  bare: string;
  quoted: boolean;
}

/**
 * Reads the text of a query:
 * `word`, `"some words"`, `field:value`, `"odd field":"value"`, `*` and `?` in values and words, `field:>=10`,
 * `field:[10 TO 20]` (`{` `}` for ends that are not included, `*` for an open one), `at:-15m`, `at:[2026-11-22 TO now]`,
 * `has:field`, AND, OR, NOT or `-`, parentheses. Words beside each other must all be there. A backslash takes a character as it is.
 * @param text anything
 * @returns the query, or the first mistake with its place in UTF-16 units. Never throws.
 */
export function readQuery(text: string): ReadQuery {
  if (text.length > LONGEST_QUERY) {
    return { ok: false, at: LONGEST_QUERY, message: `A query has at most ${LONGEST_QUERY} characters.` };
  }
  try {
    return { ok: true, query: new Reader(text).whole() };
  } catch (mistake) {
    if (mistake instanceof Mistake) return { ok: false, at: mistake.at, message: mistake.message };
    throw mistake;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;
  #conditions = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Query {
    this.#space();
    if (this.#at === this.#text.length) return { kind: 'all' };
    const query = this.#or(0);
    if (this.#at < this.#text.length) throw this.#mistake('This “)” closes nothing.');
    return query;
  }

  #or(depth: number): Query {
    const of = [this.#and(depth)];
    while (this.#keyword('OR')) of.push(this.#and(depth));
    return joined('or', of);
  }

  #and(depth: number): Query {
    const of = [this.#not(depth)];
    for (;;) {
      if (this.#keyword('AND')) of.push(this.#not(depth));
      else if (this.#at < this.#text.length && this.#peek() !== ')' && !this.#isKeyword('OR'))
        of.push(this.#not(depth));
      else return joined('and', of);
    }
  }

  #not(depth: number): Query {
    if (depth > DEEPEST) throw this.#mistake(`Parentheses and NOT go at most ${DEEPEST} deep.`);
    this.#space();
    const minus = this.#peek() === '-' && !/[\s)]/.test(this.#text[this.#at + 1] ?? ' ');
    if (minus) this.#at += 1;
    if (minus || this.#keyword('NOT')) return { kind: 'not', of: this.#not(depth + 1) };
    return this.#single(depth);
  }

  #single(depth: number): Query {
    const began = this.#at;
    if (this.#peek() === '(') {
      this.#at += 1;
      this.#space();
      if (this.#peek() === ')') throw new Mistake(began, 'There is nothing between these parentheses.');
      const inner = this.#or(depth + 1);
      if (this.#peek() !== ')') throw new Mistake(began, 'This “(” is not closed.');
      this.#at += 1;
      this.#space();
      return inner;
    }
    if (this.#at === this.#text.length || this.#peek() === ')')
      throw this.#mistake('Something is missing here.');
    for (const word of ['AND', 'OR']) {
      if (this.#isKeyword(word))
        throw this.#mistake(`Something is missing before ${word}. To search for it: "${word}".`);
    }
    this.#conditions += 1;
    if (this.#conditions > MOST_CONDITIONS)
      throw this.#mistake(`A query has at most ${MOST_CONDITIONS} conditions.`);
    const query = this.#condition();
    this.#space();
    return query;
  }

  #condition(): Query {
    const word = this.#word(true);
    if (this.#peek() !== ':') return textOf(word);
    const field = literal(word.parts);
    if (field === null || field === '') throw new Mistake(word.at, 'A field has a name without * and ?.');
    this.#at += 1;
    if (/[\s)]/.test(this.#peek() || ' '))
      throw this.#mistake(`${field}: needs a value; has:${field} finds any.`);
    if (word.quoted) return this.#value(field);
    if (field.toLowerCase() === 'has') {
      const name = this.#word(false);
      const named = literal(name.parts);
      if (named === null || named === '') throw new Mistake(name.at, 'has: needs the name of a field.');
      return { kind: 'has', field: named };
    }
    return this.#value(field);
  }

  #value(field: string): Query {
    const began = this.#at;
    const sign = /^(>=|<=|>|<)/.exec(this.#text.slice(this.#at, this.#at + 2))?.[0];
    if (sign !== undefined) {
      this.#at += sign.length;
      const end = this.#end(field, `${field}:${sign}`);
      const included = sign.length === 2;
      return sign[0] === '>'
        ? { kind: 'range', field, from: end, fromIncluded: included, to: null, toIncluded: false }
        : { kind: 'range', field, from: null, fromIncluded: false, to: end, toIncluded: included };
    }
    if (this.#peek() === '[' || this.#peek() === '{') return this.#range(field);
    const word = this.#word(false);
    if (field.toLowerCase() !== 'at') return { kind: 'field', field, pattern: word.parts };
    const ago = readAgo(word.bare);
    if (ago !== null && !word.quoted) return { kind: 'since', agoMs: ago };
    const moment = literal(word.parts);
    if (moment === null || readMoment(moment, 0) === null) throw new Mistake(began, NO_TIME);
    return { kind: 'range', field, from: moment, fromIncluded: true, to: moment, toIncluded: true };
  }

  #range(field: string): Query {
    const began = this.#at;
    const fromIncluded = this.#peek() === '[';
    this.#at += 1;
    this.#space();
    const from = this.#rangeEnd(field);
    this.#space();
    if (!/^TO\s/.test(this.#text.slice(this.#at, this.#at + 3))) {
      throw this.#mistake(`A range reads ${field}:[from TO to].`);
    }
    this.#at += 2;
    this.#space();
    const to = this.#rangeEnd(field);
    this.#space();
    const close = this.#peek();
    if (close !== ']' && close !== '}') throw new Mistake(began, 'This range is not closed with ] or }.');
    this.#at += 1;
    const toIncluded = close === ']';
    return {
      kind: 'range',
      field,
      from,
      fromIncluded: from === null ? false : fromIncluded,
      to,
      toIncluded: to === null ? false : toIncluded,
    };
  }

  #rangeEnd(field: string): string | null {
    if (this.#peek() === '*' && /[\s\]}]/.test(this.#text[this.#at + 1] ?? ' ')) {
      this.#at += 1;
      return null;
    }
    return this.#end(field, 'A range', /[\s\]}]/);
  }

  #end(field: string, what: string, stop?: RegExp): string {
    const word = this.#word(false, stop);
    const value = literal(word.parts);
    if (value === null || value === '') throw new Mistake(word.at, `${what} needs a value without * and ?.`);
    if (field.toLowerCase() === 'at' && readMoment(value, 0) === null) throw new Mistake(word.at, NO_TIME);
    return value;
  }

  /** Characters up to a space, a parenthesis or what else stops; quotes and backslashes take them as they are. */
  #word(beforeColon: boolean, stop = /[\s()]/): Word {
    const word: Word = { at: this.#at, parts: [], bare: '', quoted: this.#peek() === '"' };
    if (word.quoted) {
      this.#at += 1;
      let text = '';
      while (this.#peek() !== '"') {
        if (this.#at >= this.#text.length) throw new Mistake(word.at, 'This " is not closed.');
        text += this.#character();
      }
      this.#at += 1;
      const next = this.#peek();
      if (next !== '' && !stop.test(next) && !(beforeColon && next === ':')) {
        throw this.#mistake('A space is missing after the ".');
      }
      return { ...word, parts: [text], bare: text };
    }
    while (this.#at < this.#text.length) {
      const next = this.#peek();
      if (stop.test(next) || (beforeColon && next === ':')) break;
      if (next === '"') throw this.#mistake('A space is missing before this ". To search for it: \\".');
      word.bare += next;
      if (next === '*' || next === '?') {
        this.#at += 1;
        const any = next === '*' ? 'many' : 'one';
        const last = word.parts.at(-1);
        // Two stars in a row say no more than one.
        if (!(any === 'many' && typeof last === 'object' && last.any === 'many')) word.parts.push({ any });
        continue;
      }
      const character = this.#character();
      const last = word.parts.at(-1);
      if (typeof last === 'string') word.parts[word.parts.length - 1] = last + character;
      else word.parts.push(character);
    }
    if (word.parts.length === 0) throw this.#mistake('Something is missing here.');
    return word;
  }

  #character(): string {
    const character = this.#peek();
    this.#at += 1;
    if (character !== '\\') return character;
    const escaped = this.#peek();
    if (escaped === '') throw new Mistake(this.#at - 1, 'A \\ at the end escapes nothing. For itself: \\\\.');
    this.#at += 1;
    return escaped;
  }

  #peek(): string {
    return this.#text[this.#at] ?? '';
  }

  #space(): void {
    while (/\s/.test(this.#peek())) this.#at += 1;
  }

  #isKeyword(word: string): boolean {
    return this.#text.startsWith(word, this.#at) && /[\s()"]/.test(this.#text[this.#at + word.length] ?? ' ');
  }

  #keyword(word: string): boolean {
    if (!this.#isKeyword(word)) return false;
    this.#at += word.length;
    this.#space();
    return true;
  }

  #mistake(message: string): Mistake {
    return new Mistake(this.#at, message);
  }
}

const NO_TIME = 'A time reads 2026-11-22, 2026-11-22T10:00, now or -15m.';

function joined(kind: 'and' | 'or', of: Query[]): Query {
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { kind, of };
}

/** A wildcard in a word is one in the line. */
function textOf({ parts, quoted }: Word): Query {
  const text = literal(parts);
  if (text !== null) return { kind: 'text', text, phrase: quoted };
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'object' && only.any === 'many') return { kind: 'all' };
  const many = { any: 'many' } as const;
  const [first, last] = [parts[0], parts.at(-1)];
  const isMany = (part: PatternPart | undefined) => typeof part === 'object' && part.any === 'many';
  const pattern = [...(isMany(first) ? [] : [many]), ...parts, ...(isMany(last) ? [] : [many])];
  return { kind: 'field', field: 'raw', pattern };
}

function literal(parts: readonly PatternPart[]): string | null {
  const [only] = parts;
  return parts.length === 1 && typeof only === 'string' ? only : null;
}
