import type { FollowedLine } from '../follower.ts';
import { takeBearings } from './bearings.ts';
import type { FilePlace } from './file-place.ts';
import type { LogReach } from './log-reach.ts';
import { LogReader, type ReaderOptions } from './log-reader.ts';
import { listChain, packingOf } from './rotation-chain.ts';
import type { Trail } from './trail.ts';

/** How long somebody who was not told of the rotation may go on writing to the file before. */
const WATCH_MS = 60_000;
/** Bytes that are read of it at once, and how often: a node could make it longer for ever. */
const MOST_AT_ONCE = 4 * 1024 * 1024;
const MOST_ROUNDS = 64;

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
  #rounds = 0;
  #settled = false;
  /** It was let go while it still grew. */
  #endless = false;

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

  /** @returns whether there was more in it */
  async read(lines: FollowedLine[]): Promise<boolean> {
    const reader = this.#reader;
    if (!reader) return false;
    const pulled = await reader.pull().catch(() => ({ kind: 'gone' }) as const);
    if (pulled.kind === 'bytes') {
      reader.take(pulled.bytes, lines);
      return true;
    }
    const mayGrow = pulled.kind === 'end' && reader.packing === 'none';
    if (mayGrow && performance.now() - reader.grewAt <= WATCH_MS) return false;
    await this.#end(reader, lines);
    this.#settled = true;
    return false;
  }

  /** Reads what there is of it. @returns false when there is more: it is to be called again when the lines were handed over */
  async drain(lines: FollowedLine[]): Promise<boolean> {
    this.#rounds = (await this.#readOn(lines)) ? this.#rounds + 1 : 0;
    return this.#rounds === 0 || this.#rounds >= MOST_ROUNDS;
  }

  /** Reads what there is, if it is not endless, and watches it no more. */
  async settle(lines: FollowedLine[]): Promise<void> {
    this.#endless ||= await this.#readOn(lines);
    this.#rounds = 0;
    if (this.#reader) await this.#end(this.#reader, lines);
  }

  /** @returns whether there may be more */
  async #readOn(lines: FollowedLine[]): Promise<boolean> {
    const from = this.#reader?.readTo ?? 0;
    let grew = true;
    while (grew && (this.#reader?.readTo ?? 0) - from < MOST_AT_ONCE) grew = await this.read(lines);
    return grew && this.#reader !== null;
  }

  /** @returns whether it is watched no more since this was asked last, which has to be stored */
  takeSettled(): boolean {
    const was = this.#settled;
    this.#settled = false;
    return was;
  }

  /** @returns whether something that was still growing was let go since this was asked last */
  takeEndless(): boolean {
    const was = this.#endless;
    this.#endless = false;
    return was;
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
