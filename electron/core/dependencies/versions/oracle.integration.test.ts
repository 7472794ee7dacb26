import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { PACKAGING_ORACLE, randomPair, seeded } from './testing/random-versions.ts';
import { isPep440, versionKey } from './version-key.ts';

const PYTHON = '/usr/bin/python3';

it("stands as Debian's python3-packaging orders it, over 10,000 random pairs", (context) => {
  const there = spawnSync(PYTHON, ['-Ic', 'import packaging.version'], { encoding: 'utf8' });
  if (there.status !== 0) context.skip('python3-packaging is not installed');
  const random = seeded(Date.now());
  const pairs = Array.from({ length: 10_000 }, () => randomPair(random, 0.02));
  const input = pairs.map((pair) => JSON.stringify(pair)).join('\n');
  const { stdout } = spawnSync(PYTHON, ['-Ic', PACKAGING_ORACLE], {
    input,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  const answers = stdout.trim().split('\n');
  expect(answers).toHaveLength(pairs.length);
  const wrong = pairs.filter(([a, b], index) => {
    const [left, right] = [versionKey(a) ?? '', versionKey(b) ?? ''];
    const own = isPep440(a) && isPep440(b) ? String(left < right ? -1 : left > right ? 1 : 0) : 'x';
    return own !== answers[index];
  });
  expect(wrong).toEqual([]);
  expect(answers.filter((answer) => answer === '0').length).toBeGreaterThan(20);
});
