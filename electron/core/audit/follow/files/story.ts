import type { FilePlace } from './file-place.ts';
import { type ChainFile, packingOf } from './rotation-chain.ts';
import { type Identity, isSameFile } from './same-file.ts';
import { isSurely, mayBe, passedAt, type Trail } from './trail.ts';

/**
 * Whether rotations can have led from what was seen last to a chain, as far as identities say it. Content is not looked at.
 * @param next index of the file that comes right behind the trail; its newest file is the one before
 */
export function continues(chain: readonly ChainFile[], next: number, trail: Trail): boolean {
  for (const [at, known] of trail.entries()) {
    const expected = next - (trail.length - at);
    const file = chain[expected];
    if (file && !mayBe(file, known)) return false;
    if (chain.some((other, index) => index !== expected && isSurely(other, known))) return false;
  }
  return true;
}

/** Whether the file of a place can be at an index of the chain, as far as identities and times of birth say it. */
export function canBeAt(chain: readonly ChainFile[], index: number, place: FilePlace): boolean {
  const file = chain[index];
  if (!file) return false;
  if (!place.live) return mayBe(file, passedAt(place));
  if (file.rotated !== null && packingOf(file) === 'none' && !isSameFile(file, place)) {
    // Whatever holds the content of a file that was written to, and is not that file, was made after it.
    if (file.bornAt !== 0 && place.bornAt !== 0 && file.bornAt < place.bornAt) return false;
  }
  const onDisk = chain.some((other) => packingOf(other) === 'none' && isSameFile(other, place));
  return writtenAt(chain, index).some(
    (one) => one === 'any' || (one === 'gone' ? !onDisk : isSameFile(one, place)),
  );
}

/** An inode that was written to: one of the chain, one that was packed since, or nobody knows which. */
type Written = Identity | 'gone' | 'any';

/**
 * Goes back through the rotations. One by renaming gives the file that was written to its rotated name; one by copying lets it stay,
 * and makes the rotated file anew. Of a packed file it is not known.
 * @returns the inodes that may have been written to when the generation of that file was
 */
function writtenAt(chain: readonly ChainFile[], index: number): Written[] {
  const last = chain.at(-1);
  let states: Written[] = last?.rotated === null ? [last] : ['any'];
  for (const file of chain.slice(index, last?.rotated === null ? -1 : undefined).reverse()) {
    const earlier = new Map<string, Written>();
    const add = (one: Written) =>
      earlier.set(typeof one === 'string' ? one : `${one.device}:${one.inode}:${one.bornAt}`, one);
    for (const state of states) {
      const packed = packingOf(file) !== 'none';
      const order = packed || typeof state === 'string' ? 0 : ageOf(file, state);
      if (order >= 0) add(state);
      if (order <= 0) add(packed ? 'gone' : file);
    }
    states = [...earlier.values()];
  }
  return states;
}

/** @returns positive when the first was born later; 0 when that is not known */
function ageOf(one: Identity, other: Identity): number {
  return one.bornAt === 0 || other.bornAt === 0 ? 0 : one.bornAt - other.bornAt;
}
