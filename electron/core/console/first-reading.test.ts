import { expect, it } from 'vitest';
import type { SwarmNode } from '#shared/domain/node.ts';
import { recordingsRead } from './first-reading.ts';
import { createLookBoard } from './look-board.ts';
import { fakeClock } from './testing/fake-clock.ts';

const AT = '2026-11-21T19:17:00.000Z';
const node = (address: SwarmNode['address'], lastLookAt: string | null): SwarmNode => ({
  id: 'n',
  name: 'n',
  address,
  addedAt: AT,
  lastLookAt,
  lastError: null,
});
const SAMPLE = { kind: 'recorded', sample: true } as const;

/** Whether an overview was let go, over time. */
function waiting(one: SwarmNode) {
  const clock = fakeClock(AT);
  const board = createLookBoard(clock);
  const entry = board.begin(one);
  const state = { gone: false };
  void recordingsRead(board, clock).then(() => {
    state.gone = true;
  });
  return { clock, entry, state };
}

it('waits for the first look at a recording, and goes when it has ended', async () => {
  const { clock, entry, state } = waiting(node(SAMPLE, null));
  await clock.pass(50);
  entry.update({ state: 'checking' });
  await clock.pass(50);
  expect(state.gone).toBe(false);
  entry.update({ state: 'done' });
  await clock.pass(0);
  expect(state.gone).toBe(true);
});

it('waits no longer than 300 ms', async () => {
  const { clock, state } = waiting(node(SAMPLE, null));
  await clock.pass(299);
  expect(state.gone).toBe(false);
  await clock.pass(2);
  expect(state.gone).toBe(true);
});

it.each([
  ['a node that is really looked at, which takes seconds', node({ kind: 'local' }, null)],
  ['a recording that has findings from before', node(SAMPLE, AT)],
])('does not wait for %s', async (_what, one) => {
  const { clock, state } = waiting(one);
  await clock.pass(0);
  expect(state.gone).toBe(true);
});
