import { expect, it } from 'vitest';
import { liveTopic } from './audit-live.ts';
import type { AuditWatch } from './audit-watch.ts';

const nobody = { onDelta: () => () => undefined };

it('takes no snapshot before the thread says what comes later: nothing may fall between the two', async () => {
  const asked: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const threads = {
    writer: {
      openLive: async () => {
        await promise;
        asked.push('opened');
      },
      closeLive: async () => undefined,
    },
    reader: {
      events: async () => {
        asked.push('snapshot');
        return { events: [] };
      },
    },
  };
  const watch = {
    live: nobody,
    alerts: nobody,
    states: nobody,
    state: () => ({}),
    threads: async () => threads,
  };
  const topic = liveTopic(watch as unknown as AuditWatch, { query: '', node: null });
  const end = topic.onDelta(() => undefined);
  const snapshot = topic.snapshot();
  // As many turns as it likes.
  for (let turn = 0; turn < 20; turn += 1) await new Promise((next) => setImmediate(next));
  expect(asked).toEqual([]);
  resolve();
  await snapshot;
  expect(asked).toEqual(['opened', 'snapshot']);
  end();
});
