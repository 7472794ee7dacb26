import { gunzipSync, gzipSync } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { Finding } from '#shared/domain/finding.ts';
import { type Profile, profile } from '#shared/domain/profile.ts';
import { waiverBook } from './decisions.ts';
import { pruneNode } from './retention.ts';
import { readJson } from './statement.ts';
import { type Moment, statusWriter, type WrittenChange } from './tracking.ts';

/** Characters of JSON; facts beyond it are not kept, and the findings from them are. */
export const FACTS_LIMIT = 64 * 1024 * 1024;

/** A look that ended, as it is written down. */
export interface EndedLook {
  id: string;
  node: string;
  startedAt: string;
  endedAt: string;
  outcome: 'done' | 'failed' | 'cancelled';
  error: string | null;
}

/** Findings of one node, with the hash of the evidence of each. */
export type SeenFindings = readonly { finding: Finding; evidenceHash: string }[];

/** Looks, the latest facts of each node, and the findings that come from them. */
export function lookOperations(database: Database) {
  const status = statusWriter(database);
  const book = waiverBook(database);
  const insertLook = database.prepare(`
    INSERT INTO look (id, node, started_at, ended_at, outcome, error, changed)
    VALUES (@id, @node, @startedAt, @endedAt, @outcome, @error, @changed)`);

  function writeFindings(node: string, seen: SeenFindings, moment: Moment): WrittenChange[] {
    const changes: WrittenChange[] = [];
    for (const entry of seen) {
      const { check } = entry.finding;
      const held = book.open(node, check);
      const ended = held === null ? null : endingOf(held, entry.evidenceHash, moment.at);
      if (held && ended) book.end(held.id, moment.at, ended);
      const counts = held && !ended ? 'waived' : entry.finding.status;
      const change = status.write(node, entry, counts, moment);
      if (change) changes.push(change);
    }
    return changes;
  }

  return {
    /**
     * Writes a finished look: facts, findings, history and the node's own times, all or nothing.
     * @param input.facts JSON of the facts; over {@link FACTS_LIMIT} characters they are not kept
     * @returns what changed against the look before; null when the node is gone
     */
    recordLook: (input: {
      look: EndedLook;
      facts: { collectedAt: string; profile: Profile; json: string };
      findings: SeenFindings;
      moment: Moment;
    }): WrittenChange[] | null =>
      database
        .transaction(() => {
          const { look, facts, moment } = input;
          const known = database
            .prepare(
              'UPDATE node SET last_look_at = ?, last_error = NULL WHERE id = ? AND removed_at IS NULL',
            )
            .run(look.endedAt, look.node);
          if (known.changes === 0) return null;
          database.prepare('DELETE FROM facts WHERE node = ?').run(look.node);
          if (facts.json.length <= FACTS_LIMIT) {
            database
              .prepare('INSERT INTO facts (node, collected_at, profile, body) VALUES (?, ?, ?, ?)')
              .run(
                look.node,
                facts.collectedAt,
                JSON.stringify(facts.profile),
                gzipSync(facts.json, { level: 3 }),
              );
          }
          const changes = writeFindings(look.node, input.findings, moment);
          insertLook.run({ ...look, changed: changes.filter((change) => change.from !== null).length });
          pruneNode(database, look.node);
          return changes;
        })
        .immediate(),

    /** Writes a look that brought nothing: findings stay, and the node says why when it failed. */
    recordFailedLook: (input: { look: EndedLook }): boolean =>
      database
        .transaction(() => {
          const { look } = input;
          const known = database
            .prepare(
              `UPDATE node SET last_error = CASE @outcome WHEN 'failed' THEN @error ELSE last_error END
               WHERE id = @node AND removed_at IS NULL`,
            )
            .run({ outcome: look.outcome, error: look.error, node: look.node });
          if (known.changes === 0) return false;
          insertLook.run({ ...look, changed: 0 });
          return true;
        })
        .immediate(),

    /**
     * Writes findings that come from facts which are already there: after a declaration or a setting.
     * @returns null when newer facts have come meanwhile; then nothing is written
     */
    recordFindings: (input: {
      node: string;
      collectedAt: string;
      findings: SeenFindings;
      moment: Moment;
    }): WrittenChange[] | null =>
      database
        .transaction(() => {
          const present = database
            .prepare('SELECT collected_at FROM facts WHERE node = ?')
            .pluck()
            .get(input.node);
          return present === input.collectedAt
            ? writeFindings(input.node, input.findings, input.moment)
            : null;
        })
        .immediate(),

    /** @returns the latest facts of a node as JSON, or null when there are none */
    facts: (input: { node: string }): string | null => {
      const body = database.prepare('SELECT body FROM facts WHERE node = ?').pluck().get(input.node);
      if (!Buffer.isBuffer(body)) return null;
      return gunzipSync(body, { maxOutputLength: FACTS_LIMIT * 4 }).toString('utf8');
    },

    /** @returns the profile as it was detected at the latest look, or null */
    profile: (input: { node: string }): { detected: Profile; collectedAt: string } | null => {
      const found = database
        .prepare('SELECT profile, collected_at AS collectedAt FROM facts WHERE node = ?')
        .get(input.node);
      if (found === undefined) return null;
      const row = z.object({ profile: z.string(), collectedAt: z.string() }).parse(found);
      return {
        detected: readJson(profile, row.profile, `profile of ${input.node}`),
        collectedAt: row.collectedAt,
      };
    },

    /** @returns for each node that was looked at, whether mycoSwarm was found on it */
    hasMycoswarm: (): { node: string; found: boolean }[] =>
      database
        .prepare(
          `SELECT node, json_array_length(profile, '$.instances') > 0 AS found
           FROM facts JOIN node ON node.id = facts.node WHERE removed_at IS NULL`,
        )
        .all()
        .map((row) => {
          const { node, found } = z.object({ node: z.string(), found: z.int() }).parse(row);
          return { node, found: found === 1 };
        }),

    /** @returns when the newest attempt ended, over all nodes, or null */
    lastAttempt: (): string | null =>
      z
        .string()
        .nullable()
        .parse(database.prepare('SELECT max(ended_at) FROM look').pluck().get() ?? null),
  };
}

function endingOf(
  held: { until: string; evidenceHash: string },
  evidenceHash: string,
  at: string,
): 'expired' | 'evidence-changed' | null {
  if (held.until <= at) return 'expired';
  return held.evidenceHash === evidenceHash ? null : 'evidence-changed';
}
