import type { FollowedLine } from '../follower.ts';
import { takeBearings } from './bearings.ts';
import type { FilePlace } from './file-place.ts';
import type { LogReach } from './log-reach.ts';
import { LogReader, type ReaderOptions } from './log-reader.ts';
import { listChain, packingOf } from './rotation-chain.ts';
import type { Trail } from './trail.ts';

/** How long somebody who was not told of the rotation may go on writing to the file before. */
const WATCH_MS = 60_000;

/**
 * The rotated file that was read last: what stands behind it in the chain was not read. Beside it, the file that was left last is
 * watched, for a writer that was not told; mostly it is the same.
 */
export class FileBefore {
  #reader: LogReader | null = null;
  /** The file that is watched is in the chain, so that it is known again. */
  #inChain = false;
  #place: FilePlace | null;
  #unopened: boolean;

  constructor(place: FilePlace | null) {
    this.#place = place;
    this.#unopened = place !== null && !place.settled;
  }

  get place(): FilePlace | null {
    const reader = this.#reader;
    return reader && (this.#isAnchor(reader) || (!this.#inChain && !this.#place))
      ? reader.place
      : this.#place;
  }

  /** Only when nothing is watched any more: after {@link settle}. */
  set place(place: FilePlace | null) {
    this.#place = place;
    this.#unopened = false;
  }

  /** Goes on watching after a start, if it was watched before. Throws `LogTrouble`. */
  async openUnsettled(reach: LogReach, path: string, trail: Trail, options: ReaderOptions): Promise<void> {
    if (!this.#unopened || !this.#place) return;
    const place = this.#place;
    const { anchorFile, sure } = await takeBearings(reach, await listChain(reach, path), trail, null);
    const reader =
      anchorFile && sure
        ? await LogReader.open(reach, anchorFile, packingOf(anchorFile), place, options).catch(() => null)
        : null;
    this.#unopened = false;
    if (reader && typeof reader !== 'string') this.follow(reader, true);
    else this.#place = { ...place, settled: true };
  }

  /**
   * Watches a file that was read to its end, as long as it may grow.
   * @param inChain it is among the files of the log, and not removed
   */
  follow(reader: LogReader, inChain: boolean): void {
    this.#reader = reader;
    this.#inChain = inChain;
  }

  /** Lets go of a file of which nothing was read: what is in it now is read in the order of the chain. */
  async release(): Promise<void> {
    const reader = this.#reader;
    if (!reader || reader.readTo > 0) return;
    this.#reader = null;
    await reader.close();
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

  /** A file without content is known again by nothing when it is packed, and one that is not in the chain by nothing at all. */
  #isAnchor(reader: LogReader): boolean {
    return this.#inChain && (reader.readTo > 0 || reader.packing !== 'none');
  }

  async #end(reader: LogReader, lines: FollowedLine[]): Promise<void> {
    reader.finish(lines);
    reader.settled = true;
    // One that was removed is looked for in vain, as it should be, unless an older one is known.
    if (this.#isAnchor(reader) || (!this.#inChain && !this.#place)) this.#place = reader.place;
    this.#reader = null;
    await reader.close();
  }
}
