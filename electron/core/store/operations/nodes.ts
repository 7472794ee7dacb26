import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { listOf } from '#shared/domain/bounds.ts';
import { nodeAddress, type SwarmNode } from '#shared/domain/node.ts';
import { type ProfileCorrection, profileCorrection } from '#shared/domain/profile.ts';
import { readJson } from './statement.ts';

const row = z.object({
  id: z.string(),
  name: z.string(),
  address: z.string(),
  added_at: z.string(),
  last_look_at: z.string().nullable(),
  last_error: z.string().nullable(),
});

const COLUMNS = 'id, name, address, added_at, last_look_at, last_error';

/** Nodes, their confirmed host keys and the corrections of their profile. */
export function nodeOperations(database: Database) {
  const insert = database.prepare(
    'INSERT INTO node (id, name, address, added_at) VALUES (@id, @name, @address, @addedAt)',
  );
  const insertKey = database.prepare(
    'INSERT OR IGNORE INTO host_key (node, line, confirmed_at) VALUES (?, ?, ?)',
  );

  return {
    /** @returns every node that was not removed, in no order that means anything */
    listNodes: (): SwarmNode[] =>
      database.prepare(`SELECT ${COLUMNS} FROM node WHERE removed_at IS NULL`).all().map(toNode),

    /** @returns ids of all nodes, also of removed ones, which may come back */
    takenIds: (): string[] => database.prepare('SELECT id FROM node').pluck().all().map(String),

    /** Stores a node together with the host keys that were confirmed for it. */
    addNode: (input: { node: SwarmNode; hostKeys: readonly string[] }): void =>
      database.transaction(() => {
        const { id, name, address, addedAt } = input.node;
        insert.run({ id, name, address: JSON.stringify(address), addedAt });
        for (const line of input.hostKeys) insertKey.run(id, line, addedAt);
      })(),

    /** @returns false when there is no such node */
    renameNode: (input: { id: string; name: string }): boolean =>
      database
        .prepare('UPDATE node SET name = ? WHERE id = ? AND removed_at IS NULL')
        .run(input.name, input.id).changes === 1,

    /** Sets by which account a node is reached over SSH; its place stays as it is. @returns false when there is no such node */
    setNodeUser: (input: { id: string; user: string }): boolean =>
      database
        .prepare(
          `UPDATE node SET address = json_set(address, '$.user', @user)
           WHERE id = @id AND removed_at IS NULL AND json_extract(address, '$.kind') = 'ssh'`,
        )
        .run(input).changes === 1,

    /** Hides a node; {@link restoreNode} brings it back with all its findings, {@link purgeRemoved} forgets it. */
    removeNode: (input: { id: string; at: string }): boolean =>
      database
        .prepare('UPDATE node SET removed_at = ? WHERE id = ? AND removed_at IS NULL')
        .run(input.at, input.id).changes === 1,

    /** @returns false when there is no such removed node */
    restoreNode: (input: { id: string }): boolean =>
      database
        .prepare('UPDATE node SET removed_at = NULL WHERE id = ? AND removed_at IS NOT NULL')
        .run(input.id).changes === 1,

    /** @returns a removed node that can still come back, or null */
    removedNode: (input: { id: string }): SwarmNode | null => {
      const found = database
        .prepare(`SELECT ${COLUMNS} FROM node WHERE id = ? AND removed_at IS NOT NULL`)
        .get(input.id);
      return found === undefined ? null : toNode(found);
    },

    /** Forgets removed nodes with everything about them. @returns what they were */
    purgeRemoved: (): SwarmNode[] =>
      database
        .prepare(`DELETE FROM node WHERE removed_at IS NOT NULL RETURNING ${COLUMNS}`)
        .all()
        .map(toNode),

    /** @returns lines of known_hosts that the operator confirmed, of nodes that were not removed */
    hostKeys: (): { node: string; line: string }[] =>
      database
        .prepare(
          'SELECT node, line FROM host_key JOIN node ON node.id = host_key.node WHERE removed_at IS NULL ORDER BY node, line',
        )
        .all()
        .map((entry) => z.object({ node: z.string(), line: z.string() }).parse(entry)),

    /** @returns what the operator corrected; empty when nothing */
    corrections: (input: { node: string }): ProfileCorrection[] => {
      const text = database
        .prepare('SELECT corrections FROM profile_correction WHERE node = ?')
        .pluck()
        .get(input.node);
      if (text === undefined) return [];
      return readJson(listOf(profileCorrection, 16), String(text), `corrections of ${input.node}`);
    },

    setCorrections: (input: { node: string; corrections: readonly ProfileCorrection[] }): void => {
      database
        .prepare('INSERT OR REPLACE INTO profile_correction (node, corrections) VALUES (?, ?)')
        .run(input.node, JSON.stringify(input.corrections));
    },
  };
}

function toNode(entry: unknown): SwarmNode {
  const found = row.parse(entry);
  return {
    id: found.id,
    name: found.name,
    address: readJson(nodeAddress, found.address, `address of ${found.id}`),
    addedAt: found.added_at,
    lastLookAt: found.last_look_at,
    lastError: found.last_error,
  };
}
