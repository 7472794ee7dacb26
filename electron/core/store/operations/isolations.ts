import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { instant, listOf, shortText } from '#shared/domain/bounds.ts';
import { wireIdentity } from '#shared/domain/helper/isolate.ts';
import { changeId, numericId, sha256 } from '#shared/domain/helper/targets.ts';
import {
  isolatedNode,
  isolationId,
  isolationScope,
  MOST_ISOLATED,
} from '#shared/domain/incident/isolation.ts';
import { nodeAddress, nodeId } from '#shared/domain/node.ts';
import { readJson } from './statement.ts';

const port = z.int().min(1).max(65_535);

/** One node of an isolation as the journal has it. */
const storedIsolatedNode = z.object({
  /** What pages see of it. */
  shown: isolatedNode,
  /** Where it is going. */
  wants: z.enum(['isolated', 'released']),
  /** The operator lets its peers go although the node itself did not answer. */
  withoutNode: z.boolean(),
  /** Names it on the node and on its peers. */
  run: changeId,
  uids: listOf(numericId, 64),
  /** Port of the swarm's API. */
  apiPort: port,
  /** Port of SSH by which the console reaches it; null: the console runs on it. */
  sshPort: port.nullable(),
  target: wireIdentity,
  /** How it was reached when it was ordered: who is off the list of nodes meanwhile is asked there all the same. */
  reachedAt: nodeAddress.nullable().default(null),
  /** The part of `target` that this console knows by itself, not by what the node says. No other node's address takes it back. */
  certain: wireIdentity.default({ macs: [], addresses: [] }),
  /** Fingerprints of its confirmed host keys: a node with one of them is the same machine, whatever it is called. */
  keys: listOf(z.string().max(256), 16).default([]),
  /** Who the other nodes are: nobody is to drop these because of what this one says. */
  spares: wireIdentity,
  /** Snapshot and open connections are done with. */
  settled: z.boolean(),
});

/** An isolation as the journal has it. */
export const storedIsolation = z.object({
  id: isolationId,
  hash: sha256,
  scope: isolationScope,
  startedAt: instant,
  endedAt: instant.nullable(),
  confirm: z.enum(['by-itself', 'by-hand']),
  nodes: listOf(storedIsolatedNode, MOST_ISOLATED),
});
export type StoredIsolation = z.infer<typeof storedIsolation>;
export type StoredIsolatedNode = StoredIsolation['nodes'][number];

/** What a node looked like right after it was cut. */
export const isolationSnapshot = z.object({
  isolation: isolationId,
  node: nodeId,
  at: instant,
  sha256,
  parts: listOf(z.object({ name: shortText, text: z.string().max(131_072), cut: z.boolean() }), 8),
});
export type IsolationSnapshot = z.infer<typeof isolationSnapshot>;

const row = z.object({ id: z.string(), body: z.string() });

/** The journal of isolations. Every write is durable when it returns (synchronous = FULL). */
export function isolationOperations(database: Database) {
  const read = (found: unknown): StoredIsolation => {
    const { id, body } = row.parse(found);
    return readJson(storedIsolation, body, `isolation ${id}`);
  };
  const open = (): StoredIsolation[] =>
    database
      .prepare('SELECT id, body FROM isolation WHERE ended_at IS NULL ORDER BY started_at DESC LIMIT 64')
      .all()
      .map(read);
  const one = (id: string): StoredIsolation | null => {
    const found = database.prepare('SELECT id, body FROM isolation WHERE id = ?').get(id);
    return found === undefined ? null : read(found);
  };
  return {
    /** Writes an isolation down before anything of it is done. @returns `busy` when one of its nodes is in another one, `known` when it was begun before */
    beginIsolation: (input: { isolation: StoredIsolation }): 'begun' | 'busy' | 'known' =>
      database
        .transaction(() => {
          const { isolation } = input;
          if (one(isolation.id) !== null) return 'known';
          const wanted = new Set(isolation.nodes.map(({ shown }) => shown.node));
          const held = open().flatMap(({ nodes }) => nodes.filter(({ shown }) => shown.state !== 'released'));
          if (held.some(({ shown }) => wanted.has(shown.node))) return 'busy';
          database
            .prepare('INSERT INTO isolation (id, started_at, ended_at, body) VALUES (?, ?, ?, ?)')
            .run(isolation.id, isolation.startedAt, isolation.endedAt, JSON.stringify(isolation));
          return 'begun';
        })
        .immediate(),

    /** Writes where it is now. */
    writeIsolation: (input: { isolation: StoredIsolation }): void => {
      const { isolation } = input;
      database
        .prepare('UPDATE isolation SET ended_at = ?, body = ? WHERE id = ?')
        .run(isolation.endedAt, JSON.stringify(isolation), isolation.id);
    },

    /** @returns the isolation, or null when there is none */
    isolation: (input: { id: string }): StoredIsolation | null => one(input.id),

    /** @returns those that are not released, newest first */
    openIsolations: (): StoredIsolation[] => open(),

    /** Keeps what a node looked like; the same snapshot once. */
    keepIsolationSnapshot: (input: { snapshot: IsolationSnapshot }): void => {
      const { isolation, node, at, sha256: hash, parts } = input.snapshot;
      database
        .prepare(
          'INSERT OR IGNORE INTO isolation_snapshot (isolation, node, at, sha256, body) VALUES (?, ?, ?, ?, ?)',
        )
        .run(isolation, node, at, hash, JSON.stringify(parts));
    },

    /** @returns what nodes of an isolation looked like right after each cut, oldest first */
    isolationSnapshots: (input: { isolation: string }): IsolationSnapshot[] =>
      database
        .prepare(
          'SELECT isolation, node, at, sha256, body FROM isolation_snapshot WHERE isolation = ? ORDER BY at',
        )
        .all(input.isolation)
        .map((found) => {
          const { body, ...rest } = z.looseObject({ body: z.string() }).parse(found);
          return isolationSnapshot.parse({ ...rest, parts: JSON.parse(body) });
        }),
  };
}
