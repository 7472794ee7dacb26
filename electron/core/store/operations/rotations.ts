import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { instant, listOf } from '#shared/domain/bounds.ts';
import { accountRange } from '#shared/domain/helper/secret.ts';
import { targetPath, unitName } from '#shared/domain/helper/targets.ts';
import { nodeId } from '#shared/domain/node.ts';
import { rotationPlan } from '#shared/domain/rotation/plan.ts';
import { rotationNode, rotationRun } from '#shared/domain/rotation/run.ts';
import { rotationId } from '#shared/domain/rotation/wish.ts';
import { readJson } from './statement.ts';

const address = z.union([z.ipv4(), z.ipv6()]);

/** Where a node has its secret, as the preflight saw it. */
export const rotationPlace = z.object({
  path: targetPath,
  unit: unitName,
  port: z.int().min(1).max(65_535),
  owner: z.object({ uid: z.int().min(0), gid: z.int().min(0) }),
  accounts: listOf(accountRange, 64).min(1),
  addresses: listOf(address, 32),
});
export type RotationPlace = z.infer<typeof rotationPlace>;

/** A rotation as the journal has it. */
export const storedRotation = rotationRun
  .pick({
    id: true,
    stage: true,
    startedAt: true,
    endedAt: true,
    restartsAt: true,
    waits: true,
    error: true,
    strangers: true,
  })
  .extend({
    plan: rotationPlan,
    nodes: listOf(
      rotationNode.extend({
        node: nodeId,
        place: rotationPlace.nullable(),
        fence: z.enum(['none', 'all', 'swarm']),
        /** Something of this rotation is still to be ended there: the secret that was in force before, the lease, or what its fence says. */
        keepsOld: z.boolean(),
      }),
      256,
    ),
    /** Milliseconds that staging took: arming takes about as long. */
    stagingMs: z.number().min(0).nullable(),
    /** Why it is being taken back, written down before the first node is told: whoever goes on with it takes it back, too. */
    takesBack: z.string().max(2_048).nullable().default(null),
    /** Rotations of this console before this one, newest first: what they hold on a node is taken over. */
    former: listOf(rotationId, 8).default([]),
    /** The fences stay for the time being: strangers were seen, or nodes are out. */
    keepsFences: z.boolean(),
  });
export type StoredRotation = z.infer<typeof storedRotation>;
export type StoredRotationNode = StoredRotation['nodes'][number];

const row = z.object({ id: z.string(), endedAt: instant.nullable(), body: z.string() });

/** States of a node that has the secret of its rotation, or never will. */
const SETTLED: ReadonlySet<StoredRotationNode['state']> = new Set([
  'verified',
  'removed',
  'taken-back',
  'superseded',
]);

/** @returns how many nodes of a rotation still have to be finished */
export const openNodes = (rotation: StoredRotation): number =>
  rotation.stage === 'aborted'
    ? rotation.nodes.filter(({ part, fence }) => part !== 'keeps' && fence !== 'none').length
    : rotation.nodes.filter(
        ({ state, fence, keepsOld }) =>
          !SETTLED.has(state) || fence === 'all' || (state === 'verified' && keepsOld),
      ).length;

/** The journal of rotations. Every write is durable when it returns (synchronous = FULL). */
export function rotationOperations(database: Database) {
  const COLUMNS = 'id, ended_at AS endedAt, body';
  const read = (found: unknown): StoredRotation => {
    const { id, body } = row.parse(found);
    return readJson(storedRotation, body, `rotation ${id}`);
  };
  return {
    /** Writes a rotation down before anything of it is done. @returns `busy` when another one is under way, `known` when this one was begun before */
    beginRotation: (input: { rotation: StoredRotation }): 'begun' | 'busy' | 'known' =>
      database
        .transaction(() => {
          const { rotation } = input;
          if (database.prepare('SELECT 1 FROM rotation WHERE id = ?').get(rotation.id) !== undefined)
            return 'known';
          if (database.prepare('SELECT 1 FROM rotation WHERE ended_at IS NULL').get() !== undefined)
            return 'busy';
          database
            .prepare('INSERT INTO rotation (id, started_at, stage, open_nodes, body) VALUES (?, ?, ?, ?, ?)')
            .run(
              rotation.id,
              rotation.startedAt,
              rotation.stage,
              openNodes(rotation),
              JSON.stringify(rotation),
            );
          return 'begun';
        })
        .immediate(),

    /** Writes where it is now. */
    writeRotation: (input: { rotation: StoredRotation }): void => {
      const { rotation } = input;
      database
        .prepare('UPDATE rotation SET ended_at = ?, stage = ?, open_nodes = ?, body = ? WHERE id = ?')
        .run(rotation.endedAt, rotation.stage, openNodes(rotation), JSON.stringify(rotation), rotation.id);
    },

    /** @returns the rotation, or null when there is none */
    rotation: (input: { id: string }): StoredRotation | null => {
      const found = database.prepare(`SELECT ${COLUMNS} FROM rotation WHERE id = ?`).get(input.id);
      return found === undefined ? null : read(found);
    },

    /** @returns the one that is not at rest, and ended ones with nodes to finish, newest first */
    openRotations: (): StoredRotation[] =>
      database
        .prepare(
          `SELECT ${COLUMNS} FROM rotation WHERE ended_at IS NULL OR open_nodes > 0 ORDER BY started_at DESC LIMIT 64`,
        )
        .all()
        .map(read),

    /** @returns rotations, newest first, that began before an instant */
    rotationsBefore: (input: { before: string | null; limit: number }): StoredRotation[] =>
      database
        .prepare(
          `SELECT ${COLUMNS} FROM rotation WHERE (@before IS NULL OR started_at < @before)
           ORDER BY started_at DESC, id LIMIT @limit`,
        )
        .all(input)
        .map(read),
  };
}
