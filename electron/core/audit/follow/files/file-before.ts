import type { FollowedLine } from '../follower.ts';
import type { FilePlace } from './file-place.ts';
import type { LogReach } from './log-reach.ts';
import { LogReader, type ReaderOptions } from './log-reader.ts';
import { findPlace, listChain, packingOf } from './rotation-chain.ts';

/** How long somebody who was not told of the rotation may go on writing to the file before. */
const WATCH_MS = 60_000;

/** The file that was written before the one that is read: what stands behind it in the chain was not read. */
export class FileBefore {
  #reader: LogReader | null = null;
  #place: FilePlace | null;
  #unopened: boolean;

  constructor(place: FilePlace | null) {
    this.#place = place;
    this.#unopened = place !== null && !place.settled;
  }

  get place(): FilePlace | null {
    return this.#reader?.place ?? this.#place;
  }

  /** Only when nothing is watched any more: after {@link settle}. */
  set place(place: FilePlace | null) {
    this.#place = place;
    this.#unopened = false;
  }

  /** Goes on watching after a start, if it was watched before. Throws `LogTrouble`. */
  async openUnsettled(reach: LogReach, path: string, options: ReaderOptions): Promise<void> {
    if (!this.#unopened || !this.#place) return;
    const place = this.#place;
    const chain = await listChain(reach, path);
    const found = await findPlace(reach, chain, place);
    const file = found && found.how !== 'shorter' ? chain[found.index] : undefined;
    const reader = file
      ? await LogReader.open(reach, file, packingOf(file), place, options).catch(() => null)
      : null;
    this.#unopened = false;
    if (reader && typeof reader !== 'string') this.#reader = reader;
    else this.#place = { ...place, settled: true };
  }

  /** Watches a file that was read to its end, as long as it may grow. */
  follow(reader: LogReader): void {
    this.#reader = reader;
  }

  /** @returns whether there was more in it, and whether it is watched no more since now */
  async read(lines: FollowedLine[]): Promise<{ grew: boolean; settled: boolean }> {
    const reader = this.#reader;
    if (!reader) return { grew: false, settled: false };
    const pulled = await reader.pull().catch(() => ({ kind: 'gone' }) as const);
    if (pulled.kind === 'bytes') {
      reader.take(pulled.bytes, lines);
      return { grew: true, settled: false };
    }
    const mayGrow = pulled.kind === 'end' && reader.packing === 'none';
    if (mayGrow && performance.now() - reader.grewAt <= WATCH_MS) return { grew: false, settled: false };
    await this.#end(reader, lines);
    return { grew: false, settled: true };
  }

  /** Reads what there is, and watches it no more. */
  async settle(lines: FollowedLine[]): Promise<void> {
    while ((await this.read(lines)).grew);
    if (this.#reader) await this.#end(this.#reader, lines);
  }

  async close(): Promise<void> {
    await this.#reader?.close();
    this.#reader = null;
  }

  async #end(reader: LogReader, lines: FollowedLine[]): Promise<void> {
    reader.finish(lines);
    reader.settled = true;
    this.#place = reader.place;
    this.#reader = null;
    await reader.close();
  }
}
