import type { Database } from 'better-sqlite3';

/**
 * How much is kept of each node. Counted, not dated: a clock that once stood in the year 2040 must not make the console
 * forget what it saw until today.
 */
export const KEPT = {
  /** Days on which somebody looked, of one check: a year and a month, so that a year can be compared. */
  days: 396,
  /** Changes of one check. */
  changes: 1_000,
  /** Looks: one an hour for 60 days. */
  looks: 1_440,
  /** Waivers that have ended. */
  endedWaivers: 500,
  /** Notices of the whole console. */
  notices: 1_000,
} as const;

/** Removes what is more than {@link KEPT} says, for one node. Cheap enough for the transaction of a look. */
export function pruneNode(database: Database, node: string): void {
  const prune = (table: string, rows: string, limit: number): void => {
    database.prepare(`DELETE FROM ${table} WHERE ${rows}`).run({ node, limit });
  };
  prune(
    'finding_change',
    `id IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY check_id ORDER BY id DESC) AS place
                            FROM finding_change WHERE node = @node) WHERE place > @limit)`,
    KEPT.changes,
  );
  prune(
    'finding_day',
    `node = @node AND (check_id, day) IN (
       SELECT check_id, day FROM (SELECT check_id, day, row_number() OVER (PARTITION BY check_id ORDER BY day DESC) AS place
                                  FROM finding_day WHERE node = @node) WHERE place > @limit)`,
    KEPT.days,
  );
  prune(
    'look',
    'id IN (SELECT id FROM look WHERE node = @node ORDER BY ended_at DESC LIMIT -1 OFFSET @limit)',
    KEPT.looks,
  );
  prune(
    'waiver',
    `id IN (SELECT id FROM waiver WHERE node = @node AND ended_at IS NOT NULL
            ORDER BY ended_at DESC LIMIT -1 OFFSET @limit)`,
    KEPT.endedWaivers,
  );
}
