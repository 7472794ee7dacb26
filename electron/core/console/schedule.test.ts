import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '#shared/domain/settings.ts';
import { countFrom, latestSlot, startSchedule } from './schedule.ts';
import { fakeClock } from './testing/fake-clock.ts';

const HOUR = 3_600_000;
const START = '2026-11-21T12:00:00.000Z';

function begin(
  change: { settings?: Partial<Settings>; last?: string | null; lastSummary?: string | null } = {},
) {
  const clock = fakeClock(START);
  const done = { rounds: [] as string[], summaries: [] as string[], upkeep: 0 };
  const state = {
    settings: { ...DEFAULT_SETTINGS, ...change.settings },
    last: change.last ?? null,
    lastSummary: change.lastSummary ?? null,
    /** Whether a round leaves a record. */
    writes: true,
  };
  const schedule = startSchedule(clock, {
    settings: async () => state.settings,
    lastLookAt: async () => state.last,
    lastSummaryAt: async () => state.lastSummary,
    rememberSummary: async (at) => {
      state.lastSummary = at;
    },
    async round() {
      const now = clock.now().toISOString();
      done.rounds.push(now);
      if (state.writes) state.last = now;
    },
    async summary(at) {
      done.summaries.push(at);
      state.lastSummary = at;
    },
    settle: async () => undefined,
    async maintain() {
      done.upkeep += 1;
    },
  });
  return { clock, done, state, schedule };
}

describe('the schedule', () => {
  it('looks soon after the start when nobody has looked, then every hour', async () => {
    const { clock, done, schedule } = begin();
    await clock.pass(10_000);
    expect(done.rounds).toHaveLength(1);
    await clock.pass(3 * HOUR);
    expect(done.rounds).toHaveLength(4);
    expect(Date.parse(schedule.nextLookAt() ?? '') - clock.now().getTime()).toBeLessThanOrEqual(HOUR);
  });

  it('counts from the look that was made before the start or by hand', async () => {
    const { clock, done, state } = begin({ last: '2026-11-21T11:30:00.000Z' });
    await clock.pass(20 * 60_000);
    expect(done.rounds).toEqual([]);
    state.last = clock.now().toISOString();
    await clock.pass(59 * 60_000);
    expect(done.rounds).toEqual([]);
    await clock.pass(2 * 60_000);
    expect(done.rounds).toHaveLength(1);
  });

  it('never looks by itself when told so', async () => {
    const { clock, done, schedule } = begin({ settings: { lookEveryMinutes: 0 } });
    await clock.pass(48 * HOUR);
    expect(done.rounds).toEqual([]);
    expect(schedule.nextLookAt()).toBeNull();
  });

  it('makes one round after a week asleep, and one after a clock that jumped ahead', async () => {
    const { clock, done } = begin();
    await clock.pass(10_000);
    clock.jump(7 * 24 * HOUR);
    await clock.pass(5 * 60_000);
    expect(done.rounds).toHaveLength(2);
    await clock.pass(30 * 60_000);
    expect(done.rounds).toHaveLength(2);
  });

  it('neither storms nor waits for years when the clock is set back', async () => {
    const { clock, done } = begin();
    await clock.pass(10_000);
    clock.jump(-365 * 24 * HOUR);
    await clock.pass(59 * 60_000);
    expect(done.rounds).toHaveLength(1);
    await clock.pass(3 * 60_000);
    expect(done.rounds).toHaveLength(2);
  });

  it('does not storm when looks leave no record, because nodes are away or the disk is full', async () => {
    const { clock, done, state } = begin();
    state.writes = false;
    await clock.pass(5 * HOUR + 60_000);
    expect(done.rounds).toHaveLength(6);
  });

  it('stops', async () => {
    const { clock, done, schedule } = begin();
    schedule.stop();
    await clock.pass(48 * HOUR);
    expect(done.rounds).toEqual([]);
  });

  it('thinks of upkeep once an hour', async () => {
    const { clock, done } = begin();
    await clock.pass(5 * HOUR + 60_000);
    expect(done.upkeep).toBe(6);
  });

  it('gives the weekly summary once a week, not in the first week, and late rather than never', async () => {
    const { clock, done } = begin({ settings: { lookEveryMinutes: 0 } });
    await clock.pass(10_000);
    expect(done.summaries).toEqual([]);
    await clock.pass(20 * 24 * HOUR);
    expect(done.summaries).toHaveLength(3);
    for (const at of done.summaries) {
      const given = new Date(at);
      expect([given.getDay(), given.getHours()]).toEqual([1, 9]);
    }
    clock.jump(30 * 24 * HOUR);
    await clock.pass(60_000);
    expect(done.summaries).toHaveLength(4);
  });

  it('says nothing weekly when that is switched off, nor all at once when it is switched on again', async () => {
    const off = { ...DEFAULT_SETTINGS.notifications, weeklySummary: false };
    const { clock, done } = begin({ settings: { lookEveryMinutes: 0, notifications: off } });
    await clock.pass(30 * 24 * HOUR);
    expect(done.summaries).toEqual([]);
  });
});

describe('counting', () => {
  it('takes an instant ahead of now for now, once', () => {
    expect(countFrom(null, null, 100)).toBeNull();
    expect(countFrom(null, 50, 100)).toBe(50);
    expect(countFrom(60, 50, 100)).toBe(60);
    expect(countFrom(null, 900, 100)).toBe(100);
    expect(countFrom(100, 900, 130)).toBe(100);
    expect(countFrom(900, null, 100)).toBe(100);
  });

  it('finds the newest slot, also over a change of the clocks', () => {
    for (let hours = 0; hours < 24 * 400; hours += 7) {
      const now = new Date(Date.parse('2026-01-01T00:30:00Z') + hours * HOUR);
      const slot = latestSlot(now, 1, 9);
      expect(slot <= now).toBe(true);
      expect(now.getTime() - slot.getTime()).toBeLessThan(7 * 24 * HOUR + HOUR + 1);
      expect([slot.getDay(), slot.getHours()]).toEqual([1, 9]);
    }
  });
});
