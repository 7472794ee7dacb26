import { expect, it } from 'vitest';
import type { Alert } from '#shared/domain/audit/alert.ts';
import { tellOfAlerts } from './audit-notices.ts';
import type { AuditWatch } from './audit-watch.ts';
import type { Context } from './context.ts';
import { createEmitter } from './emitter.ts';
import { fakeClock } from './testing/fake-clock.ts';

it('tells pages of a flood of alerts once a second, and of the last one too', async () => {
  const clock = fakeClock('2026-11-22T10:00:00.000Z');
  const changes = createEmitter<unknown>();
  let told = 0;
  changes.onDelta(() => {
    told += 1;
  });
  const store = { settings: () => Promise.reject(new Error('none')), listNodes: async () => [] };
  const alerts = createEmitter<{ alert: Alert; woke: boolean }[]>();
  const end = tellOfAlerts(
    { clock, changes, store } as unknown as Context,
    { alerts } as unknown as AuditWatch,
    { give: async () => undefined },
  );
  for (let flood = 0; flood < 100; flood += 1) alerts.emit([]);
  expect(told).toBe(1);
  await clock.pass(1_000);
  expect(told).toBe(2);
  await clock.pass(5_000);
  expect(told).toBe(2);
  alerts.emit([]);
  expect(told).toBe(3);
  alerts.emit([]);
  end();
  await clock.pass(5_000);
  expect(told).toBe(3);
});
