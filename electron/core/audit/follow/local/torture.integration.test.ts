import { mkdtempSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { torture } from '../testing/torture.ts';
import { COPYING, RENAMING } from '../testing/torture-writer.ts';

/** `FOLLOW_KILLS=1000` for the long run; `FOLLOW_SEED` repeats the writer's and rotator's choices of one. */
const KILLS = Number(process.env.FOLLOW_KILLS ?? 15);
const SEED = Number(process.env.FOLLOW_SEED ?? Date.now() % 1_000_000);

it.for<[string, readonly string[]]>([
  ['renames', RENAMING],
  ['copies and cuts', COPYING],
  ['does now this, now that', [...RENAMING, ...COPYING]],
])(
  `loses and doubles nothing when killed at any time, with a rotation that %s (seed ${SEED})`,
  { timeout: 60_000 + KILLS * 2_000 },
  async ([, modes]) => {
    const folder = mkdtempSync('/tmp/swarmkeep-torture-');
    try {
      const kills = Math.ceil(KILLS / 3);
      const result = await torture({ folder, kills, seed: SEED, modes });
      if (process.env.FOLLOW_KILLS) process.stdout.write(`${JSON.stringify(result)}\n`);
      expect(result).toMatchObject({ lost: [], doubled: [], strange: [], untold: 0, otherGaps: [] });
      if (modes === COPYING) expect(result.told).toBeGreaterThanOrEqual(result.copies);
      if (modes !== RENAMING) expect(result.copies).toBeGreaterThan(0);
      else expect(result.told).toBe(0);
      expect(result.written).toBeGreaterThan(kills * 20);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
