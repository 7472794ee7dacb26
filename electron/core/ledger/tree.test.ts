import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompactRange } from './compact-range.ts';
import { EMPTY_ROOT, type Hash, leafHash, leafHashInPlace } from './hash.ts';
import { extendsTree, includes } from './proof-check.ts';
import { MemoryTiles } from './testing/memory-tiles.ts';
import { slowConsistency, slowInclusion, slowRoot } from './testing/twin.ts';
import { consistencyPath, inclusionPath, rangeAt, rootAt } from './tree.ts';

const hex = (value: Hash): string => Buffer.from(value, 'latin1').toString('hex');
const raw = (value: Uint8Array): Hash => Buffer.from(value).toString('latin1');

/**
 * The eight leaves and the values for them with which Certificate Transparency's own tests have always been run
 * (google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc; transparency-dev/merkle, proof_test.go).
 */
const KNOWN_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((text) => Buffer.from(text, 'hex'));
const KNOWN_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

function treeOf(leaves: readonly Buffer[]): MemoryTiles {
  const tiles = new MemoryTiles();
  for (const leaf of leaves) {
    tiles.append(leafHashInPlace(Buffer.concat([Buffer.from([9]), leaf]), 1, leaf.length + 1));
  }
  return tiles;
}

describe('values that are known from Certificate Transparency', () => {
  const tiles = treeOf(KNOWN_LEAVES);

  it('roots of 0 to 8 leaves', () => {
    expect(hex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(rootAt(tiles.read, 0)).toBe(EMPTY_ROOT);
    expect(KNOWN_ROOTS.map((_, index) => hex(rootAt(tiles.read, index + 1)))).toEqual(KNOWN_ROOTS);
  });

  it('inclusion of leaves 0 and 5 in 8', () => {
    expect(inclusionPath(tiles.read, 0, 8).map(hex)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    expect(inclusionPath(tiles.read, 5, 8).map(hex)).toEqual([
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
  });

  it('consistency of 2 and 6 with 8', () => {
    expect(consistencyPath(tiles.read, 2, 8).map(hex)).toEqual([
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    expect(consistencyPath(tiles.read, 6, 8).map(hex)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
  });
});

describe('beside the twin that follows the RFC word for word', { timeout: 60_000 }, () => {
  const leaves = Array.from({ length: 300 }, (_, index) => Buffer.from(`leaf ${index}`));
  const tiles = treeOf(leaves);
  const leafOf = (index: number): Hash => leafHash(`leaf ${index}`);

  /** Numbers from 1 to `size` that are at the edges of subtrees and tiles, and one in the middle. */
  const edges = (size: number): number[] =>
    [1, 2, 3, 8, 127, 128, 129, 255, 256, 257, size >> 1, size - 1, size].filter((entry) => entry <= size);

  it('has the same root at every size from 0 to 300, read from tiles and grown', () => {
    const grown = new CompactRange();
    for (let size = 0; size <= 300; size += 1) {
      const expected = raw(slowRoot(leaves.slice(0, size)));
      expect(rootAt(tiles.read, size)).toBe(expected);
      expect(grown.root()).toBe(expected);
      expect(rangeAt(tiles.read, size).root()).toBe(expected);
      if (size < 300) grown.append(leafOf(size));
    }
  });

  it('gives the same inclusion proofs at every size, each of which holds and no other', () => {
    for (let size = 1; size <= 300; size += 1) {
      const root = rootAt(tiles.read, size);
      const indexes = size <= 40 ? [...Array(size).keys()] : edges(size).map((entry) => entry - 1);
      for (const index of indexes) {
        const path = inclusionPath(tiles.read, index, size);
        if (size <= 40 || size % 37 === 0 || (size > 254 && size < 260)) {
          expect(path).toEqual(slowInclusion(index, leaves.slice(0, size)).map(raw));
        }
        expect(includes(leafOf(index), index, size, path, root)).toBe(true);
        expect(includes(leafOf(index + 1), index, size, path, root)).toBe(false);
        expect(includes(leafOf(index), index, size, [...path, root], root)).toBe(false);
        expect(includes(leafOf(index), size, size, path, root)).toBe(false);
        if (path.length > 0) {
          expect(includes(leafOf(index), index, size, path.slice(1), root)).toBe(false);
          expect(includes(leafOf(index), index ^ 1, size, path, root)).toBe(false);
        }
      }
    }
  });

  it('gives the same consistency proofs at every size, each of which holds and no other', () => {
    const roots = Array.from({ length: 301 }, (_, size) => rootAt(tiles.read, size));
    for (let second = 1; second <= 300; second += 1) {
      const firsts = second <= 40 ? [...Array(second).keys()].map((entry) => entry + 1) : edges(second);
      for (const first of firsts) {
        const path = consistencyPath(tiles.read, first, second);
        if (second <= 24 || second % 37 === 0 || (second > 254 && second < 260)) {
          expect(path).toEqual(slowConsistency(first, leaves.slice(0, second)).map(raw));
        }
        const [a = '', b = ''] = [roots[first], roots[second]];
        expect(extendsTree(first, a, second, b, path)).toBe(true);
        if (first < second) {
          expect(extendsTree(first, b, second, b, path)).toBe(false);
          expect(extendsTree(first, a, second, a, path)).toBe(false);
          expect(extendsTree(first, a, second, b, path.slice(0, -1))).toBe(false);
          expect(extendsTree(first, a, second, b, [...path, a])).toBe(false);
        }
      }
    }
  });

  it('holds for trees of several levels of tiles', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70_000 }), fc.nat(), fc.nat(), (size, one, two) => {
        const big = bigTree();
        const root = rootAt(big.read, size);
        expect(rangeAt(big.read, size).root()).toBe(root);
        const index = one % size;
        expect(includes(leafOf(index % 300), index, size, inclusionPath(big.read, index, size), root)).toBe(
          true,
        );
        const first = 1 + (two % size);
        const path = consistencyPath(big.read, first, size);
        expect(extendsTree(first, rootAt(big.read, first), size, root, path)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  let big: MemoryTiles | null = null;
  function bigTree(): MemoryTiles {
    if (big === null) {
      big = new MemoryTiles();
      for (let index = 0; index < 70_000; index += 1) big.append(leafOf(index % 300));
    }
    return big;
  }
});

it('refuses proofs that cannot be', () => {
  const tiles = treeOf(KNOWN_LEAVES);
  expect(() => inclusionPath(tiles.read, 8, 8)).toThrow(RangeError);
  expect(() => inclusionPath(tiles.read, -1, 8)).toThrow(RangeError);
  expect(() => consistencyPath(tiles.read, 0, 8)).toThrow(RangeError);
  expect(() => consistencyPath(tiles.read, 9, 8)).toThrow(RangeError);
  expect(extendsTree(0, EMPTY_ROOT, 8, EMPTY_ROOT, [])).toBe(false);
  expect(includes('', 0, 0, [], EMPTY_ROOT)).toBe(false);
});
