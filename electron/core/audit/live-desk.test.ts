import { expect, it } from 'vitest';
import type { LiveDelta } from '#shared/contract/audit.ts';
import { LiveDesk } from './live-desk.ts';

/** A desk with one reader, which takes everything at once. */
function desk() {
  const sent = { events: [] as number[], left: 0, most: 0 };
  const live = new LiveDesk((id, deltas: LiveDelta[]) => {
    for (const delta of deltas) {
      if (delta.kind === 'events') {
        sent.events.push(...delta.events.map(({ number }) => number));
        sent.most = Math.max(sent.most, delta.events.length);
      } else if (delta.kind === 'not-shown') sent.left += delta.count;
    }
    live.arrived(id);
  });
  live.open(1, '', null, 0);
  let number = 0;
  const batch = (events: number): void => {
    for (let count = 0; count < events; count += 1) {
      number += 1;
      live.stage({
        ...{ number, at: 0, timeFrom: 'received', timeText: null, receivedAt: 0, node: 'miu', source: 's' },
        ...{ logsource: { product: null, category: null, service: null }, severity: null, fields: {} },
        ...{ message: 'x', raw: 'x', group: null, derived: false, cut: null },
      });
    }
    live.seal();
    live.settle();
  };
  return { live, batch, sent };
}

it('shows a burst whole, and of a flood no more than alerts can pass; all else is counted', () => {
  const { live, batch, sent } = desk();
  batch(500);
  live.flush();
  expect(sent).toMatchObject({ left: 0, most: 500 });
  expect(sent.events).toHaveLength(500);
  sent.most = 0;
  for (let flush = 0; flush < 6; flush += 1) {
    batch(300);
    batch(200);
    live.flush();
  }
  expect(sent.most).toBe(100);
  expect(sent.events).toHaveLength(500 + 6 * 100);
  expect(sent.left).toBe(6 * 400);
  // After a rest a burst is whole again.
  for (let flush = 0; flush < 5; flush += 1) live.flush();
  batch(450);
  live.flush();
  expect(sent.most).toBe(450);
});
