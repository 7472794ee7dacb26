import { fold } from '../match/fold.ts';

const NOTHING: readonly number[] = [];

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
  readonly #width: number;
  /** For each state and class: where the row of the next state begins; its bits turned round (below zero) when patterns end there. */
  readonly #moves: Int32Array;
  /** For each state, the values of all patterns that end there. */
  readonly #found: readonly (readonly number[])[];

  /** @param patterns texts, folded and not empty, and the numbers that each of them stands for */
  constructor(patterns: ReadonlyMap<string, readonly number[]>) {
    let classes = 0;
    for (const pattern of patterns.keys())
      for (let at = 0; at < pattern.length; at += 1) {
        const unit = pattern.charCodeAt(at);
        if (unit < 128 ? this.#classes[unit] !== 0 : this.#wide.has(unit)) continue;
        // Letters beyond the 255th share its class: that finds too much, which is looked at again, and never too little.
        if (classes < 255) classes += 1;
        if (unit < 128) this.#classes[unit] = classes;
        else this.#wide.set(unit, classes);
      }
    for (let unit = 65; unit <= 90; unit += 1) this.#classes[unit] = this.#classes[unit + 32] ?? 0;
    this.#width = classes + 1;
    const { moves, ends } = this.#trie(patterns);
    const found = this.#link(moves, ends);
    this.#moves = Int32Array.from(moves, (state) => {
      const row = state * this.#width;
      return (found[state] ?? NOTHING).length > 0 ? ~row : row;
    });
    this.#found = found;
  }

  #classOf(unit: number): number {
    return unit < 128 ? (this.#classes[unit] ?? 0) : (this.#wide.get(unit) ?? 0);
  }

  #trie(patterns: ReadonlyMap<string, readonly number[]>): { moves: number[]; ends: (readonly number[])[] } {
    const moves: number[] = new Array<number>(this.#width).fill(0);
    const ends: (readonly number[])[] = [NOTHING];
    for (const [pattern, values] of patterns) {
      let state = 0;
      for (let at = 0; at < pattern.length; at += 1) {
        const move = state * this.#width + this.#classOf(pattern.charCodeAt(at));
        if (moves[move] === 0) {
          moves[move] = ends.length;
          ends.push(NOTHING);
          for (let column = 0; column < this.#width; column += 1) moves.push(0);
        }
        state = moves[move] ?? 0;
      }
      // Letters that share a class make one of several patterns.
      const others = ends[state] ?? NOTHING;
      ends[state] = others.length === 0 ? values : [...new Set([...others, ...values])];
    }
    return { moves, ends };
  }

  /** Breadth first: where a state has no move of its own, it moves as the longest other state that it ends with. */
  #link(moves: number[], ends: readonly (readonly number[])[]): (readonly number[])[] {
    const found = [...ends];
    const fail = new Int32Array(ends.length);
    const queue: number[] = [];
    for (let column = 0; column < this.#width; column += 1) {
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
      for (let column = 0; column < this.#width; column += 1) {
        const move = state * this.#width + column;
        const next = moves[move] ?? 0;
        const otherwise = moves[shorter * this.#width + column] ?? 0;
        if (next === 0) moves[move] = otherwise;
        else {
          fail[next] = otherwise;
          queue.push(next);
        }
      }
    }
    return found;
  }

  /** Number of states, for measuring. */
  get states(): number {
    return this.#found.length;
  }

  /** Calls `take` with the numbers of the patterns found; the same ones may be taken several times. */
  scan(text: string, take: Take): void {
    const moves = this.#moves;
    const classes = this.#classes;
    let state = 0;
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit >= 128) {
        this.#scanFolded(fold(text), take);
        return;
      }
      state = moves[state + (classes[unit] as number)] as number;
      if (state < 0) {
        state = ~state;
        take(this.#found[state / this.#width] as readonly number[]);
      }
    }
  }

  #scanFolded(text: string, take: Take): void {
    let state = 0;
    for (let at = 0; at < text.length; at += 1) {
      state = this.#moves[state + this.#classOf(text.charCodeAt(at))] ?? 0;
      if (state < 0) {
        state = ~state;
        take(this.#found[state / this.#width] ?? NOTHING);
      }
    }
  }
}
