import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { instant, listOf } from '#shared/domain/bounds.ts';
import { type FetchedWheel, fetchedWheel } from '#shared/domain/helper/fetched-wheel.ts';
import { changeId, sha256 } from '#shared/domain/helper/targets.ts';
import { appliedChange, changeState, type Plan, plan } from '#shared/domain/plan.ts';
import { readJson } from './statement.ts';

const stepRow = z.object({
  number: z.int(),
  state: appliedChange.shape.steps.element.shape.state,
  at: instant.nullable(),
  message: z.string().nullable(),
  record: sha256.nullable(),
  heldChange: changeId.nullable(),
  heldStep: z.int().nullable(),
  /** JSON. */
  wheels: z.string().nullable(),
});

const wheels = listOf(fetchedWheel, 32);

/** How far one step got. */
export interface StoredStep extends Omit<z.infer<typeof stepRow>, 'number' | 'wheels'> {
  /** The files that it unpacked packages from; absent for a step that fetched none, or did not tell. */
  wheels?: FetchedWheel[];
}

const results = appliedChange.shape.results;

const changeRow = z.object({
  id: changeId,
  node: z.string(),
  startedAt: instant,
  endedAt: instant.nullable(),
  revertsAt: instant.nullable(),
  state: changeState,
  kept: z.int(),
  error: z.string().nullable(),
  results: z.string(),
  of: changeId.nullable(),
  undoneBy: changeId.nullable(),
  plan: z.string(),
});

/** A change as the journal has it. It is at rest when it has an end. */
export interface StoredChange extends Omit<z.infer<typeof changeRow>, 'plan' | 'kept' | 'results'> {
  plan: Plan;
  /** The operator kept it, or it needs no keeping. */
  kept: boolean;
  results: z.infer<typeof results>;
  steps: StoredStep[];
}

/** What can be written of a change besides its steps. */
export type ChangeFields = Partial<
  Pick<StoredChange, 'state' | 'endedAt' | 'revertsAt' | 'kept' | 'error' | 'results' | 'undoneBy'>
>;

const COLUMNS = `id, node, started_at AS startedAt, ended_at AS endedAt, reverts_at AS revertsAt, state, kept, error, results,
  of_change AS "of", undone_by AS undoneBy, plan`;

const COLUMN_OF: Readonly<Record<keyof ChangeFields, string>> = {
  state: 'state',
  endedAt: 'ended_at',
  revertsAt: 'reverts_at',
  kept: 'kept',
  error: 'error',
  results: 'results',
  undoneBy: 'undone_by',
};

