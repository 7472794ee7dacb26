import { CompactRange } from './compact-range.ts';
import { EMPTY_ROOT, type Hash, nodeHash, subtreeRoot } from './hash.ts';

/** Hashes in one tile (c2sp.org/tlog-tiles). */
export const TILE_WIDTH = 256;
/** Levels of the tree that one level of tiles spans. */
const TILE_HEIGHT = 8;

/**
 * Reads a tile: up to {@link TILE_WIDTH} hashes of 32 bytes. Level 0 are leaf hashes; a hash of level L is the root over
 * 256^L leaves.
 * @throws when there is no such tile
 */
export type TileReader = (level: number, place: number) => Buffer;

/** The largest power of two below `size`, which is at least 2. */
function split(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** MTH(D[from:from+2^height]) out of one tile; `from` is a multiple of 2^height. */
function completeSubtree(read: TileReader, from: number, height: number): Hash {
  const level = Math.floor(height / TILE_HEIGHT);
  const count = 2 ** (height % TILE_HEIGHT);
  const index = from / 2 ** (TILE_HEIGHT * level);
  return subtreeRoot(read(level, Math.floor(index / TILE_WIDTH)), index % TILE_WIDTH, count);
}

/**
 * MTH(D[from:to]) (RFC 9162, section 2.1.1), for ranges as the proofs of the RFC ask for them: those that begin at a
 * multiple of the largest power of two in them.
 */
function rangeRoot(read: TileReader, from: number, to: number): Hash {
  const size = to - from;
  const height = Math.log2(size);
  if (Number.isInteger(height)) return completeSubtree(read, from, height);
  const middle = from + split(size);
  return nodeHash(rangeRoot(read, from, middle), rangeRoot(read, middle, to));
}

/** Root of the tree of the first `size` leaves. Reads at most one tile a level and takes O(log size) subtrees. */
export function rootAt(read: TileReader, size: number): Hash {
  return size === 0 ? EMPTY_ROOT : rangeRoot(read, 0, size);
}

/** The tree of the first `size` leaves, ready to grow. */
export function rangeAt(read: TileReader, size: number): CompactRange {
  const peaks: Hash[] = [];
  for (let from = 0; from < size; ) {
    const count = size - from === 1 ? 1 : 2 ** Math.floor(Math.log2(size - from));
    peaks.push(completeSubtree(read, from, Math.log2(count)));
    from += count;
  }
  return new CompactRange(size, peaks);
}

/**
 * Inclusion proof PATH(index, D[0:size]) (RFC 9162, section 2.1.3.1).
 * @param index from 0, below `size`
 * @returns hashes from the sibling of the leaf up to a child of the root
 */
export function inclusionPath(read: TileReader, index: number, size: number): Hash[] {
  requireOrder(index + 1, size);
  const path: Hash[] = [];
  const walk = (from: number, to: number): void => {
    if (to - from === 1) return;
    const middle = from + split(to - from);
    if (index < middle) {
      walk(from, middle);
      path.push(rangeRoot(read, middle, to));
    } else {
      walk(middle, to);
      path.push(rangeRoot(read, from, middle));
    }
  };
  walk(0, size);
  return path;
}

/**
 * Consistency proof PROOF(first, D[0:second]) (RFC 9162, section 2.1.4.1): the tree of `second` leaves begins with the one
 * of `first`.
 * @param first at least 1; with `first` equal to `second` the proof is empty
 */
export function consistencyPath(read: TileReader, first: number, second: number): Hash[] {
  requireOrder(first, second);
  const path: Hash[] = [];
  const walk = (from: number, to: number, whole: boolean): void => {
    if (first === to) {
      if (!whole) path.push(rangeRoot(read, from, to));
      return;
    }
    const middle = from + split(to - from);
    if (first <= middle) {
      walk(from, middle, whole);
      path.push(rangeRoot(read, middle, to));
    } else {
      walk(middle, to, false);
      path.push(rangeRoot(read, from, middle));
    }
  };
  walk(0, second, true);
  return path;
}

function requireOrder(first: number, second: number): void {
  if (Number.isSafeInteger(first) && Number.isSafeInteger(second) && first >= 1 && first <= second) return;
  throw new RangeError(`There is no proof from ${first} to ${second}`);
}
