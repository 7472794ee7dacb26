import { fold } from '../match/fold.ts';

const NOTHING: readonly number[] = [];

/** Columns of a row: a class of characters each, the first one for all that are in no pattern. */
const SHIFT = 6;
const WIDTH = 1 << SHIFT;

/** Five bits of each of three characters; a letter has the same ones in either case. */
const THREE = 0x7fff;

function beginsOf(patterns: Iterable<string>): Uint32Array | null {
  const bits = new Uint32Array((THREE + 1) / 32);
  for (const pattern of patterns) {
    if (pattern.length < 3) return null;
    let three = 0;
    for (let at = 0; at < 3; at += 1) three = ((three << 5) | (pattern.charCodeAt(at) & 31)) & THREE;
    bits[three >>> 5] = (bits[three >>> 5] as number) | (1 << (three & 31));
  }
  return bits;
}

/**
 * Most texts have nothing that any pattern begins with. To see that takes no table that does not lie at hand.
 * @returns the first place at which a pattern can begin; -1 when there is none, 0 when the text is not ASCII
 */
function firstBegin(text: string, bits: Uint32Array): number {
  let three = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 128) return 0;
    three = ((three << 5) | (unit & 31)) & THREE;
    if (at > 1 && ((bits[three >>> 5] as number) >>> (three & 31)) & 1) return at - 2;
  }
  return -1;
}

/** Takes the numbers that a pattern stands for. */
export type Take = (values: readonly number[]) => unknown;

/**
 * Finds many texts in one pass (A. Aho, M. Corasick: Efficient string matching, 1975), without regard to case. The failure links are
 * worked into the moves, so that each character is one step. Letters A–Z take the same step as a–z; a text with anything beyond ASCII is
 * folded first, as the patterns were.
 */
export class AhoCorasick {
  readonly #classes = new Uint8Array(128);
  /** Classes of characters beyond ASCII. */
  readonly #wide = new Map<number, number>();
  /** For each state a row with the next one for each class. Few bytes: a row that is not at hand costs more than all else. */
  readonly #moves: Uint16Array | Uint32Array;
  /** States from this one on are those where patterns end; all are numbered from the shortest texts on, so that rows that are met often lie together. */
  readonly #ending: number;
  /** For each of these, the values of all patterns that end there. */
  readonly #found: readonly (readonly number[])[];

  /** One bit for each three characters that a pattern begins with; null when there are shorter ones. */
  readonly #begins: Uint32Array | null;

  /** @param patterns texts, folded and not empty, and the numbers that each of them stands for */
  constructor(patterns: ReadonlyMap<string, readonly number[]>) {
    this.#begins = beginsOf(patterns.keys());
    this.#classify(patterns.keys());
    const { moves, ends } = this.#trie(patterns);
    const { found, queue } = this.#link(moves, ends);
    const hasEnd = (state: number): boolean => (found[state] ?? NOTHING).length > 0;
    const silent = [0, ...queue].filter((state) => !hasEnd(state));
    const ending = queue.filter(hasEnd);
    const order = [...silent, ...ending];
    const numbers = new Uint32Array(order.length);
    order.forEach((state, number) => {
      numbers[state] = number;
    });
    this.#moves = new (order.length > 0xffff ? Uint32Array : Uint16Array)(order.length * WIDTH);
    order.forEach((state, number) => {
      for (let column = 0; column < WIDTH; column += 1)
        this.#moves[number * WIDTH + column] = numbers[moves[state * WIDTH + column] ?? 0] ?? 0;
    });
    this.#ending = silent.length;
    this.#found = ending.map((state) => found[state] ?? NOTHING);
  }

