import { mkdtempSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { torture } from '../testing/torture.ts';
import { COPYING, RENAMING } from '../testing/torture-writer.ts';

/** `FOLLOW_KILLS=1000` for the long run, `FOLLOW_MINUTES` where it must end; `FOLLOW_SEED` repeats the choices of one. */
const KILLS = Number(process.env.FOLLOW_KILLS ?? 15);
const MINUTES = Number(process.env.FOLLOW_MINUTES ?? 240);
const SEED = Number(process.env.FOLLOW_SEED ?? Date.now() % 1_000_000);

it.for<[string, readonly string[]]>([
  ['renames', RENAMING],
  ['copies and cuts', COPYING],
  ['does now this, now that', [...RENAMING, ...COPYING]],
])(
  `loses and doubles nothing when killed at any time, with a rotation that %s (seed ${SEED})`,
  { timeout: 60_000 + KILLS * 10_000 },
  async ([, modes]) => {
    const folder = mkdtempSync('/tmp/swarmkeep-torture-');
    try {
      const kills = Math.ceil(KILLS / 3);
      const until = performance.now() + (MINUTES / 3) * 60_000;
      const result = await torture({ folder, kills, seed: SEED, modes, until });
      if (process.env.FOLLOW_KILLS) process.stdout.write(`${JSON.stringify(result)}\n`);
      expect(result).toMatchObject({ lost: [], doubled: [], strange: [], untold: 0, otherGaps: [] });
      if (modes === COPYING) expect(result.told).toBeGreaterThanOrEqual(result.copies);
      if (modes !== RENAMING) expect(result.copies).toBeGreaterThan(0);
      else expect(result.told).toBe(0);
      expect(result.written).toBeGreaterThan(result.kills * 20);
      expect(result.kills).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
