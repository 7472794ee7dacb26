import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { firstOf, SEGMENT_EVENTS } from './index/layout.ts';

/** What is kept of the events. */
export interface Keep {
  days: number;
  megabytes: number;
}

const DAY_MS = 86_400_000;
const MEGABYTE = 1_048_576;

/**
 * Removes the oldest complete segment when it is older or there is more than is to be kept: texts and index, never leaves.
 * One segment at a time, in the caller's transaction, so that nobody waits for long.
 * @param now milliseconds since 1970 UTC
 * @returns the events that were removed; null when there was nothing to remove
 */
export function pruneOnce(
  database: Database,
  keep: Keep,
  now: number,
): { first: number; last: number } | null {
  const oldest = z
    .object({ place: z.int(), last_at: z.int() })
    .optional()
    .parse(database.prepare('SELECT place, last_at FROM segment ORDER BY place LIMIT 1').get());
  if (oldest === undefined) return null;
  const pages = (name: string): number => Number(database.pragma(name, { simple: true }));
  const used = (pages('page_count') - pages('freelist_count')) * pages('page_size');
  // An instant ahead of now is from a clock that was wrong: by age such a segment goes with those around it, by number.
  const old = Math.min(oldest.last_at, now) < now - keep.days * DAY_MS;
  if (!old && used <= keep.megabytes * MEGABYTE) return null;
  const { place } = oldest;
  const [first, last] = [firstOf(place), firstOf(place) + SEGMENT_EVENTS - 1];
  const remove = (sql: string, ...values: number[]): void => void database.prepare(sql).run(...values);
  remove('DELETE FROM block WHERE first BETWEEN ? AND ?', first, last);
  remove('DELETE FROM term WHERE id BETWEEN ? AND ?', place * 256, place * 256 + 255);
  remove('DELETE FROM gram WHERE id BETWEEN ? AND ?', place * 16, place * 16 + 15);
  remove('DELETE FROM segment WHERE place = ?', place);
  remove('DELETE FROM alert_match WHERE number BETWEEN ? AND ?', first, last);
  remove('INSERT INTO pruned (first, last, at) VALUES (?, ?, ?)', first, last, now);
  return { first, last };
}