  /** The characters that patterns have most get a class of their own. The others share one: that finds too much, which is looked at again, and never too little. */
  #classify(patterns: Iterable<string>): void {
    const counts = new Map<number, number>();
    for (const pattern of patterns)
      for (let at = 0; at < pattern.length; at += 1) {
        const unit = pattern.charCodeAt(at);
        counts.set(unit, (counts.get(unit) ?? 0) + 1);
      }
    const units = [...counts].sort(([, one], [, other]) => other - one).map(([unit]) => unit);
    units.forEach((unit, index) => {
      const own = Math.min(index + 1, WIDTH - 1);
      if (unit < 128) this.#classes[unit] = own;
      else this.#wide.set(unit, own);
    });
    for (let unit = 65; unit <= 90; unit += 1) this.#classes[unit] = this.#classes[unit + 32] ?? 0;
  }

  #classOf(unit: number): number {
    return unit < 128 ? (this.#classes[unit] ?? 0) : (this.#wide.get(unit) ?? 0);
  }

  #trie(patterns: ReadonlyMap<string, readonly number[]>): { moves: number[]; ends: (readonly number[])[] } {
    const moves: number[] = new Array<number>(WIDTH).fill(0);
    const ends: (readonly number[])[] = [NOTHING];
    for (const [pattern, values] of patterns) {
      let state = 0;
      for (let at = 0; at < pattern.length; at += 1) {
        const move = state * WIDTH + this.#classOf(pattern.charCodeAt(at));
        if (moves[move] === 0) {
          moves[move] = ends.length;
          ends.push(NOTHING);
          for (let column = 0; column < WIDTH; column += 1) moves.push(0);
        }
        state = moves[move] ?? 0;
      }
      // Letters that share a class make one of several patterns.
      const others = ends[state] ?? NOTHING;
      ends[state] = others.length === 0 ? values : [...new Set([...others, ...values])];
    }
    return { moves, ends };
  }

  /**
   * Breadth first: where a state has no move of its own, it moves as the longest other state that it ends with.
   * @returns what is found in each state, and all states but the first in that order
   */
  #link(
    moves: number[],
    ends: readonly (readonly number[])[],
  ): { found: (readonly number[])[]; queue: number[] } {
    const found = [...ends];
    const fail = new Int32Array(ends.length);
    const queue: number[] = [];
    for (let column = 0; column < WIDTH; column += 1) {
      const state = moves[column] ?? 0;
      if (state !== 0) queue.push(state);
    }
    for (let head = 0; head < queue.length; head += 1) {
      const state = queue[head] ?? 0;
      const shorter = fail[state] ?? 0;
      const also = found[shorter] ?? NOTHING;
      if (also.length > 0) {
        const own = found[state] ?? NOTHING;
        found[state] = own.length === 0 ? also : [...new Set([...own, ...also])];
      }
      for (let column = 0; column < WIDTH; column += 1) {
        const move = state * WIDTH + column;
        const next = moves[move] ?? 0;
        const otherwise = moves[shorter * WIDTH + column] ?? 0;
        if (next === 0) moves[move] = otherwise;
        else {
          fail[next] = otherwise;
          queue.push(next);
        }
      }
    }
    return { found, queue };
  }

  /** Number of states, for measuring. */
  get states(): number {
    return this.#moves.length / WIDTH;
  }

  /** Calls `take` with the numbers of the patterns found; the same ones may be taken several times. */
  scan(text: string, take: Take): void {
    const from = this.#begins === null ? 0 : firstBegin(text, this.#begins);
    if (from < 0) return;
    const moves = this.#moves;
    const classes = this.#classes;
    const ending = this.#ending;
    let state = 0;
    for (let at = from; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit >= 128) {
        this.#scanFolded(fold(text), take);
        return;
      }
      state = moves[(state << SHIFT) | (classes[unit] as number)] as number;
      if (state >= ending) take(this.#found[state - ending] as readonly number[]);
    }
  }

  #scanFolded(text: string, take: Take): void {
    let state = 0;
    for (let at = 0; at < text.length; at += 1) {
      state = this.#moves[state * WIDTH + this.#classOf(text.charCodeAt(at))] ?? 0;
      if (state >= this.#ending) take(this.#found[state - this.#ending] ?? NOTHING);
    }
  }
}
