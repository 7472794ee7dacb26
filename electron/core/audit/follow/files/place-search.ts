import { hasTimeOf, type Match, matchOf, placeBehind } from './file-content.ts';
import type { FilePlace } from './file-place.ts';
import type { LogReach } from './log-reach.ts';
import { type ChainFile, isEmpty, packingOf } from './rotation-chain.ts';
import { isSameFile } from './same-file.ts';
import { canBeAt, continues } from './story.ts';
import { isSurely, passedAt, type Trail, type TrailFile } from './trail.ts';

/** Beginnings of generations may be alike; what is longer and ends alike is one and the same. */
const ALIKE_BYTES = 4_096;

export interface Anchor {
  kind: 'none' | 'found' | 'lost';
  /** Index of the newest file of the trail. */
  last: number | null;
  /** Index of what is unread, when nothing of it was begun. */
  next: number;
  sure: boolean;
  /** A file of the trail was found by its identity. */
  certain: boolean;
}

/** Holds a position against a chain; what it has to read of a file it reads once. */
export class PlaceSearch {
  chain: readonly ChainFile[];
  readonly #reach: LogReach;
  readonly #trail: Trail;
  readonly #matches = new Map<string, Promise<Match>>();

  constructor(reach: LogReach, listed: readonly ChainFile[], trail: Trail) {
    this.#reach = reach;
    this.#trail = trail;
    this.chain = listed;
  }

  /** Finds the trail, and with it whether what seems to be copied at this moment is a file of it. */
  async anchor(): Promise<Anchor> {
    const without = this.chain.filter(({ copyOfLive }) => !copyOfLive);
    if (without.length === this.chain.length) return this.#anchorIn();
    const anchor = await this.#anchorIn();
    const copy = this.chain.findIndex(({ copyOfLive }) => copyOfLive);
    if (anchor.last !== null && anchor.sure && anchor.last >= copy) return anchor;
    this.chain = without;
    return this.#anchorIn();
  }

