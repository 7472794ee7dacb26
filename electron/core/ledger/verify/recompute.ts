import { LEDGER_FORMAT } from '#shared/domain/ledger.ts';
import { CompactRange } from '../compact-range.ts';
import { type Hash, leafHashInPlace } from '../hash.ts';
import { ahead, asBuffer, type LedgerSource, StoredHashes } from './stored-hashes.ts';

const LINE_FEED = 10;
/** A subtree of 2^8 leaves is one tile, and one hash of the next level. */
const TILE_HEIGHT = 8;
/** Numbers of events that are kept for the report and for finding the first wrong one. */
const MOST_NUMBERS = 4_096;
/** Of what the ledger says of the events of logs, the newest so many are kept: what is newer says more. */
const MOST_TOLD = 1_024;
/** Stands for a hash that is nowhere: no SHA-256 that anybody could find a text for. */
const NOWHERE: Hash = '\0'.repeat(32);

/** Roots of the tree of the first so many events, made twice. */
export interface Roots {
  /** From the texts of the events; where a text is gone, from its stored hash. */
  texts: Hash;
  /** From the stored hashes of the events; where one is gone, from the text. */
  leaves: Hash;
}

/** All hashes of the ledger, made anew. */
export interface Recomputed {
  /** Roots at the sizes that were asked for. */
  roots: ReadonlyMap<number, Roots>;
  /** Roots of whole tiles from texts and from stored leaf hashes, by place. */
  textBlocks: readonly Hash[];
  leafBlocks: readonly Hash[];
  /** Events whose text is not what its stored hash says; the first few thousand. */
  different: readonly number[];
  /** Events without a text, in order, as ranges with both ends. */
  withoutText: readonly { first: number; last: number }[];
  /** Events whose stored hash is gone, in order; the first few thousand. */
  withoutHash: readonly number[];
  /** Texts of events that the ledger needs for judging itself: its keys. */
  notable: readonly string[];
  /** Numbers under which texts lie that nobody wrote there: the first few thousand. */
  readonly oddRows: readonly number[];
  /** Texts of the newest events about the events of logs: signed roots, and what was removed of them. */
  told: readonly string[];
}

/**
 * Makes every hash of the ledger anew from the texts, and beside it from the stored leaf hashes where these differ.
 * @param count of events, missing ones too
 * @param sizes at which the root is wanted, ascending
 */
export async function recompute(
  source: LedgerSource,
  count: number,
  sizes: readonly number[],
): Promise<Recomputed> {
  const pass = new Pass(new StoredHashes(source, 0), sizes);
  // The thread of the store reads the next page while this one hashes.
  const ask = (from: number) => ({ from, rows: ahead(source.ledgerTexts({ from, upTo: count })) });
  let asked = ask(1);
  for (let next = 1; next <= count; ) {
    const rows = await (asked.from === next ? asked : ask(next)).rows;
    const end = rows.at(-1);
    if (end !== undefined && end.first + end.count <= count) asked = ask(end.first + end.count);
    for (const row of rows) {
      await pass.stored.ready(pass.next - 1, Math.min(count, row.first - 1 + row.count));
      // Texts are missing before this row, or it says once more what was said: then the numbers do not fit.
      if (row.first > pass.next) pass.missing(row.first - 1);
      pass.row(row.bytes && asBuffer(row.bytes), row.first, Math.min(count, row.first + row.count - 1));
    }
    if (end === undefined) break;
    next = Math.max(end.first + 1, pass.next);
  }
  while (pass.next <= count) {
    const end = Math.min(count, pass.next + MOST_NUMBERS);
    await pass.stored.ready(pass.next - 1, end);
    pass.missing(end);
  }
  return pass.end();
}

