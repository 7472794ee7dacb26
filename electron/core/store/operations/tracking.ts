import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { CheckId } from '#shared/domain/check-id.ts';
import { type InnerChange, innerChange } from '#shared/domain/evidence-drift.ts';
import { type Finding, type FindingStatus, findingStatus } from '#shared/domain/finding.ts';
import { foldDay, foldStatus, type StatusTrack } from '#shared/domain/history.ts';
import { readFinding } from './stored-finding.ts';

/** When something is written: the instant, and the operator's calendar day at that instant. */
export interface Moment {
  at: string;
  day: string;
}

/** Longest sentence of a change, as the contract has it. */
const SUMMARY_LENGTH = 1_024;

/** @returns the sentence of a change: that of the finding, then what is new inside it */
export function changeWords(summary: string, inside: string | null): string {
  return inside === null ? summary : `${summary} ${inside}`.slice(0, SUMMARY_LENGTH).toWellFormed();
}

/** A change as it was written down: of a status, or inside a finding whose status stayed (`from` equals `to`). */
export interface WrittenChange {
  at: string;
  node: string;
  check: CheckId;
  from: FindingStatus | null;
  to: FindingStatus;
  /** The sentence of the finding, and after it what is new inside it. */
  summary: string;
  /** What happened inside the finding; only on a change that was just written. */
  inside?: InnerChange;
}

const trackRow = z.object({
  status: findingStatus,
  underneath: findingStatus.nullable().catch(null),
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
    `SELECT status, since, last_seen, before_status, before_until,
            CASE WHEN json_valid(body) THEN body ->> '$.status' END AS underneath
     FROM finding WHERE node = ? AND check_id = ?`,
  );
  const write = database.prepare(`
    INSERT INTO finding (node, check_id, status, since, last_seen, before_status, before_until, evidence_hash, body)
    VALUES (@node, @check, @status, @since, @lastSeen, @beforeStatus, @beforeUntil, @evidenceHash, @body)
    ON CONFLICT (node, check_id) DO UPDATE SET status = @status, since = @since, last_seen = @lastSeen,
      before_status = @beforeStatus, before_until = @beforeUntil, evidence_hash = @evidenceHash, body = @body`);
  const writeChange = database.prepare(
    'INSERT INTO finding_change (node, check_id, at, previous, status, summary, inside) VALUES (?, ?, ?, ?, ?, ?, ?)',
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
      underneath: track.underneath ?? track.status,
      since: track.since,
      lastSeen: track.last_seen,
      before: status !== null && until !== null ? { status, until } : null,
    };
  }

  function stored(node: string, check: CheckId): { finding: Finding; evidenceHash: string } | null {
    const found = readBody.get(node, check);
    if (found === undefined) return null;
    const { body, evidenceHash } = z.object({ body: z.string(), evidenceHash: z.string() }).parse(found);
    return { finding: readFinding(check, body), evidenceHash };
  }

  /** The hash is compared first: most looks see what the look before saw. */
  function insideOf(node: string, seen: { finding: Finding; evidenceHash: string }): InnerChange | null {
    const former = stored(node, seen.finding.check);
    if (former === null || former.evidenceHash === seen.evidenceHash) return null;
    return innerChange(former.finding, seen.finding);
  }

  return {
    /**
     * @param status the status that counts: that of the finding, or `waived`
     * @returns the change, of the status or inside the finding; null when all is as before
     */
    write(
      node: string,
      seen: { finding: Finding; evidenceHash: string },
      status: FindingStatus,
      moment: Moment,
    ): WrittenChange | null {
      const { check, summary } = seen.finding;
      const previous = trackOf(node, check);
      const underneath = seen.finding.status;
      const { track, changed } = foldStatus(previous, { at: moment.at, status, underneath });
      const inside = insideOf(node, seen);
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
      if (!changed && inside === null) return null;
      const from = previous?.status ?? null;
      writeChange.run(node, check, moment.at, from, status, summary, inside?.words ?? null);
      return {
        at: moment.at,
        node,
        check,
        from,
        to: status,
        summary: changeWords(summary, inside?.words ?? null),
        ...(inside === null ? {} : { inside }),
      };
    },

    /** @returns the finding as the check gave it, with its hash; null when there is none */
    stored,
  };
}
