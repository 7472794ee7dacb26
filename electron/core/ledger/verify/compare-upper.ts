import type { VerificationProblem } from '#shared/contract/activity.ts';
import { CompactRange } from '../compact-range.ts';
import type { Hash } from '../hash.ts';
import { TILE_WIDTH } from '../tree.ts';
import type { Recomputed } from './recompute.ts';
import { type LedgerSource, StoredHashes } from './stored-hashes.ts';

/** Hashes that are asked for at once. */
const AT_ONCE = 4_096;

/**
 * Compares the stored hashes above the leaves with those made from the stored leaf hashes: each level is held to the one
 * below it, so that one wrong hash is one problem.
 */
export async function compareUpper(source: LedgerSource, made: Recomputed): Promise<VerificationProblem[]> {
  const problems: VerificationProblem[] = [];
  let [expected, others, span]: [readonly Hash[], readonly Hash[], number] = [
    made.leafBlocks,
    made.textBlocks,
    TILE_WIDTH,
  ];
  for (let level = 1; expected.length > 0; level += 1) {
    const stored = new StoredHashes(source, level);
    for (let index = 0; index < expected.length; index += 1) {
      if (index % AT_ONCE === 0) await stored.ready(index, Math.min(expected.length, index + AT_ONCE));
      const hash = stored.at(index);
      if (hash !== null && (hash === expected[index] || hash === others[index])) continue;
      const [first, last] = [index * span + 1, (index + 1) * span];
      problems.push({
        code: hash === null ? 'hash-missing' : 'hash-changed',
        event: first,
        message: `A stored hash over the events ${first} to ${last} is ${hash === null ? 'gone' : 'another one than it was'}.`,
      });
    }
    [expected, others, span] = [above(expected), above(others), span * TILE_WIDTH];
  }
  return problems;
}

/** Roots over whole tiles of hashes. */
function above(hashes: readonly Hash[]): Hash[] {
  const roots: Hash[] = [];
  for (let place = 0; (place + 1) * TILE_WIDTH <= hashes.length; place += 1) {
    const range = new CompactRange();
    for (const hash of hashes.slice(place * TILE_WIDTH, (place + 1) * TILE_WIDTH)) range.append(hash);
    roots.push(range.root());
  }
  return roots;
}
