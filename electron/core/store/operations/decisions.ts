import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { CheckId } from '#shared/domain/check-id.ts';
import { type Declaration, declaration, type Waiver, waiver } from '#shared/domain/decision.ts';
import { type Moment, statusWriter, type WrittenChange } from './tracking.ts';

const waiverRow = z
  .object({
    id: z.string(),
    node: z.string(),
    check_id: z.string(),
    reason: z.string(),
    created_at: z.string(),
    until: z.string(),
    evidence_hash: z.string(),
    ended_at: z.string().nullable(),
    ended_why: z.string().nullable(),
  })
  .transform((row) =>
    waiver.parse({
      id: row.id,
      node: row.node,
      check: row.check_id,
      reason: row.reason,
      createdAt: row.created_at,
      until: row.until,
      evidenceHash: row.evidence_hash,
      ended: row.ended_at === null ? null : { at: row.ended_at, why: row.ended_why },
    }),
  );

type Ending = 'expired' | 'evidence-changed' | 'withdrawn';

/** Waivers and their ends, for every operation that writes a status. */
export function waiverBook(database: Database) {
  const open = database.prepare('SELECT * FROM waiver WHERE node = ? AND check_id = ? AND ended_at IS NULL');
  const end = database.prepare(
    'UPDATE waiver SET ended_at = ?, ended_why = ? WHERE id = ? AND ended_at IS NULL',
  );
  return {
    /** @returns the waiver that holds for a check on a node, or null */
    open(node: string, check: CheckId): Waiver | null {
      const found = open.get(node, check);
      return found === undefined ? null : waiverRow.parse(found);
    },
    end(id: string, at: string, why: Ending): void {
      end.run(at, why, id);
    },
  };
}

/** Waivers and declarations. */
export function decisionOperations(database: Database) {
  const status = statusWriter(database);
  const book = waiverBook(database);
  const byId = database.prepare('SELECT * FROM waiver WHERE id = ?');
  const insert = database.prepare(`
    INSERT INTO waiver (id, node, check_id, reason, created_at, until, evidence_hash)
    VALUES (@id, @node, @check, @reason, @createdAt, @until, @evidenceHash)`);

  function settleOne(held: Waiver, moment: Moment, why: Ending): WrittenChange | null {
    book.end(held.id, moment.at, why);
    const stored = status.stored(held.node, held.check);
    return stored && status.write(held.node, stored, stored.finding.status, moment);
  }

  return {
    /** @returns waivers of nodes that were not removed, newest first */
    waivers: (input: { node: string | null }): Waiver[] =>
      database
        .prepare(
          `SELECT waiver.* FROM waiver JOIN node ON node.id = waiver.node
           WHERE removed_at IS NULL AND (@node IS NULL OR node = @node)
           ORDER BY created_at DESC, waiver.id LIMIT 10000`,
        )
        .all(input)
        .map((row) => waiverRow.parse(row)),

    /**
     * Stores a waiver for the finding as it is now; one that held before is withdrawn.
     * @returns false when there is no such finding, or its evidence is no longer the one that was accepted
     */
    addWaiver: (input: { waiver: Waiver; moment: Moment }): boolean =>
      database.transaction(() => {
        const { waiver: given, moment } = input;
        const stored = status.stored(given.node, given.check);
        if (stored === null || stored.evidenceHash !== given.evidenceHash) return false;
        const former = book.open(given.node, given.check);
        if (former) book.end(former.id, moment.at, 'withdrawn');
        insert.run({ ...given, ended: undefined });
        status.write(given.node, stored, 'waived', moment);
        return true;
      })(),

    /** Ends a waiver by the operator's word. @returns it as it is now, or null when there is none */
    withdrawWaiver: (input: { id: string; moment: Moment }): Waiver | null =>
      database.transaction(() => {
        const found = byId.get(input.id);
        if (found === undefined) return null;
        const held = waiverRow.parse(found);
        if (held.ended === null) settleOne(held, input.moment, 'withdrawn');
        return waiverRow.parse(byId.get(input.id));
      })(),

    /** Ends every waiver whose time is over. @returns the findings that came back by it */
    settleWaivers: (input: { moment: Moment }): WrittenChange[] =>
      database.transaction(() =>
        database
          .prepare('SELECT * FROM waiver WHERE ended_at IS NULL AND until <= ?')
          .all(input.moment.at)
          .map((row) => settleOne(waiverRow.parse(row), input.moment, 'expired'))
          .filter((change) => change !== null),
      )(),

    /** @returns declarations for every node and for nodes that were not removed, oldest first */
    declarations: (): Declaration[] =>
      database
        .prepare(
          `SELECT declaration.id, declaration.node, kind, value, reason, created_at AS createdAt
           FROM declaration LEFT JOIN node ON node.id = declaration.node
           WHERE removed_at IS NULL ORDER BY created_at, declaration.id LIMIT 10000`,
        )
        .all()
        .map((row) => declaration.parse(row)),

    addDeclaration: (input: { declaration: Declaration }): void => {
      database
        .prepare('INSERT INTO declaration VALUES (@id, @node, @kind, @value, @reason, @createdAt)')
        .run(input.declaration);
    },

    /** @returns what was removed, or null when there was none */
    removeDeclaration: (input: { id: string }): Declaration | null => {
      const found = database
        .prepare(
          'DELETE FROM declaration WHERE id = ? RETURNING id, node, kind, value, reason, created_at AS createdAt',
        )
        .get(input.id);
      return found === undefined ? null : declaration.parse(found);
    },
  };
}
