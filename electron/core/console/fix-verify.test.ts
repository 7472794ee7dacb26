import { expect, it } from 'vitest';
import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { PlanProof } from '#shared/domain/plan.ts';
import type { LookParts } from './fix-facts.ts';
import { verifyChange } from './fix-verify.ts';

/** A node of which each look finds the next statuses of its checks; looks last a second, and waiting takes no time. */
async function verify(
  proofs: readonly PlanProof[],
  looks: readonly Readonly<Record<string, string>>[],
  closesAfter = Infinity,
) {
  let now = 0;
  let looked = 0;
  const parts = {
    context: {
      store: {
        listNodes: async () => [{ id: 'miu' }],
        findings: async () =>
          Object.entries(looks[Math.min(looked, looks.length) - 1] ?? {}).map(([check, status]) => ({
            check,
            status,
            summary: `look ${looked}`,
          })),
      },
      clock: {
        now: () => new Date(now),
        after(ms: number, callback: () => void) {
          now += ms;
          queueMicrotask(callback);
        },
      },
    },
    board: { running: () => null },
    lookout: {
      begin() {
        looked += 1;
        now += 1_000;
        return { looks: [{ state: () => ({ state: 'done' }) }], ended: Promise.resolve() };
      },
    },
  } as unknown as LookParts;
  const change = { node: 'miu', plan: { checks: [], proofs } } as unknown as StoredChange;
  const { holds, results } = await verifyChange(
    parts,
    change,
    {} as HelperChannel,
    () => looked >= closesAfter,
  );
  return { holds, words: results.map(({ words }) => words), looked, seconds: now / 1_000 };
}

const clock: PlanProof = { kind: 'check', check: 'time-sync', settlesWithin: 60 };
const shell: PlanProof = { kind: 'check', check: 'ssh-server' };

it('looks again until what takes time to show is there', async () => {
  const found = await verify([clock], [{ 'time-sync': 'fix' }, {}, { 'time-sync': 'pass' }]);
  expect(found).toEqual({ holds: true, words: ['look 3'], looked: 3, seconds: 13 });
});

it('gives it no more time than it was said to take', async () => {
  const found = await verify([clock], [{ 'time-sync': 'fix' }]);
  expect(found.holds).toBe(false);
  expect(found.looked).toBe(11);
  expect(found.seconds).toBe(61);
});

it('keeps no console open that closes', async () => {
  expect(await verify([clock], [{ 'time-sync': 'fix' }], 2)).toMatchObject({ holds: false, looked: 2 });
});

it('does not wait for what shows at once, also beside what takes time', async () => {
  const late = { 'time-sync': 'fix', 'ssh-server': 'fix' };
  expect(await verify([shell], [late])).toMatchObject({ holds: false, looked: 1 });
  expect(await verify([clock, shell], [late])).toMatchObject({ holds: false, looked: 1 });
  expect(await verify([clock, shell], [{ 'time-sync': 'pass', 'ssh-server': 'pass' }])).toMatchObject({
    holds: true,
    looked: 1,
  });
});
