import { mkdtempSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { torture } from '../testing/torture.ts';

/** `FOLLOW_KILLS=1000` for the long run; `FOLLOW_SEED` repeats the writer's and rotator's choices of one. */
const KILLS = Number(process.env.FOLLOW_KILLS ?? 20);
const SEED = Number(process.env.FOLLOW_SEED ?? Date.now() % 1_000_000);

it(
  `loses and doubles nothing over ${KILLS} kills and all rotations, and tells every gap (seed ${SEED})`,
  async () => {
    const folder = mkdtempSync('/tmp/swarmkeep-torture-');
    try {
      const result = await torture({ folder, kills: KILLS, seed: SEED });
      if (process.env.FOLLOW_KILLS) process.stdout.write(`${JSON.stringify(result)}\n`);
      expect(result).toMatchObject({ lost: [], doubled: [], strange: [], untold: 0, otherGaps: [] });
      expect(result.told).toBeGreaterThanOrEqual(result.copies);
      expect(result.written).toBeGreaterThan(KILLS * 20);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  60_000 + KILLS * 5_000,
);
