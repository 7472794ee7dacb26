import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConsoleAudit } from '#core/console/service.ts';
import type { LiveDelta } from '#shared/contract/audit.ts';
import { AuditDesk } from './audit-desk.ts';
import { StreamHub } from './stream-hub.ts';

const caller = { client: 'tab', shell: 'web' } as unknown as Parameters<StreamHub['open']>[1];
const state = {
  watching: true,
  since: null,
  trouble: '',
  events: 0,
  eventsPerSecond: 0,
  verified: null,
  newAlerts: 0,
  rules: 0,
  idleRules: 0,
};

function deskWithReaders() {
  const listeners = new Set<(delta: LiveDelta) => void>();
  const asked: string[] = [];
  const audit = {
    live: ({ query }: { query: string }) => {
      asked.push(query);
      return {
        snapshot: () => ({ state, events: [] }),
        onDelta: (listener: (delta: LiveDelta) => void) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      };
    },
  } as unknown as ConsoleAudit;
  const hub = new StreamHub();
  const desk = new AuditDesk(audit);
  const open = (query: string, stream: string) =>
    desk.open({ query, node: null }, hub, caller, { stream }, undefined);
  return { asked, listeners, hub, desk, open };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the live audit in front of a console', () => {
  it('is one topic for readers of the same choice, and ends a while after the last of them', async () => {
    const { asked, listeners, open } = deskWithReaders();
    const first = open('node:naru', 'stream-one');
    const second = open('node:naru', 'stream-two');
    expect(asked).toEqual(['node:naru']);
    await first.return?.();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(listeners.size).toBe(1);
    await second.return?.();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(listeners.size).toBe(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(listeners.size).toBe(0);
  });

  it('gives the place of a stream to the next one of the same name, whatever it asks', async () => {
    const { hub, open, listeners } = deskWithReaders();
    for (let turn = 0; turn < 20; turn += 1) open(`word${turn}`, 'stream-one');
    expect(hub.size).toBe(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(listeners.size).toBe(1);
  });

  it('keeps nothing of a reader that was refused', async () => {
    const { open, listeners } = deskWithReaders();
    for (let turn = 0; turn < 4; turn += 1) open(`word${turn}`, `stream-${turn}`);
    expect(() => open('one too many', 'stream-five')).toThrow('Too many live views');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(listeners.size).toBe(4);
  });

  it('says that nobody watches for a console that follows no logs', async () => {
    const desk = new AuditDesk(undefined);
    expect(await desk.state()).toMatchObject({
      watching: false,
      trouble: 'This console does not follow logs.',
    });
    expect(() => desk.group).toThrow('This console does not follow logs.');
  });
});
