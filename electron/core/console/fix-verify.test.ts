import { expect, it } from 'vitest';
import type { HelperChannel, RunPassword } from '#core/hosts/helper-channel.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { PlanProof } from '#shared/domain/plan.ts';
import type { LookParts } from './fix-facts.ts';
import { verifyChange } from './fix-verify.ts';

/** A node of which each look finds the next statuses of its checks; looks last a second, and waiting takes no time. */
async function verify(
  proofs: readonly PlanProof[],
  looks: readonly Readonly<Record<string, string>>[],
  closesAfter = Infinity,
  channel = {} as HelperChannel,
  administrator?: RunPassword,
) {
  const asWhom: unknown[] = [];
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
      begin(_nodes: unknown, _only: unknown, order: { administrator?: RunPassword }) {
        asWhom.push(order.administrator);
        looked += 1;
        now += 1_000;
        return { looks: [{ state: () => ({ state: 'done' }) }], ended: Promise.resolve() };
      },
    },
  } as unknown as LookParts;
  const change = { node: 'miu', plan: { checks: [], proofs } } as unknown as StoredChange;
  const isClosing = () => looked >= closesAfter;
  const { holds, results } = await verifyChange(parts, change, channel, isClosing, administrator);
  expect(asWhom.every((one) => one === administrator)).toBe(true);
  return { holds, words: results.map(({ words }) => words), looked, seconds: now / 1_000 };
}

const clock: PlanProof = { kind: 'check', check: 'time-sync', settlesWithin: 60 };
const shell: PlanProof = { kind: 'check', check: 'ssh-server' };

it('looks again until what takes time to show is there', async () => {
  const found = await verify([clock], [{ 'time-sync': 'fix' }, {}, { 'time-sync': 'pass' }]);
  expect(found).toEqual({ holds: true, words: ['look 3'], looked: 3, seconds: 13 });
});

it('looks with the password of the change, each time, for what was given to another account', async () => {
  const statuses = [{ 'time-sync': 'fix' }, { 'time-sync': 'pass' }];
  const found = await verify([clock], statuses, Infinity, undefined, () => 'typed for the change');
  expect(found).toMatchObject({ holds: true, looked: 2 });
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

const daemon: PlanProof = {
  kind: 'answers',
  check: 'dependency-audit',
  uid: 1_000,
  address: '127.0.0.1',
  port: 7_890,
  settlesWithin: 10,
};

/** A helper that sees these outcomes one after the other, and the last one for ever. */
function sees(outcomes: readonly string[]) {
  const asked: unknown[] = [];
  const channel = {
    async ask(request: { probe: unknown }) {
      asked.push(request.probe);
      const outcome = outcomes[Math.min(asked.length, outcomes.length) - 1];
      return { ok: true, answer: { answer: 'probed', outcome, detail: '' } };
    },
  } as unknown as HelperChannel;
  return { channel, asked };
}

it('takes no refused connection for a daemon that answers', async () => {
  const { channel, asked } = sees(['silent']);
  const found = await verify([daemon], [{}], Infinity, channel);
  expect(found).toMatchObject({
    holds: false,
    words: ['mycoSwarm on port 7890, asked as uid 1000: silent.'],
  });
  expect(asked[0]).toMatchObject({ kind: 'answer', address: '127.0.0.1', port: 7_890 });
  expect(asked).toHaveLength(11);
});

it('takes an open port alone for no answer', async () => {
  expect(await verify([daemon], [{}], Infinity, sees(['open']).channel)).toMatchObject({ holds: false });
});

it('gives a daemon that was restarted the time to come up', async () => {
  const { channel, asked } = sees(['silent', 'silent', 'answers']);
  expect(await verify([daemon], [{}], Infinity, channel)).toMatchObject({ holds: true });
  expect(asked).toHaveLength(3);
});

it('asks once for packets that have to be stopped', async () => {
  const { channel, asked } = sees(['open']);
  const packet: PlanProof = {
    kind: 'packet',
    check: 'outbound-firewall',
    uid: 1_000,
    address: '192.0.2.1',
    port: 443,
    wanted: 'stopped',
  };
  expect(await verify([packet], [{}], Infinity, channel)).toMatchObject({ holds: false });
  expect(asked).toHaveLength(1);
});
