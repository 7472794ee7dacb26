import { z } from 'zod';
import type { FollowedBatch, Follower } from '../follow/follower.ts';

const position = z.object({ next: z.int() });

/** A double of a follower: gives numbered lines without end, in batches of changing size, and goes on from a position. */
export function endlessFollower(stored: unknown): Follower {
  const read = position.safeParse(stored);
  let next = read.success ? read.data.next : 0;
  let open = true;
  return {
    async next(): Promise<FollowedBatch | null> {
      if (!open) return null;
      // Small ones, and some that are packed by a second thread.
      const count = (((next * 7) % 391) + 1) * (next % 4 === 0 ? 4 : 1);
      const lines = Array.from({ length: count }, (_, index) => ({ text: lineOf(next + index), cut: null }));
      next += count;
      return { path: '/endless', lines, receivedAt: Date.now(), gaps: [], position: { next } };
    },
    status: () => ({ state: 'live', trouble: '', lagBytes: null, owner: null }),
    async close() {
      open = false;
    },
  };
}

/** @returns the line with a number, from 0 on */
export const lineOf = (number: number): string =>
  `level=info user=minotaur line=${number} msg="round ${number % 97}"`;