/** The journal of changes. Every write is durable when it returns (synchronous = FULL). */
export function changeOperations(database: Database) {
  const stepsOf = database.prepare(
    `SELECT number, state, at, message, record, held_change AS heldChange, held_step AS heldStep, wheels
     FROM change_step WHERE change = ? ORDER BY number`,
  );
  const insertStep = database.prepare(
    `INSERT OR REPLACE INTO change_step (change, number, state, at, message, record, held_change, held_step, wheels)
     VALUES (@change, @number, @state, @at, @message, @record, @heldChange, @heldStep, @wheels)`,
  );
  const writeStep = (change: string, number: number, { wheels: fetched, ...step }: StoredStep) =>
    insertStep.run({
      change,
      number,
      ...step,
      wheels: fetched === undefined ? null : JSON.stringify(fetched),
    });

  function read(found: unknown): StoredChange {
    const row = changeRow.parse(found);
    return {
      ...row,
      kept: row.kept === 1,
      results: readJson(results, row.results, `results of change ${row.id}`),
      plan: readJson(plan, row.plan, `plan of change ${row.id}`),
      steps: listOf(stepRow, 256)
        .parse(stepsOf.all(row.id))
        .map(({ number: _, wheels: fetched, ...step }) =>
          fetched === null
            ? step
            : { ...step, wheels: readJson(wheels, fetched, `files fetched by change ${row.id}`) },
        ),
    };
  }

  return {
    /**
     * Writes a change down before anything of it is done, and takes the node for it.
     * @returns `busy` when another one is under way on the node, `known` when this one was begun before
     */
    beginChange: (input: { plan: Plan; at: string }): 'begun' | 'busy' | 'known' =>
      database
        .transaction(() => {
          const { plan: given, at } = input;
          if (database.prepare('SELECT 1 FROM change WHERE id = ?').get(given.id) !== undefined)
            return 'known';
          const other = database
            .prepare('SELECT 1 FROM change WHERE node = ? AND ended_at IS NULL')
            .get(given.node);
          if (other !== undefined) return 'busy';
          database
            .prepare(
              `INSERT INTO change (id, node, started_at, state, kept, of_change, plan)
               VALUES (?, ?, ?, 'waiting', ?, ?, ?)`,
            )
            .run(
              given.id,
              given.node,
              at,
              given.revertsAfter === null ? 1 : 0,
              given.of,
              JSON.stringify(given),
            );
          given.steps.forEach((_, number) => {
            const blank = { at: null, message: null, record: null, heldChange: null, heldStep: null };
            writeStep(given.id, number, { state: 'waiting', ...blank });
          });
          return 'begun';
        })
        .immediate(),

    /** Writes where a change and some of its steps are now, all or nothing. */
    writeChange: (input: {
      id: string;
      fields?: ChangeFields;
      steps?: readonly { number: number; step: StoredStep }[];
      /** Steps of the change that this one takes back. */
      others?: readonly { change: string; number: number; step: StoredStep }[];
    }): void =>
      database
        .transaction(() => {
          const fields = Object.entries(input.fields ?? {}) as [keyof ChangeFields, unknown][];
          for (const [name, value] of fields) {
            const stored =
              name === 'kept' ? Number(value) : name === 'results' ? JSON.stringify(value) : value;
            database.prepare(`UPDATE change SET ${COLUMN_OF[name]} = ? WHERE id = ?`).run(stored, input.id);
          }
          for (const { number, step } of input.steps ?? []) writeStep(input.id, number, step);
          for (const { change, number, step } of input.others ?? []) writeStep(change, number, step);
        })
        .immediate(),

    /**
     * Brings every change that is not at rest to a stop, whatever its plan says. Of a step that was being done it stays open whether it
     * is there, so it counts as done.
     * @returns how many there were
     */
    stopOpenChanges: (input: { at: string; words: string; ofStep: string }): number =>
      database
        .transaction(() => {
          database
            .prepare(
              `UPDATE change_step SET state = 'done', at = @at, message = @ofStep
               WHERE state = 'running' AND change IN (SELECT id FROM change WHERE ended_at IS NULL)`,
            )
            .run({ at: input.at, ofStep: input.ofStep });
          return database
            .prepare(
              `UPDATE change SET state = 'stuck', ended_at = @at, reverts_at = NULL,
               error = substr(@words || coalesce(' Before that: ' || error, ''), 1, 2000) WHERE ended_at IS NULL`,
            )
            .run({ at: input.at, words: input.words }).changes;
        })
        .immediate(),

    /** @returns the change, or null when there is none */
    change: (input: { id: string }): StoredChange | null => {
      const found = database.prepare(`SELECT ${COLUMNS} FROM change WHERE id = ?`).get(input.id);
      return found === undefined ? null : read(found);
    },

    /** @returns changes of one node or of all, newest first, that began before an instant */
    changesBefore: (input: { node: string | null; before: string | null; limit: number }): StoredChange[] =>
      database
        .prepare(
          `SELECT ${COLUMNS} FROM change
           WHERE (@node IS NULL OR node = @node) AND (@before IS NULL OR started_at < @before)
           ORDER BY started_at DESC, id LIMIT @limit`,
        )
        .all(input)
        .map(read),

    /** @returns changes that are not at rest, oldest first */
    openChanges: (): StoredChange[] =>
      database
        .prepare(`SELECT ${COLUMNS} FROM change WHERE ended_at IS NULL ORDER BY started_at, id`)
        .all()
        .map(read),
  };
}
