import type { Settings } from '#shared/domain/settings.ts';
import type { Clock } from './clock.ts';

/** How often the schedule looks at the clock, in milliseconds. */
const TICK_MS = 30_000;

/** What the schedule sets going. Whatever fails there is tried again when it is due the next time. */
export interface ScheduledWork {
  settings(): Promise<Settings>;
  /** @returns how many nodes there are to look at by themselves */
  round(): Promise<void>;
  /** When the newest look ended, from the records; null when there was none. */
  lastLookAt(): Promise<string | null>;
  lastSummaryAt(): Promise<string | null>;
  /** Gives the weekly summary, and remembers that it was due and given. */
  summary(at: string): Promise<void>;
  /** Backups and upkeep. */
  maintain(at: string): Promise<void>;
}

/** Looks by the clock. */
export interface Schedule {
  /** When the next look is due; null when looks are only made on demand. */
  nextLookAt(): string | null;
  /** Looks at the clock now. */
  tick(): Promise<void>;
  stop(): void;
}

/**
 * @param last when the newest look ended; an instant in the future (the clock was set back) counts as now
 * @param every minutes; 0: never
 * @returns milliseconds since the epoch; null: never
 */
export function dueAt(last: number | null, every: number, now: number): number | null {
  if (every === 0) return null;
  return last === null ? now : Math.min(last, now) + every * 60_000;
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

  async function look(settings: Settings): Promise<void> {
    const now = clock.now().getTime();
    const written = await work.lastLookAt();
    const last = Math.max(lastAttempt ?? 0, written === null ? 0 : Math.min(Date.parse(written), now));
    // The last attempt lies ahead when the clock was set back since.
    if (lastAttempt !== null && lastAttempt > now) lastAttempt = now;
    const due = dueAt(last === 0 ? null : Math.min(last, now), settings.lookEveryMinutes, now);
    next = due === null ? null : new Date(due).toISOString();
    if (due === null || due > now) return;
    lastAttempt = now;
    next = new Date(now + settings.lookEveryMinutes * 60_000).toISOString();
    await work.round();
  }

  async function summarise(settings: Settings): Promise<void> {
    const { weeklySummary, weeklySummaryDay, weeklySummaryHour } = settings.notifications;
    if (!weeklySummary) return;
    const now = clock.now();
    const last = await work.lastSummaryAt();
    const slot = latestSlot(now, weeklySummaryDay, weeklySummaryHour);
    // The first week begins when the console is first started; an instant ahead is from a clock that was wrong.
    const from = last === null || Date.parse(last) > now.getTime() ? null : Date.parse(last);
    if (from === null || from < slot.getTime()) await work.summary(now.toISOString());
  }

  async function tick(): Promise<void> {
    if (busy || stopped) return;
    busy = true;
    try {
      const settings = await work.settings();
      await work.maintain(clock.now().toISOString()).catch(() => undefined);
      await look(settings);
      await summarise(settings);
    } catch {
      // The records cannot be read now: the page says so when it asks; here it is tried again at the next tick.
    } finally {
      busy = false;
    }
  }

  function arm(): void {
    if (stopped) return;
    callOff = clock.after(TICK_MS, () => {
      void tick().finally(arm);
    });
  }
  arm();
  return {
    nextLookAt: () => next,
    tick,
    stop() {
      stopped = true;
      callOff();
    },
  };
}
