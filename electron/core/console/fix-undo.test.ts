import { beforeEach, expect, it } from 'vitest';
import { fileStep, hashed } from '#core/fixes/engine/testing/engine-bench.ts';
import type { HelperChannel, HelperReply } from '#core/hosts/helper-channel.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { FixParts } from './fix-parts.ts';
import { planUndo } from './fix-undo.ts';

const AT = '2026-11-21T19:20:00.000Z';
const ID = 'c'.repeat(32);
const change: StoredChange = {
  id: ID,
  node: 'miu',
  startedAt: AT,
  endedAt: AT,
  revertsAt: null,
  state: 'done',
  kept: true,
  error: null,
  results: [],
  of: null,
  undoneBy: null,
  plan: hashed({ id: ID, steps: [fileStep('/etc/a', null, 'A')] }),
  steps: [{ state: 'done', at: AT, message: null, record: 'a'.repeat(64), heldChange: null, heldStep: null }],
};
const difference = { path: '/etc/a', what: 'contents', left: 'A', now: 'B' } as const;
const compared = (differences: (typeof difference)[], refused: string | null): HelperReply => ({
  ok: true,
  answer: { answer: 'compared', steps: [{ differences, refused }], more: 0 },
});
const AWAY: HelperReply = {
  ok: false,
  failure: { kind: 'away', message: 'It is away.', next: '', mayHaveBegun: false },
};

let reply: HelperReply;
let refusedUndos: Set<string>;
let asks: (string | null)[];
beforeEach(() => {
  refusedUndos = new Set();
  asks = [];
});

/** Plans the undo on a node that answers with the reply. */
async function planned(of = change) {
  const channel: HelperChannel = {
    access: async () => ({ via: 'root', installed: true, outdated: false, words: '' }),
    ask: async () => reply,
    close: async () => undefined,
  };
  const store = { listNodes: async () => [{ id: 'miu', name: 'miu' }], changesBefore: async () => [of] };
  const context = { store, clock: { now: () => new Date(AT) } };
  const parts = {
    context,
    channels: {
      async open(_node: unknown, _run: string, { ask }: { ask: string | null }) {
        asks.push(ask);
        return channel;
      },
    },
    agreed: async () => 'agreed',
    refusedUndos,
  } as unknown as FixParts;
  return planUndo(parts, of);
}

it('remembers which undo the node refused, for only such a change can be left as it is', async () => {
  for (const [answer, blocked] of [
    [compared([difference], null), /changed since/],
    [compared([], 'Its undo record is gone.'), /undo record is gone/],
  ] as const) {
    reply = answer;
    expect((await planned()).blocked).toMatch(blocked);
    expect([...refusedUndos]).toEqual([ID]);
    // It can be taken back after all.
    reply = compared([], null);
    expect((await planned()).blocked).toBeNull();
    expect([...refusedUndos]).toEqual([]);
  }
});

it('takes a node that could not be asked for no refusal', async () => {
  reply = AWAY;
  expect((await planned()).blocked).toBe('It is away.');
  expect([...refusedUndos]).toEqual([]);
});

it('asks nobody for a password where it is refused anyway', async () => {
  reply = compared([], null);
  expect((await planned({ ...change, state: 'applying', endedAt: null })).blocked).toBe(
    'It is still under way.',
  );
  expect(asks).toEqual([null]);
  expect((await planned()).blocked).toBeNull();
  expect(asks[1]).toMatch(/as administrator/);
});
