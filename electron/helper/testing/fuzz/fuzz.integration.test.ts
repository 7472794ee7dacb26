import { beforeEach, expect, it } from 'vitest';
import { whyNoTestNode } from '../helper-node.ts';
import { runFuzz } from './run-fuzz.ts';

const reason = whyNoTestNode();

beforeEach((context) => {
  if (reason !== null) context.skip(reason);
});

it.each([
  ['hostile requests', 1_500, 'quiet'],
  ['an agent that swaps what is walked', 100, 'race'],
] as const)(
  'writes nothing outside declared targets under %s',
  async (_name, tries, mode) => {
    const { counts, violations } = await runFuzz(tries, 4, mode);
    expect(violations).toEqual([]);
    // A run that only ever refused would have shown nothing.
    expect(counts.done ?? 0).toBeGreaterThan(mode === 'quiet' ? 20 : 0);
    if (mode === 'race') expect(counts.swapped ?? 0).toBeGreaterThan(0);
  },
  180_000,
);
