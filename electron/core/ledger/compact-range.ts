import { EMPTY_ROOT, type Hash, nodeHash } from './hash.ts';

/**
 * A tree that grows at its right side and remembers only the roots of its complete subtrees, one for each bit of its size,
 * largest first. Appending takes one node hash on average, the root as many as there are bits.
 * Sizes up to 2^53: no bit operators, which end at 2^31.
 */
export class CompactRange {
  #size: number;
  readonly #peaks: Hash[];

  /** @param peaks roots of the complete subtrees of a tree of `size` leaves, largest first */
  constructor(size = 0, peaks: readonly Hash[] = []) {
    this.#size = size;
    this.#peaks = [...peaks];
  }

  get size(): number {
    return this.#size;
  }

  /** @returns roots of the complete subtrees, largest first */
  peaks(): readonly Hash[] {
    return this.#peaks;
  }

  /** @returns a tree like this one that grows apart from it */
  copy(): CompactRange {
    return new CompactRange(this.#size, this.#peaks);
  }

  /**
   * @param leaf hash of the next leaf
   * @param completed told every subtree that this leaf completes, from height 1 on
   */
  append(leaf: Hash, completed?: (height: number, root: Hash) => void): void {
    let root = leaf;
    let height = 0;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      root = nodeHash(this.#peaks.pop() as Hash, root);
      height += 1;
      completed?.(height, root);
    }
    this.#peaks.push(root);
    this.#size += 1;
  }

  /** The Merkle tree hash of all leaves (RFC 9162, section 2.1.1). */
  root(): Hash {
    return (
      this.#peaks.reduceRight<Hash | null>(
        (right, left) => (right === null ? left : nodeHash(left, right)),
        null,
      ) ?? EMPTY_ROOT
    );
  }
}
