import { expect, it } from 'vitest';
import type { ApiClient } from '#core/api/direct-client.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { clockTime, untilWords } from './keep-prompt.ts';
import { untilRest } from './plan-run.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';

const AT = '2026-11-23T09:37:15.844Z';
const UNKEPT = {
  id: 'x',
  title: 'Close the way out',
  nodeName: 'miu',
  state: 'unconfirmed',
  revertsAt: AT,
  endedAt: null,
  error: null,
  steps: [],
  results: [],
} as unknown as AppliedChange;
const ENDED = { ...UNKEPT, state: 'reverted', revertsAt: null, endedAt: '2026-11-23T09:37:20.000Z' } as const;

/** A console whose change is unconfirmed until `goOn` moves it; `kept` counts orders to keep it. */
function consoleWith(after: AppliedChange) {
  let present = UNKEPT;
  let kept = 0;
  const moved = Promise.withResolvers<void>();
  async function* told() {
    yield { kind: 'snapshot', number: 1, value: [present] };
    await moved.promise;
    yield { kind: 'delta', number: 2, value: present };
  }
  const keep = async () => {
    kept += 1;
    present = { ...UNKEPT, state: 'done', revertsAt: null };
  };
  const client = {
    fixes: { get: async () => present, progress: async () => told(), keep },
    streams: { acknowledge: async () => ({}) },
  } as unknown as ApiClient;
  const goOn = () => {
    present = after;
    moved.resolve();
  };
  return { client, goOn, kept: () => kept };
}

it('ends the question by itself when the change took itself back, and says when', async () => {
  const { client, goOn, kept } = consoleWith(ENDED);
  const { terminal, written } = capturedTerminal();
  // Nobody types: only the signal ends it.
  terminal.ask = (_question, signal) =>
    new Promise((resolve) => {
      signal?.addEventListener('abort', () => resolve(null));
      goOn();
    });
  const ended = await untilRest({ client }, 'x', { json: false }, terminal);
  expect(ended.state).toBe('reverted');
  expect(kept()).toBe(0);
  expect(written.error).toContain(`It took itself back at ${clockTime(AT)}; nothing is left of it.\n`);
});

it('keeps on that word alone, and says until when without a raw time', async () => {
  const { client, kept } = consoleWith(ENDED);
  const { terminal, written } = capturedTerminal();
  terminal.ask = async () => 'no';
  expect((await untilRest({ client }, 'x', { json: false }, terminal)).state).toBe('unconfirmed');
  expect(written.error).not.toContain('took itself back at');
  terminal.ask = async () => ' Keep ';
  expect((await untilRest({ client }, 'x', { json: false }, terminal)).state).toBe('done');
  expect(kept()).toBe(1);
  expect(written.error).toContain(`at ${clockTime(AT)}, unless it is kept`);
  expect(written.error).not.toContain(AT);
});

it('says the seconds that are left, and the time on the clock here', () => {
  const from = Date.parse(AT);
  expect(clockTime(AT)).toMatch(/^\d\d:\d\d:15$/);
  expect(untilWords(AT, from - 60_000)).toBe(`in 60 seconds, at ${clockTime(AT)}`);
  expect(untilWords(AT, from - 1_000)).toContain('in 1 second, ');
  expect(untilWords(AT, from + 5_000)).toContain('in 0 seconds, ');
});
