import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { type CheckId, checkId } from '#shared/domain/check-id.ts';
import { type FindingStatus, findingStatus, type TrackedFinding } from '#shared/domain/finding.ts';
import { readFinding } from './stored-finding.ts';
import { changeWords, type WrittenChange } from './tracking.ts';

const row = z.object({
  node: z.string(),
  node_name: z.string(),
  stale: z.int(),
  check_id: checkId,
  status: findingStatus,
  since: z.string(),
  before_status: findingStatus.nullable(),
  before_until: z.string().nullable(),
  body: z.string(),
  waiver_id: z.string().nullable(),
  waiver_reason: z.string().nullable(),
  waiver_until: z.string().nullable(),
  inside_at: z.string().nullable(),
  inside: z.string().nullable(),
});

const QUERY = `
  SELECT finding.node, node.name AS node_name, node.last_error IS NOT NULL AS stale, finding.check_id,
         finding.status, since, before_status, before_until, body,
         waiver.id AS waiver_id, waiver.reason AS waiver_reason, waiver.until AS waiver_until,
         latest.at AS inside_at, latest.inside
  FROM finding
  JOIN node ON node.id = finding.node AND node.removed_at IS NULL
  LEFT JOIN waiver ON waiver.node = finding.node AND waiver.check_id = finding.check_id AND waiver.ended_at IS NULL
  LEFT JOIN finding_change AS latest ON latest.inside IS NOT NULL AND latest.id = (
    SELECT max(id) FROM finding_change WHERE node = finding.node AND check_id = finding.check_id)
  WHERE (@node IS NULL OR finding.node = @node) AND (@check IS NULL OR finding.check_id = @check)
  LIMIT 32768`;

const changeRow = z.object({
  at: z.string(),
  node: z.string(),
  check: checkId,
  from: findingStatus.nullable(),
  to: findingStatus,
  summary: z.string(),
  inside: z.string().nullable(),
});

const historyRow = changeRow
  .pick({ at: true, summary: true, inside: true })
  .extend({ status: findingStatus });

/** Reading findings and their history. */
export function findingOperations(database: Database) {
  return {
    /** @returns latest findings with since, before and waiver; not sorted */
    findings: (input: { node: string | null; check: CheckId | null }): TrackedFinding[] =>
      database.prepare(QUERY).all(input).map(toTracked),

    /** @returns hash of the evidence of the latest finding, or null */
    evidenceHash: (input: { node: string; check: CheckId }): string | null =>
      z
        .string()
        .nullable()
        .parse(
          database
            .prepare('SELECT evidence_hash FROM finding WHERE node = ? AND check_id = ?')
            .pluck()
            .get(input.node, input.check) ?? null,
        ),

    /** @returns the days on which somebody looked, and the changes, both oldest first */
    history: (input: {
      node: string;
      check: CheckId;
      fromDay: string;
    }): {
      days: { day: string; status: FindingStatus }[];
      changes: { at: string; status: FindingStatus; summary: string }[];
    } => ({
      days: database
        .prepare(
          'SELECT day, worst AS status FROM finding_day WHERE node = ? AND check_id = ? AND day >= ? ORDER BY day',
        )
        .all(input.node, input.check, input.fromDay)
        .map((entry) => z.object({ day: z.string(), status: findingStatus }).parse(entry)),
      changes: database
        .prepare(
          `SELECT at, status, summary, inside FROM (
             SELECT id, at, status, summary, inside FROM finding_change WHERE node = ? AND check_id = ?
             ORDER BY id DESC LIMIT 1000) ORDER BY id`,
        )
        .all(input.node, input.check)
        .map((entry) => {
          const { inside, summary, ...change } = historyRow.parse(entry);
          return { ...change, summary: changeWords(summary, inside) };
        }),
    }),

    /** @returns changes since an instant, newest first, without those of a first look */
    changesSince: (input: { node: string | null; since: string; limit: number }): WrittenChange[] =>
      database
        .prepare(
          `SELECT at, node, check_id AS "check", previous AS "from", status AS "to", summary, inside
           FROM finding_change JOIN node ON node.id = finding_change.node AND node.removed_at IS NULL
           WHERE at >= @since AND previous IS NOT NULL AND (@node IS NULL OR node = @node)
           ORDER BY finding_change.id DESC LIMIT @limit`,
        )
        .all(input)
        .map((entry) => {
          const { inside, ...change } = changeRow.parse(entry);
          return { ...change, summary: changeWords(change.summary, inside) };
        }),
  };
}

function toTracked(entry: unknown): TrackedFinding {
  const found = row.parse(entry);
  const given = readFinding(found.check_id, found.body);
  const { before_status: status, before_until: until } = found;
  const waived = found.status === 'waived' && found.waiver_id !== null;
  return {
    ...given,
    // Not the column: a finding that cannot be read must not stay fine.
    status: waived ? 'waived' : given.status,
    node: found.node,
    nodeName: found.node_name,
    since: found.since,
    before: status !== null && until !== null ? { status, until } : null,
    waiver: waived
      ? {
          id: found.waiver_id ?? '',
          reason: found.waiver_reason ?? '',
          until: found.waiver_until ?? '',
          underneath: given.status,
        }
      : null,
    stale: found.stale === 1,
    changed:
      found.inside_at !== null && found.inside !== null ? { at: found.inside_at, words: found.inside } : null,
  };
}
