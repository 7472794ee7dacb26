import { CompactRange } from '../compact-range.ts';
import type { Hash } from '../hash.ts';
import { TreeTip } from '../tree-tip.ts';

/** Tiles in memory, for tests of the tree. */
export class MemoryTiles {
  readonly tiles = new Map<string, Buffer>();
  readonly #tip = new TreeTip(new CompactRange(), []);

  readonly read = (level: number, place: number): Buffer => {
    const tile = this.tiles.get(`${level}/${place}`);
    if (tile === undefined) throw new Error(`There is no tile ${level}/${place}`);
    return tile;
  };

  append(leaf: Hash): void {
    this.#tip.append(leaf);
    for (const { level, place, hashes } of this.#tip.takeChanged())
      this.tiles.set(`${level}/${place}`, Buffer.from(hashes));
  }
}
