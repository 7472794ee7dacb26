import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { instant } from '#shared/domain/bounds.ts';
import {
  INCIDENT_MOST,
  type Incident,
  type IncidentEntry,
  incident,
  incidentEntry,
} from '#shared/domain/incident/incident.ts';
import { readJson } from './statement.ts';

const row = z.object({ number: z.int(), id: z.string(), body: z.string() });
const entryRow = z.object({ incident: z.string(), entry: z.int(), body: z.string() });
const resultRow = z.object({ run: z.string(), at: instant, body: z.string() });

/** Most that the result of one step takes as JSON, in UTF-16 units. */
export const RESULT_LIMIT = 8 * 1024 * 1024;

/** The journal of incidents. Every write is durable when it returns (synchronous = FULL). */
export function incidentOperations(database: Database) {
  const COLUMNS = 'number, id, body';
  const read = (found: unknown): Incident => {
    const { number, id, body } = row.parse(found);
    return { ...readJson(incident, body, `incident ${id}`), number };
  };
  const find = (id: string): Incident | null => {
    const found = database.prepare(`SELECT ${COLUMNS} FROM incident WHERE id = ?`).get(id);
    return found === undefined ? null : read(found);
  };
  const addEntry = (id: string, entry: Omit<IncidentEntry, 'entry'>): void => {
    const number = z
      .object({ next: z.int() })
      .parse(
        database
          .prepare('SELECT coalesce(max(entry), 0) + 1 AS next FROM incident_entry WHERE incident = ?')
          .get(id),
      ).next;
    // What is beyond stays in the ledger, which has no such bound.
    if (number > INCIDENT_MOST.entries) return;
    database
      .prepare('INSERT INTO incident_entry (incident, entry, body) VALUES (?, ?, ?)')
      .run(id, number, JSON.stringify({ ...entry, entry: number }));
  };

  return {
    /**
     * Opens an incident with its first line. @returns it with its number; null when the node is in an open one, or when this very one was
     * opened before
     */
    openIncident: (input: {
      incident: Omit<Incident, 'number'>;
      entry: Omit<IncidentEntry, 'entry'>;
    }): Incident | null =>
      database
        .transaction(() => {
          const { incident: fresh, entry } = input;
          if (find(fresh.id) !== null) return null;
          const busy =
            fresh.node !== null &&
            database
              .prepare('SELECT 1 FROM incident WHERE node = ? AND closed_at IS NULL')
              .get(fresh.node) !== undefined;
          if (busy) return null;
          const { lastInsertRowid } = database
            .prepare('INSERT INTO incident (id, node, opened_at, revision, body) VALUES (?, ?, ?, ?, ?)')
            .run(
              fresh.id,
              fresh.node,
              fresh.openedAt,
              fresh.revision,
              JSON.stringify({ ...fresh, number: 1 }),
            );
          addEntry(fresh.id, entry);
          return { ...fresh, number: Number(lastInsertRowid) };
        })
        .immediate(),

    /**
     * Writes an incident after a move, with the line about it. @returns false when somebody else wrote in between, or when it would be a
     * second open one of its node: nothing was written then
     */
    writeIncident: (input: {
      incident: Incident;
      /** The revision that the move was made from. */
      after: number;
      entry: Omit<IncidentEntry, 'entry'>;
    }): boolean =>
      database
        .transaction(() => {
          const { incident: next, after, entry } = input;
          const busy =
            next.closedAt === null &&
            next.node !== null &&
            database
              .prepare('SELECT 1 FROM incident WHERE node = ? AND closed_at IS NULL AND id <> ?')
              .get(next.node, next.id) !== undefined;
          if (busy) return false;
          const { changes } = database
            .prepare(
              'UPDATE incident SET closed_at = ?, revision = ?, body = ? WHERE id = ? AND revision = ?',
            )
            .run(next.closedAt, next.revision, JSON.stringify(next), next.id, after);
          if (changes === 0) return false;
          addEntry(next.id, entry);
          return true;
        })
        .immediate(),

    /** @returns the incident, or null when there is none */
    incident: (input: { id: string }): Incident | null => find(input.id),

    /** @returns the open ones, newest first */
    openIncidents: (): Incident[] =>
      database
        .prepare(`SELECT ${COLUMNS} FROM incident WHERE closed_at IS NULL ORDER BY number DESC LIMIT 256`)
        .all()
        .map(read),

    /** @returns closed ones, newest first, with numbers below one */
    closedIncidents: (input: { before: number | null; limit: number }): Incident[] =>
      database
        .prepare(
          `SELECT ${COLUMNS} FROM incident WHERE closed_at IS NOT NULL AND (@before IS NULL OR number < @before)
           ORDER BY number DESC LIMIT @limit`,
        )
        .all(input)
        .map(read),

    /** @returns incidents, open or closed, that asked for something to be changed, newest first */
    incidentsToFollow: (): Incident[] =>
      database
        .prepare(
          `SELECT ${COLUMNS} FROM incident WHERE json_array_length(body, '$.followUps') > 0
           ORDER BY number DESC LIMIT 256`,
        )
        .all()
        .map(read),

    /** @returns lines of an incident, newest first, with numbers below one, and how many there are in all */
    incidentEntries: (input: {
      id: string;
      before: number | null;
      limit: number;
    }): { entries: IncidentEntry[]; total: number } => ({
      entries: database
        .prepare(
          `SELECT incident, entry, body FROM incident_entry
           WHERE incident = @id AND (@before IS NULL OR entry < @before) ORDER BY entry DESC LIMIT @limit`,
        )
        .all(input)
        .map((found) => {
          const { incident: id, entry, body } = entryRow.parse(found);
          return readJson(incidentEntry, body, `line ${entry} of incident ${id}`);
        }),
      total: z
        .object({ total: z.int() })
        .parse(
          database.prepare('SELECT count(*) AS total FROM incident_entry WHERE incident = ?').get(input.id),
        ).total,
    }),

    /** Keeps what a step found, in place of what it found before. @param input.body JSON */
    keepResult: (input: { id: string; step: string; run: string; at: string; body: string }): boolean => {
      if (input.body.length > RESULT_LIMIT) return false;
      database
        .prepare(
          `INSERT INTO incident_result (incident, step, run, at, body) VALUES (@id, @step, @run, @at, @body)
           ON CONFLICT (incident, step) DO UPDATE SET run = excluded.run, at = excluded.at, body = excluded.body`,
        )
        .run(input);
      return true;
    },

    /** @returns what a step found last as JSON, or null */
    stepResult: (input: { id: string; step: string }): { run: string; at: string; body: string } | null => {
      const found = database
        .prepare('SELECT run, at, body FROM incident_result WHERE incident = @id AND step = @step')
        .get(input);
      return found === undefined ? null : resultRow.parse(found);
    },
  };
}
