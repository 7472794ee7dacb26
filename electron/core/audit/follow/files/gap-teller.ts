import type { SourceGap } from '#shared/domain/audit/source.ts';
import type { Way } from './file-place.ts';
import type { FilePosition } from './file-position.ts';
import {
  BETWEEN_COPY_AND_CUT,
  EARLIER_ROTATIONS,
  LAST_READ_REMOVED,
  LOOK_ALIKE,
  PERHAPS_COPIED,
} from './gap-words.ts';
import { behind, type ChainFile } from './rotation-chain.ts';
import { wayOf } from './rotation-way.ts';

export type Gap = Omit<SourceGap, 'source'>;
type State = Pick<FilePosition, 'at' | 'copies' | 'presumed'>;

/**
 * Collects the gaps of a log until they are handed over. A rotation by copying and cutting always is one. A packed file shows
 * nothing of how it was rotated: as long as no copy of this log was ever seen, it is presumed to have been renamed, and kept in
 * mind; with the first copy that is seen all those are told, and from then on each that shows nothing at once.
 */
export class GapTeller {
  #at = Date.now();
  #copies = false;
  #presumed: State['presumed'] = null;
  #gaps: Gap[] = [];
  #lost = false;
  /** The file that was left last was cut, as far as is known: who goes on writing at the old offset leaves a hole. */
  lastWasCut = false;

  /** @param state of an earlier run */
  constructor(state: State | null) {
    if (state === null) return;
    this.#at = state.at;
    this.#copies = state.copies;
    this.#presumed = state.presumed;
  }

  get waiting(): boolean {
    return this.#gaps.length > 0;
  }

  /** What is handed over now; a gap that comes later begins here. @returns with what is stored with the position */
  take(): { gaps: Gap[]; state: State } {
    const gaps = this.#gaps;
    this.#gaps = [];
    this.#at = Date.now();
    return { gaps, state: { at: this.#at, copies: this.#copies, presumed: this.#presumed } };
  }

  tell(kind: Gap['kind'], bytes: number | null, detail: string): void {
    this.#tell(kind, this.#at, Date.now(), bytes, detail);
  }

  /**
   * A rotated file was read to its end.
   * @param bytes that were seen of the original and are not in the copy; null when that is not known
   */
  pass(way: Way, bytes: number | null): void {
    this.lastWasCut = false;
    if (way === 'copied') this.cut(bytes, BETWEEN_COPY_AND_CUT);
    else if (way === 'unknown' && this.#copies) this.cut(bytes, PERHAPS_COPIED);
    else if (way === 'unknown') this.#presume();
  }

  /** Files without content are passed by. @param chain that they are of */
  passOver(files: readonly ChainFile[], chain: readonly ChainFile[]): void {
    for (const file of files) this.pass(wayOf(file, behind(chain, file)), null);
  }

  /** What was read last is not there any more; told once until something is read again. */
  lost(): void {
    if (!this.#lost) this.tell('rotated-away', null, LAST_READ_REMOVED);
    this.#lost = true;
  }

  /**
   * Another file is begun.
   * @param anchor what became of the files that were read before it
   * @param sure nothing can stand between them and this one
   */
  begins(anchor: 'none' | 'found' | 'lost', sure: boolean): void {
    if (anchor === 'lost') this.lost();
    else if (!sure) this.tell('rotated-away', null, LOOK_ALIKE);
  }

  /** Something of the next file is read. */
  goesOn(): void {
    this.#lost = false;
  }

  /** The log was cut. */
  cut(bytes: number | null, detail: string): void {
    const earlier = this.#presumed;
    this.#presumed = null;
    this.#copies = true;
    this.lastWasCut = true;
    const words = earlier ? `${detail} ${EARLIER_ROTATIONS}: ${earlier.count}.` : detail;
    this.#tell('copytruncate', earlier?.since ?? this.#at, Date.now(), bytes, words);
  }

  #presume(): void {
    const { since, count } = this.#presumed ?? { since: this.#at, count: 0 };
    this.#presumed = { since, count: count + 1 };
  }

  #tell(kind: Gap['kind'], from: number, to: number, bytes: number | null, detail: string): void {
    const begin = new Date(Math.min(from, to)).toISOString();
    const end = new Date(to).toISOString();
    this.#gaps.push({ kind, from: begin, to: end, bytes, detail: detail.slice(0, 1_024) });
  }
}
