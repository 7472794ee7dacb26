import type { AuditEvent } from '#shared/domain/audit/event.ts';

/** Asks for events of a time (`from` included, `to` not; milliseconds), at most 500, and whether there are more. */
export type AskEvents = (from: number, to: number) => Promise<{ events: AuditEvent[]; more: boolean }>;

/** Questions that one page asks at most: a page that finds little says that it stopped. */
const MOST_QUESTIONS = 64;

/**
 * Events by their time, newest first. They are stored in the order in which they arrived, which is another one (a log that was read later), so
 * a time is asked for that is short enough for all of its events to fit into one answer, and then the one before it.
 * @param fits what counts @param wanted how many are enough
 * @returns at least so many of the newest, unless there are fewer; `stopped` when it was given up before `from` was reached
 */
export async function newestEvents(
  ask: AskEvents,
  range: { from: number; to: number },
  fits: (event: AuditEvent) => boolean,
  wanted: number,
): Promise<{ events: AuditEvent[]; stopped: boolean; crowded: boolean }> {
  const found: AuditEvent[] = [];
  let crowded = false;
  let end = range.to;
  let length = Math.max(1, range.to - range.from);
  for (let asked = 0; end > range.from; asked += 1) {
    if (asked >= MOST_QUESTIONS) return { events: found, stopped: true, crowded };
    const start = Math.max(range.from, end - length);
    const { events, more } = await ask(start, end);
    if (more && end - start > 1) {
      length = Math.max(1, Math.floor((end - start) / 8));
      continue;
    }
    crowded ||= more;
    found.push(...events.filter(fits));
    if (found.length >= wanted) return { events: found, stopped: false, crowded };
    end = start;
    if (events.length < 100) length *= 4;
  }
  return { events: found, stopped: false, crowded };
}
