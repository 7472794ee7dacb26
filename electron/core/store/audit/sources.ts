import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import {
  type AuditSource,
  formatId,
  type SourceGap,
  type SourceTarget,
  sourceTarget,
} from '#shared/domain/audit/source.ts';

/** A source as it is kept: what it is, and how far it was read. Times are milliseconds since 1970 UTC. */
export interface KeptSource {
  id: string;
  node: string;
  target: SourceTarget;
  name: string;
  origin: AuditSource['origin'];
  chosenFormat: AuditSource['chosenFormat'];
  format: AuditSource['format'];
  paused: boolean;
  removed: boolean;
  /** Where its follower goes on; null at its beginning. */
  position: unknown;
  /** What its parser waits for; null when it waits for nothing. */
  parser: unknown;
  events: number;
  lastEventAt: number | null;
  lastLineAt: number | null;
  /** How regularly it speaks. */
  rhythm: unknown;
}

/** What a batch changes of its source. */
export type SourceProgress = Pick<
  KeptSource,
  'id' | 'format' | 'position' | 'parser' | 'events' | 'lastEventAt' | 'lastLineAt' | 'rhythm'
>;

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('no JSON');
    return z.NEVER;
  }
});
const flag = z.int().transform((value) => value !== 0);
const sourceRow = z.object({
  id: z.string(),
  node: z.string(),
  target: json.pipe(sourceTarget),
  name: z.string(),
  origin: z.enum(['found', 'added']),
  chosen_format: z.union([formatId, z.literal('auto')]),
  format: formatId.nullable(),
  paused: flag,
  removed: flag,
  position: json.nullable(),
  parser: json.nullable(),
  events: z.int(),
  last_event_at: z.int().nullable(),
  last_line_at: z.int().nullable(),
  rhythm: json.nullable(),
});

/** Gaps that are listed, newest first. */
const MOST_GAPS = 1_000;

/** Sources and their gaps. Written in the caller's transaction. */
export function sourceTable(database: Database) {
  const all = database.prepare('SELECT * FROM source ORDER BY id');
  const add = database.prepare(
    `INSERT INTO source (id, node, target, name, origin) VALUES (@id, @node, @target, @name, @origin)
     ON CONFLICT (id) DO UPDATE SET removed = 0, name = excluded.name, origin = excluded.origin`,
  );
  const choose = database.prepare('UPDATE source SET paused = ?, chosen_format = ? WHERE id = ?');
  const remove = database.prepare('UPDATE source SET removed = 1 WHERE id = ? AND removed = 0');
  const progress = database.prepare(
    `UPDATE source SET format = @format, position = @position, parser = @parser, events = @events,
       last_event_at = @lastEventAt, last_line_at = @lastLineAt, rhythm = @rhythm WHERE id = @id`,
  );
  const addGap = database.prepare(
    'INSERT INTO gap (source, kind, from_at, to_at, bytes, detail) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const gaps = database.prepare(
    `SELECT source, kind, from_at, to_at, bytes, detail FROM gap WHERE ? IS NULL OR source = ? ORDER BY id DESC LIMIT ${MOST_GAPS}`,
  );
  const gapCounts = database.prepare('SELECT source, count(*) AS count FROM gap GROUP BY source');
  const asJson = (value: unknown): string | null =>
    value === null || value === undefined ? null : JSON.stringify(value);

  return {
    all(): KeptSource[] {
      return all.all().flatMap((row) => {
        const read = sourceRow.safeParse(row);
        if (!read.success) return [];
        const { chosen_format, last_event_at, last_line_at, ...rest } = read.data;
        return [
          { ...rest, chosenFormat: chosen_format, lastEventAt: last_event_at, lastLineAt: last_line_at },
        ];
      });
    },
    /** Adds a source, or brings one back that was removed: it goes on where it was. */
    add(source: Pick<KeptSource, 'id' | 'node' | 'target' | 'name' | 'origin'>): void {
      add.run({ ...source, target: JSON.stringify(source.target) });
    },
    choose(id: string, paused: boolean, format: KeptSource['chosenFormat']): void {
      choose.run(paused ? 1 : 0, format, id);
    },
    /** @returns whether there was one */
    remove: (id: string): boolean => remove.run(id).changes > 0,
    progress(source: SourceProgress): void {
      progress.run({
        ...source,
        position: asJson(source.position),
        parser: asJson(source.parser),
        rhythm: asJson(source.rhythm),
      });
    },
    addGap({ source, kind, from, to, bytes, detail }: SourceGap): void {
      addGap.run(source, kind, Date.parse(from), Date.parse(to), bytes, detail.slice(0, 1_024));
    },
    /** @returns gaps of a source, or of all, newest first */
    gaps(source: string | null): SourceGap[] {
      return gaps.all(source, source).map((row) => {
        const { from_at, to_at, ...rest } = row as { from_at: number; to_at: number } & Omit<
          SourceGap,
          'from' | 'to'
        >;
        return { ...rest, from: new Date(from_at).toISOString(), to: new Date(to_at).toISOString() };
      });
    },
    gapCounts(): Map<string, number> {
      const rows = gapCounts.all() as { source: string; count: number }[];
      return new Map(rows.map(({ source, count }) => [source, count]));
    },
  };
}

export type SourceTable = ReturnType<typeof sourceTable>;
