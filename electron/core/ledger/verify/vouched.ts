import { CompactRange } from '../compact-range.ts';
import { type Hash, nodeHash } from '../hash.ts';
import { TILE_WIDTH } from '../tree.ts';
import type { Recomputed } from './recompute.ts';
import { type LedgerSource, StoredHashes } from './stored-hashes.ts';

/** How far the events at hand are the ones that a signed root stands for. */
export interface Vouching {
  /**
   * @param size of the tree that was signed; one of those that were asked for when hashes were made anew
   * @param root as it was signed
   * @returns the events from the first one on that this root vouches for: all `size` of them when nothing was changed, else
   *   those before the first one that was, as exactly as the stored hashes allow; 0 when they say nothing
   */
  upTo(size: number, root: Hash): Promise<number>;
}

/** @param missing the first event whose text is gone without a word of the ledger; null when there is none */
export function vouching(source: LedgerSource, made: Recomputed, missing: number | null): Vouching {
  const wrong = [...made.different, ...(missing === null ? [] : [missing])].sort((a, b) => a - b);
  const firstWrongIn = (after: number, end: number): number | null =>
    wrong.find((number) => number > after && number <= end) ?? null;

  /** Root of the stored hashes of whole tiles, and of stored leaf hashes after them; with all those of whole tiles. */
  async function fromBlocks(size: number): Promise<{ root: Hash | null; blocks: (Hash | null)[] }> {
    const count = Math.floor(size / TILE_WIDTH);
    const upper = new StoredHashes(source, 1);
    await upper.ready(0, count);
    const blocks = Array.from({ length: count }, (_, place) => upper.at(place));
    const [whole, rest] = [new CompactRange(), new CompactRange()];
    for (const [place, block] of blocks.entries()) {
      const hash = block ?? made.leafBlocks[place];
      if (hash !== undefined) whole.append(hash);
    }
    const leaves = new StoredHashes(source, 0);
    await leaves.ready(count * TILE_WIDTH, size);
    for (let index = count * TILE_WIDTH; index < size; index += 1) {
      const hash = leaves.at(index);
      if (hash === null) return { root: null, blocks };
      rest.append(hash);
    }
    const root = rest.size === 0 ? whole.root() : count === 0 ? rest.root() : joined(whole, rest);
    return { root, blocks };
  }

  return {
    async upTo(size, root) {
      const roots = made.roots.get(size);
      if (roots === undefined) return 0;
      if (roots.texts === root) {
        // Where a text is gone its stored hash stood in for it.
        return missing !== null && missing <= size ? missing - 1 : size;
      }
      if (roots.leaves === root) return (firstWrongIn(0, size) ?? size + 1) - 1;
      const { root: upper, blocks } = await fromBlocks(size);
      if (upper !== root) return 0;
      const bad = blocks.findIndex((block, place) => block !== made.textBlocks[place]);
      const before = (bad < 0 ? blocks.length : bad) * TILE_WIDTH;
      // Within a tile whose leaf hashes still lead to its hash, the first text that is another one is the one.
      const exact = bad < 0 || made.leafBlocks[bad] === blocks[bad];
      const first = exact ? firstWrongIn(before, Math.min(size, before + TILE_WIDTH)) : null;
      return first === null ? before : first - 1;
    },
  };
}

/** Root of a tree of whole tiles and of what is left over: the peaks of the right part are folded into those of the left. */
function joined(whole: CompactRange, rest: CompactRange): Hash {
  return whole.peaks().reduceRight((right, left) => nodeHash(left, right), rest.root());
}
