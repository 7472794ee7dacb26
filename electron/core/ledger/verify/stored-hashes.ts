import type { Store } from '#core/store/store.ts';
import { HASH_BYTES, type Hash, hashAt } from '../hash.ts';
import { TILE_WIDTH } from '../tree.ts';

/** What verifying asks of the store. */
export type LedgerSource = Pick<
  Store,
  'ledgerHead' | 'ledgerTexts' | 'ledgerTextsBefore' | 'ledgerTiles' | 'ledgerCheckpoints'
>;

/** Stored hashes of one level of tiles, page by page, from left to right. */
export class StoredHashes {
  readonly #source: LedgerSource;
  readonly #level: number;
  #pages: { place: number; hashes: Buffer }[] = [];
  #next: ReturnType<LedgerSource['ledgerTiles']> | null = null;
  #asked = 0;
  #ended = false;

  constructor(source: LedgerSource, level: number) {
    this.#source = source;
    this.#level = level;
  }

  /** Makes ready every hash of the level from `from` up to and without `end`; those before are let go. */
  async ready(from: number, end: number): Promise<void> {
    const first = Math.floor(from / TILE_WIDTH);
    const last = Math.floor(Math.max(from, end - 1) / TILE_WIDTH);
    this.#pages = this.#pages.filter((tile) => tile.place >= first);
    while (this.#asked <= last && !this.#ended) {
      const page = await (this.#next ?? this.#ask());
      const newest = page.at(-1);
      this.#ended = newest === undefined;
      this.#asked = newest === undefined ? this.#asked : newest.place + 1;
      this.#next = newest === undefined ? null : this.#ask();
      for (const { place, hashes } of page) this.#pages.push({ place, hashes: asBuffer(hashes) });
    }
  }

  #ask(): ReturnType<LedgerSource['ledgerTiles']> {
    return ahead(this.#source.ledgerTiles({ level: this.#level, from: this.#asked }));
  }

  /** @returns a hash that was made ready, or null when it is not there */
  at(index: number): Hash | null {
    const place = Math.floor(index / TILE_WIDTH);
    const first = this.#pages[0]?.place ?? 0;
    const near = this.#pages[place - first];
    const tile = near?.place === place ? near : this.#pages.find((entry) => entry.place === place);
    const inside = index % TILE_WIDTH;
    if (tile === undefined || (inside + 1) * HASH_BYTES > tile.hashes.length) return null;
    return hashAt(tile.hashes, inside);
  }
}

/** An answer that is asked for before it is needed: that it fails is an error only for whoever needs it. */
export function ahead<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => undefined);
  return answer;
}

/** The bytes as a Buffer over the same memory: what came from another thread is a plain array. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