class Pass implements Recomputed {
  readonly stored: StoredHashes;
  readonly roots = new Map<number, Roots>();
  readonly textBlocks: Hash[] = [];
  readonly leafBlocks: Hash[] = [];
  readonly different: number[] = [];
  readonly withoutText: { first: number; last: number }[] = [];
  readonly withoutHash: number[] = [];
  readonly notable: string[] = [];
  readonly oddRows: number[] = [];
  readonly told: string[] = [];
  /** Number of the event that comes next. */
  next = 1;
  readonly #sizes: readonly number[];
  #size = 0;
  readonly #texts = new CompactRange();
  /** Grows apart from the texts as soon as a stored hash is another one. */
  #leaves: CompactRange | null = null;
  readonly #textBlock = (height: number, root: Hash): void => {
    if (height === TILE_HEIGHT) this.textBlocks.push(root);
  };
  readonly #leafBlock = (height: number, root: Hash): void => {
    if (height === TILE_HEIGHT) this.leafBlocks.push(root);
  };

  constructor(stored: StoredHashes, sizes: readonly number[]) {
    this.stored = stored;
    this.#sizes = sizes;
    if (sizes[0] === 0) this.#take();
  }

  /** @param bytes a line feed before each text of the events from `first` on; null when they cannot be read */
  row(bytes: Buffer | null, first: number, last: number): void {
    // A row that begins where another one has been, that has none, or that cannot be read is nobody's who writes here: it hides
    // what others look for by its number.
    if (first !== this.next || last < first || bytes === null) this.#note(this.oddRows, first);
    if (bytes === null) {
      if (this.next <= last) this.#note(this.different, this.next);
      this.missing(last);
      return;
    }
    let start = 1;
    for (let number = first; start <= bytes.length && number <= last; number += 1) {
      const found = bytes.indexOf(LINE_FEED, start);
      const end = found < 0 ? bytes.length : found;
      if (mayBeRemarkable(bytes, start)) this.#remark(bytes.toString('utf8', start, end));
      if (number === this.next) this.#push(end > start ? leafHashInPlace(bytes, start, end) : null);
      else this.#note(this.different, number);
      start = end + 1;
    }
    // More than the row says it has: nobody hashed that.
    if (start <= bytes.length) this.#note(this.different, last);
    if (this.next <= last) this.missing(last);
  }

  /** To be called once at the end. */
  end(): Recomputed {
    if (this.#leaves === null) this.leafBlocks.push(...this.textBlocks);
    return this;
  }

  /** No text is there for the events up to and with `last`. */
  missing(last: number): void {
    while (this.next <= last) this.#push(null);
  }

  #push(text: Hash | null): void {
    const number = this.next;
    const stored = this.stored.at(number - 1);
    if (text === null) this.#withoutText(number);
    if (stored === null) this.#note(this.withoutHash, number);
    if (text !== null && stored !== null && text !== stored) this.#note(this.different, number);
    const fromText = text ?? stored ?? NOWHERE;
    const fromStored = stored ?? fromText;
    if (fromText !== fromStored && this.#leaves === null) {
      this.#leaves = this.#texts.copy();
      this.leafBlocks.push(...this.textBlocks);
    }
    this.#texts.append(fromText, this.#textBlock);
    this.#leaves?.append(fromStored, this.#leafBlock);
    this.next = number + 1;
    if (this.#sizes[this.#size] === number) this.#take();
  }

  #take(): void {
    const texts = this.#texts.root();
    this.roots.set(this.#texts.size, { texts, leaves: this.#leaves?.root() ?? texts });
    this.#size += 1;
  }

  #withoutText(number: number): void {
    const range = this.withoutText.at(-1);
    if (range?.last === number - 1) range.last = number;
    else if (this.withoutText.length < MOST_NUMBERS) this.withoutText.push({ first: number, last: number });
  }

  #note(list: number[], number: number): void {
    if (list.length < MOST_NUMBERS) list.push(number);
  }

  #remark(text: string): void {
    if (text.includes('"kind":"ledger-') && this.notable.length < MOST_NUMBERS) this.notable.push(text);
    if (/"kind":"events-(?:checkpoint|removed)"/.test(text)) {
      this.told.push(text);
      if (this.told.length > MOST_TOLD) this.told.shift();
    }
  }
}

/** Canonical texts begin with the instant, the format and the kind: where the first letter of the kind is. */
const BEFORE_KIND = `{"at":"2026-01-01T00:00:00.000Z","format":${LEDGER_FORMAT},"kind":"`;
const [QUOTE, COLON, LETTER_E, LETTER_L] = Buffer.from('":el');

/** False for the many texts whose kind can be none that is looked for; what is laid out otherwise is read whole. */
function mayBeRemarkable(bytes: Buffer, start: number): boolean {
  const kind = start + BEFORE_KIND.length;
  if (bytes[kind - 1] !== QUOTE || bytes[kind - 2] !== COLON || bytes[kind - 3] !== QUOTE) return true;
  const first = bytes[kind];
  return first === LETTER_E || first === LETTER_L;
}
