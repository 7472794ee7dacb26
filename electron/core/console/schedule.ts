import type { Settings } from '#shared/domain/settings.ts';
import type { Clock } from './clock.ts';

/** How often the schedule looks at the clock, and how long after its start for the first time, in milliseconds. */
const TICK_MS = 30_000;
const FIRST_TICK_MS = 2_000;

/** How often backups and upkeep are thought of, in milliseconds. */
const UPKEEP_MS = 3_600_000;

/** What the schedule sets going. Whatever fails there is tried again when it is due the next time. */
export interface ScheduledWork {
  settings(): Promise<Settings>;
  /** Looks at every node that can be looked at by itself. */
  round(): Promise<void>;
  /** When the newest look ended, from the records; null when there was none. */
  lastLookAt(): Promise<string | null>;
  /** When the last weekly summary was given; null when none was. */
  lastSummaryAt(): Promise<string | null>;
  rememberSummary(at: string): Promise<void>;
  /** Gives the weekly summary and remembers it. */
  summary(at: string): Promise<void>;
  /** Ends accepted risks whose time is over. */
  settle(): Promise<void>;
  /** Fetches advisories when that was turned on and is due; ends before the fetching does. */
  advisories?(): Promise<void>;
  /** Backups and upkeep. */
  maintain(at: string): Promise<void>;
}

/** Looks by the clock. */
export interface Schedule {
  /** When the next look is due; null when looks are only made on demand, and before the first glance at the clock. */
  nextLookAt(): string | null;
  /** Looks at the clock now. */
  tick(): Promise<void>;
  stop(): void;
}

/**
 * The attempt from which the next one is counted. An instant ahead of now is from a clock that was wrong: then it is
 * counted from now, once, and not again at every glance.
 * @param last the attempt as known so far, milliseconds since the epoch
 * @param written end of the newest look in the records
 */
export function countFrom(last: number | null, written: number | null, now: number): number | null {
  const known = last !== null && last > now ? now : last;
  if (written === null) return known;
  if (written > now) return known ?? now;
  return Math.max(known ?? written, written);
}

/**
 * The newest instant at or before `now` that is the wanted hour of the wanted weekday, local time.
 * @param day 0 Sunday … 6 Saturday
 */
export function latestSlot(now: Date, day: number, hour: number): Date {
  const slot = new Date(now);
  slot.setHours(hour, 0, 0, 0);
  slot.setDate(slot.getDate() - ((slot.getDay() - day + 7) % 7));
  if (slot > now) slot.setDate(slot.getDate() - 7);
  return slot;
}

/**
 * Counts from what was done, never from what was missed: a machine that slept for a week, or a clock that jumped,
 * brings one round and not a hundred; and an attempt that failed counts like any other.
 */
export function startSchedule(clock: Clock, work: ScheduledWork): Schedule {
  let callOff = (): void => undefined;
  let stopped = false;
  let busy = false;
  let next: string | null = null;
  let lastAttempt: number | null = null;
  let lastUpkeep: number | null = null;

  async function look({ lookEveryMinutes: every }: Settings): Promise<void> {
    const now = clock.now().getTime();
    const written = await work.lastLookAt();
    lastAttempt = countFrom(lastAttempt, written === null ? null : Date.parse(written), now);
    next =
      every === 0 ? null : new Date((lastAttempt ?? now - every * 60_000) + every * 60_000).toISOString();
    if (next === null || Date.parse(next) > now) return;
    lastAttempt = now;
    next = new Date(now + every * 60_000).toISOString();
    await work.round();
  }

  async function summarise(settings: Settings): Promise<void> {
    const { weeklySummary, weeklySummaryDay, weeklySummaryHour } = settings.notifications;
    const now = clock.now();
    const last = await work.lastSummaryAt();
    if (last === null || Date.parse(last) > now.getTime()) {
      // The first week begins now: nobody wants to be told what he has just seen. So it does after a wrong clock.
      await work.rememberSummary(now.toISOString());
      return;
    }
    const slot = latestSlot(now, weeklySummaryDay, weeklySummaryHour);
    if (weeklySummary && Date.parse(last) < slot.getTime()) await work.summary(now.toISOString());
  }

  async function upkeep(): Promise<void> {
    const now = clock.now().getTime();
    if (lastUpkeep !== null && Math.abs(now - lastUpkeep) < UPKEEP_MS) return;
    lastUpkeep = now;
    await work.maintain(new Date(now).toISOString());
  }

  const fetch = async (): Promise<void> => work.advisories?.();

  async function tick(): Promise<void> {
    if (busy || stopped) return;
    busy = true;
    try {
      const settings = await work.settings();
      for (const job of [
        () => work.settle(),
        () => look(settings),
        () => summarise(settings),
        fetch,
        upkeep,
      ]) {
        // What cannot be written now is tried again at the next glance; the page says so when it asks.
        if (!stopped) await job().catch(() => undefined);
      }
    } catch {
      // The settings cannot be read: nothing is known of what is wanted, so nothing is done.
    } finally {
      busy = false;
    }
  }

  function arm(ms: number): void {
    if (stopped) return;
    callOff = clock.after(ms, () => {
      void tick().finally(() => arm(TICK_MS));
    });
  }
  arm(FIRST_TICK_MS);
  return {
    nextLookAt: () => next,
    tick,
    stop() {
      stopped = true;
      callOff();
    },
  };
}
