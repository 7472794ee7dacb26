import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { CheckId } from '#shared/domain/check-id.ts';
import { type Finding, type FindingStatus, findingStatus } from '#shared/domain/finding.ts';
import { foldDay, foldStatus, type StatusTrack } from '#shared/domain/history.ts';
import { readFinding } from './stored-finding.ts';

/** When something is written: the instant, and the operator's calendar day at that instant. */
export interface Moment {
  at: string;
  day: string;
}

/** A change of a status as it was written down. */
export interface WrittenChange {
  at: string;
  node: string;
  check: CheckId;
  from: FindingStatus | null;
  to: FindingStatus;
  summary: string;
}

const trackRow = z.object({
  status: findingStatus,
  since: z.string(),
  last_seen: z.string(),
  before_status: findingStatus.nullable(),
  before_until: z.string().nullable(),
});

/**
 * The one way in which the status of a check on a node is written: folds it into the history and keeps the worst of
 * the day. To be called inside a transaction.
 */
export function statusWriter(database: Database) {
  const read = database.prepare(
    'SELECT status, since, last_seen, before_status, before_until FROM finding WHERE node = ? AND check_id = ?',
  );
  const write = database.prepare(`
    INSERT INTO finding (node, check_id, status, since, last_seen, before_status, before_until, evidence_hash, body)
    VALUES (@node, @check, @status, @since, @lastSeen, @beforeStatus, @beforeUntil, @evidenceHash, @body)
    ON CONFLICT (node, check_id) DO UPDATE SET status = @status, since = @since, last_seen = @lastSeen,
      before_status = @beforeStatus, before_until = @beforeUntil, evidence_hash = @evidenceHash, body = @body`);
  const writeChange = database.prepare(
    'INSERT INTO finding_change (node, check_id, at, previous, status, summary) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const readDay = database
    .prepare('SELECT worst FROM finding_day WHERE node = ? AND check_id = ? AND day = ?')
    .pluck();
  const writeDay = database.prepare('INSERT OR REPLACE INTO finding_day VALUES (?, ?, ?, ?)');
  const readBody = database.prepare(
    'SELECT body, evidence_hash AS evidenceHash FROM finding WHERE node = ? AND check_id = ?',
  );

  function trackOf(node: string, check: CheckId): StatusTrack | null {
    const found = read.get(node, check);
    if (found === undefined) return null;
    const track = trackRow.parse(found);
    const { before_status: status, before_until: until } = track;
    return {
      status: track.status,
      since: track.since,
      lastSeen: track.last_seen,
      before: status !== null && until !== null ? { status, until } : null,
    };
  }

  return {
    /**
     * @param status the status that counts: that of the finding, or `waived`
     * @returns the change, or null when the status is the one before
     */
    write(
      node: string,
      seen: { finding: Finding; evidenceHash: string },
      status: FindingStatus,
      moment: Moment,
    ): WrittenChange | null {
      const { check, summary } = seen.finding;
      const previous = trackOf(node, check);
      const { track, changed } = foldStatus(previous, { at: moment.at, status });
      write.run({
        node,
        check,
        status,
        since: track.since,
        lastSeen: track.lastSeen,
        beforeStatus: track.before?.status ?? null,
        beforeUntil: track.before?.until ?? null,
        evidenceHash: seen.evidenceHash,
        body: JSON.stringify(seen.finding),
      });
      const day = findingStatus.nullable().parse(readDay.get(node, check, moment.day) ?? null);
      writeDay.run(node, check, moment.day, foldDay(day, status));
      if (!changed) return null;
      const from = previous?.status ?? null;
      writeChange.run(node, check, moment.at, from, status, summary);
      return { at: moment.at, node, check, from, to: status, summary };
    },

    /** @returns the finding as the check gave it, with its hash; null when there is none */
    stored(node: string, check: CheckId): { finding: Finding; evidenceHash: string } | null {
      const found = readBody.get(node, check);
      if (found === undefined) return null;
      const { body, evidenceHash } = z.object({ body: z.string(), evidenceHash: z.string() }).parse(found);
      return { finding: readFinding(check, body), evidenceHash };
    },
  };
}
