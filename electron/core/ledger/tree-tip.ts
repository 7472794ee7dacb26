import type { CompactRange } from './compact-range.ts';
import { HASH_BYTES, type Hash } from './hash.ts';
import { TILE_WIDTH, type TileReader } from './tree.ts';

/** Heights at which a subtree becomes one hash of the next level of tiles: 2^8 leaves are one tile. */
const TILE_HEIGHT = Math.log2(TILE_WIDTH);

/** A tile that must be written. */
export interface ChangedTile {
  level: number;
  place: number;
  /** 32 bytes for each hash; shared with the tip until it grows again. */
  hashes: Buffer;
}

/** The last tile of one level. */
interface EdgeTile {
  place: number;
  bytes: Buffer;
  count: number;
  changed: boolean;
}

/** The right edge of the stored tree: all that is needed to append. Each leaf changes one tile of each level at most. */
export class TreeTip {
  readonly range: CompactRange;
  readonly #edge: EdgeTile[];
  #full: ChangedTile[] = [];

  /**
   * @param range the tree as it is stored
   * @param edge the last tile of each level that is not full, lowest first
   */
  constructor(range: CompactRange, edge: readonly { place: number; hashes: Buffer }[]) {
    this.range = range;
    this.#edge = edge.map(({ place, hashes }) => {
      const bytes = Buffer.alloc(TILE_WIDTH * HASH_BYTES);
      return { place, bytes, count: hashes.copy(bytes) / HASH_BYTES, changed: false };
    });
  }

  append(leaf: Hash): void {
    this.#push(0, leaf);
    this.range.append(leaf, (height, root) => {
      if (height % TILE_HEIGHT === 0) this.#push(height / TILE_HEIGHT, root);
    });
  }

  /** @returns tiles that changed since this was asked the last time; the buffers are valid until the next leaf */
  takeChanged(): ChangedTile[] {
    const changed = this.#full;
    this.#full = [];
    this.#edge.forEach((tile, level) => {
      if (!tile.changed) return;
      tile.changed = false;
      changed.push({ level, place: tile.place, hashes: tile.bytes.subarray(0, tile.count * HASH_BYTES) });
    });
    return changed;
  }

  #push(level: number, hash: Hash): void {
    let tile = this.#edge[level];
    if (tile === undefined) {
      tile = { place: 0, bytes: Buffer.alloc(TILE_WIDTH * HASH_BYTES), count: 0, changed: false };
      this.#edge[level] = tile;
    }
    tile.bytes.write(hash, tile.count * HASH_BYTES, HASH_BYTES, 'latin1');
    tile.count += 1;
    tile.changed = true;
    if (tile.count < TILE_WIDTH) return;
    this.#full.push({ level, place: tile.place, hashes: tile.bytes });
    Object.assign(tile, {
      place: tile.place + 1,
      bytes: Buffer.alloc(TILE_WIDTH * HASH_BYTES),
      count: 0,
      changed: false,
    });
  }
}

/**
 * @param read tiles of a tree of `size` leaves
 * @returns the last tile of each level that is not full, lowest first, as {@link TreeTip} takes them
 */
export function edgeOf(read: TileReader, size: number): { place: number; hashes: Buffer }[] {
  const edge: { place: number; hashes: Buffer }[] = [];
  for (let [level, hashes] = [0, size]; hashes > 0; level += 1, hashes = Math.floor(hashes / TILE_WIDTH)) {
    const place = Math.floor(hashes / TILE_WIDTH);
    const count = hashes % TILE_WIDTH;
    edge.push({
      place,
      hashes: count === 0 ? Buffer.alloc(0) : read(level, place).subarray(0, count * HASH_BYTES),
    });
  }
  return edge;
}
