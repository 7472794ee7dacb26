import type { Database } from 'better-sqlite3';
import { daysUpTo } from '#shared/domain/history.ts';

/** How long and how much is kept. */
export const KEPT = {
  /** Days of daily statuses, changes and looks: a year and a month, so that a year can be compared. */
  days: 396,
  /** Changes of one check on one node. */
  changes: 1_000,
  /** Looks of one node: one an hour for 60 days. */
  looks: 1_440,
  notices: 1_000,
  /** Days for which an ended waiver is listed. */
  endedWaivers: 396,
} as const;

/**
 * Removes what is older or more than {@link KEPT} says, for one node. Cheap enough to run in the transaction of a look.
 * @param day the operator's present day
 */
export function pruneNode(database: Database, node: string, day: string): void {
  const oldest = daysUpTo(day, KEPT.days)[0] ?? day;
  database.prepare('DELETE FROM finding_day WHERE node = ? AND day < ?').run(node, oldest);
  database.prepare('DELETE FROM finding_change WHERE node = ? AND at < ?').run(node, oldest);
  database
    .prepare(
      `DELETE FROM finding_change WHERE id IN (
         SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY check_id ORDER BY id DESC) AS place
                         FROM finding_change WHERE node = ?) WHERE place > ?)`,
    )
    .run(node, KEPT.changes);
  database.prepare('DELETE FROM look WHERE node = ? AND ended_at < ?').run(node, oldest);
  database
    .prepare(
      `DELETE FROM look WHERE id IN (SELECT id FROM look WHERE node = ? ORDER BY ended_at DESC LIMIT -1 OFFSET ?)`,
    )
    .run(node, KEPT.looks);
  database.prepare('DELETE FROM waiver WHERE node = ? AND ended_at < ?').run(node, oldest);
}