  async #anchorIn(): Promise<Anchor> {
    const chain = this.chain;
    const trail = this.#trail;
    const last = trail.at(-1);
    if (!last) return { kind: 'none', last: null, next: 0, sure: true, certain: false };
    const found = (index: number, sure: boolean, certain: boolean): Anchor => ({
      kind: 'found',
      last: index,
      next: index + 1,
      sure,
      certain,
    });
    const fits = [...chain.keys()].filter((index) => continues(chain, index + 1, trail));
    const certain = chain.findLastIndex((file) => trail.some((one) => isSurely(file, one)));
    if (certain !== -1) {
      if (fits[0] !== undefined) return found(fits[0], true, true);
      // Somebody removed files out of their order.
      const later = chain.findIndex(
        (file, index) => index > certain && (!file.rotated || file.modifiedAt > last.modifiedAt),
      );
      return found(
        (later === -1 ? chain.length : later) - 1,
        isSurely(chain[certain] as ChainFile, last),
        true,
      );
    }
    const ofTime = fits.filter((index) => hasTimeOf(chain[index] as ChainFile, last));
    const { whole: timely } = await this.#agreeing(ofTime, last);
    const all = timely.length === 1 ? null : await this.#agreeing(fits, last);
    const best = all === null ? timely : all.whole.length > 0 ? all.whole : all.longer;
    const newest = best.at(-1);
    if (newest === undefined) {
      const next = chain.findIndex((file) => !file.rotated || file.modifiedAt >= last.modifiedAt);
      return {
        kind: 'lost',
        last: null,
        next: next === -1 ? chain.length : next,
        sure: false,
        certain: false,
      };
    }
    // What is short may be all that several generations have.
    const long = (last.content?.bytes ?? 0) > ALIKE_BYTES;
    const sure = best.length === 1 && (timely.length === 1 || long);
    return found(newest, sure, false);
  }

  /**
   * Finds the file of a place of which something was handed over.
   * @returns null when it is not there
   */
  async current(
    place: FilePlace,
    anchor: Anchor,
  ): Promise<{ index: number; sure: boolean; shorter: boolean } | null> {
    const chain = this.chain;
    const trail = this.#trail;
    const itself = passedAt(place);
    const certain = anchor.certain || chain.some((file) => !place.live && isSurely(file, itself));
    const counted = anchor.last !== null && anchor.sure;
    const from = counted ? anchor.next : 0;
    const possible = [...chain.keys()].filter(
      (index) =>
        (counted ? index === from : continues(chain, index, trail)) &&
        canBeAt(chain, index, place) &&
        !chain.some((file, at) => !place.live && at !== index && isSurely(file, itself)),
    );
    const agreeing = await this.#holding(possible, place);
    if (agreeing.length > 0) {
      let best = agreeing;
      const timely = best.filter((index) => hasTimeOf(chain[index] as ChainFile, place));
      if (best.length > 1 && timely.length === 1) best = timely;
      const index = best.at(-1) as number;
      const proven =
        certain ||
        timely.includes(index) ||
        (counted && from === index) ||
        !mayBeCommon(place) ||
        // Nothing was rotated before: it is the first one, unless others begin like it.
        (anchor.kind === 'none' && (await this.#holding([...chain.keys()], place)).length === 1);
      return { index, sure: best.length === 1 && proven, shorter: false };
    }
    // Something stands between that is no generation: a copy that was made and never followed by a cut.
    const behind = [...chain.keys()].filter(
      (index) => index >= from && !possible.includes(index) && canBeAt(chain, index, place),
    );
    const loose = await this.#holding(behind, place);
    if (loose.length > 0) {
      const surely = loose.find(
        (index) => chain[index]?.rotated && isSameFile(chain[index] as ChainFile, place),
      );
      const index = surely ?? (loose.at(-1) as number);
      const sure = loose.length === 1 && (certain || !mayBeCommon(place));
      return { index, sure, shorter: false };
    }
    for (const indices of [possible, behind]) {
      for (const index of indices) {
        if (chain[index]?.rotated === null || isEmpty(chain[index] as ChainFile)) continue;
        if ((await this.#match(index, place)) === 'shorter') return { index, sure: true, shorter: true };
      }
    }
    return null;
  }

  async #holding(indices: readonly number[], place: FilePlace): Promise<number[]> {
    const held: number[] = [];
    for (const index of indices) {
      const file = this.chain[index] as ChainFile;
      if (isEmpty(file) && file.rotated !== null) continue;
      if ((await this.#match(index, place)) === 'content') held.push(index);
    }
    return held;
  }

  /** @returns those of the files that have just what a file of the trail has, as far as can be known, and those that have more */
  async #agreeing(
    indices: readonly number[],
    known: TrailFile,
  ): Promise<{ whole: number[]; longer: number[] }> {
    const [whole, longer]: [number[], number[]] = [[], []];
    for (const index of indices) {
      const match = await this.#endsAt(index, known);
      const readable = known.content !== null && packingOf(this.chain[index] as ChainFile) !== 'other';
      if (match === 'whole' || (match === 'content' && !readable)) whole.push(index);
      else if (match === 'content') longer.push(index);
    }
    return { whole, longer };
  }

  /** Whether a file has just what a file of the trail has; only packing gives one another inode, and then content is all there is. */
  #endsAt(index: number, known: TrailFile): Promise<Match> {
    if (known.content === null) return Promise.resolve('content');
    const file = this.chain[index] as ChainFile;
    return this.#once(`ends ${index}`, () =>
      matchOf(
        this.#reach,
        file,
        placeBehind(known, known.content as NonNullable<typeof known.content>),
        true,
      ),
    );
  }

  #match(index: number, place: FilePlace): Promise<Match> {
    const file = this.chain[index] as ChainFile;
    return this.#once(`holds ${index}`, () => matchOf(this.#reach, file, place));
  }

  #once(key: string, ask: () => Promise<Match>): Promise<Match> {
    const known = this.#matches.get(`${this.chain.length} ${key}`);
    if (known) return known;
    const answer = ask();
    this.#matches.set(`${this.chain.length} ${key}`, answer);
    return answer;
  }
}

/** @returns whether what was read of a file may be just what other generations begin with too */
export function mayBeCommon(place: FilePlace): boolean {
  return place.offset <= ALIKE_BYTES;
}
