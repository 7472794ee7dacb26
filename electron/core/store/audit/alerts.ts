import { hash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import {
  type Alert,
  type AlertState,
  alertState,
  ruleInfo,
  type Silence,
} from '#shared/domain/audit/alert.ts';

/** Single matches that are kept of one alert; those after them are only counted. */
export const MATCHES_KEPT = 10_000;

/** Things of which an alert about many remembers that it is about them. */
const OTHERS_KEPT = 10_000;

const DAY_MS = 86_400_000;
const MOST_NOTES = 256;

/** An alert as it is kept. Times are milliseconds since 1970 UTC. */
export interface KeptAlert extends Omit<Alert, 'id' | 'firstAt' | 'lastAt' | 'notes'> {
  id: number;
  firstAt: number;
  lastAt: number;
  notes: { at: number; text: string }[];
}

export interface KeptSilence extends Omit<Silence, 'createdAt' | 'until' | 'endedAt'> {
  createdAt: number;
  until: number;
  endedAt: number | null;
}

const alertRow = z.object({
  id: z.int(),
  rule: z.string(),
  node: z.string(),
  entity: z.string(),
  entity_field: z.string(),
  state: alertState,
  count: z.int(),
  first_at: z.int(),
  last_at: z.int(),
  first_event: z.int(),
  last_event: z.int(),
  silence: z.string().nullable(),
  notes: z.string(),
});
const notes = z.array(z.object({ at: z.int(), text: z.string() }));

const silenceRow = z.object({
  id: z.string(),
  query: z.string(),
  rule: z.string().nullable(),
  reason: z.string(),
  created_at: z.int(),
  until: z.int(),
  ended_at: z.int().nullable(),
  hidden: z.int(),
});

/** What matches are folded by: one alert for a rule, a node and what it is about. */
export const foldOf = (rule: string, node: string, field: string, entity: string): string =>
  JSON.stringify([rule, node, field, entity]);

/** What tells one thing from another among those that an alert about many stands for. */
const thingOf = (field: string, entity: string): Buffer =>
  hash('sha256', JSON.stringify([field, entity]), 'buffer').subarray(0, 16);

/** Alerts, their matches, and silences. Written in the caller's transaction. */
export function alertTable(database: Database) {
  const byFold = database.prepare('SELECT * FROM alert WHERE fold = ?');
  const byId = database.prepare('SELECT * FROM alert WHERE id = ?');
  const list = database.prepare(
    `SELECT * FROM alert WHERE (@states IS NULL OR state IN (SELECT value FROM json_each(@states)))
       AND (@node IS NULL OR node = @node) ORDER BY last_at DESC, id DESC LIMIT 2000`,
  );
  const insert = database.prepare(
    `INSERT INTO alert (fold, rule_id, rule, node, entity, entity_field, state, count, first_at, last_at, first_event, last_event, silence)
     VALUES (@fold, @ruleId, @rule, @node, @entity, @entityField, @state, @count, @firstAt, @lastAt, @firstEvent, @lastEvent, @silence)`,
  );
  const update = database.prepare(
    `UPDATE alert SET rule = @rule, state = @state, count = @count, last_at = @lastAt, last_event = @lastEvent,
       silence = @silence, notes = @notes WHERE id = @id`,
  );
  const addMatch = database.prepare('INSERT OR IGNORE INTO alert_match (alert, number, at) VALUES (?, ?, ?)');
  const hasOther = database.prepare('SELECT 1 FROM alert_other WHERE alert = ? AND thing = ?').pluck();
  const countOthers = database.prepare('SELECT count(*) FROM alert_other WHERE alert = ?').pluck();
  const addOther = database.prepare('INSERT OR IGNORE INTO alert_other (alert, thing) VALUES (?, ?)');
  const addDay = database.prepare(
    `INSERT INTO rule_day (rule, day, matches) VALUES (?, ?, ?) ON CONFLICT (rule, day) DO UPDATE SET matches = matches + excluded.matches`,
  );
  const count = database.prepare('SELECT count(*) FROM alert WHERE state = ?').pluck();
  const matched = database
    .prepare('SELECT number FROM alert_match WHERE alert = ? ORDER BY number DESC LIMIT ?')
    .pluck();
  const matchesSince = database.prepare(
    `SELECT m.alert, m.number FROM alert_match m JOIN alert a ON a.id = m.alert
     WHERE m.at >= ? AND (? IS NULL OR a.rule_id = ?) ORDER BY m.number DESC LIMIT 200000`,
  );
  const bars = database.prepare(
    'SELECT (at - @from) / @wide AS bar, count(*) AS count FROM alert_match WHERE at >= @from AND at < @to GROUP BY bar',
  );
  const noise = database.prepare(
    `SELECT rule, sum(matches) AS matches, (SELECT count(*) FROM alert WHERE rule_id = rule AND last_at >= @from) AS alerts
     FROM rule_day WHERE day >= @day GROUP BY rule`,
  );
  const silences = database.prepare('SELECT * FROM silence ORDER BY created_at DESC LIMIT 500');
  const addSilence = database.prepare(
    `INSERT INTO silence (id, query, rule, reason, created_at, until) VALUES (@id, @query, @rule, @reason, @createdAt, @until)`,
  );
  const endSilence = database.prepare('UPDATE silence SET ended_at = ? WHERE id = ? AND ended_at IS NULL');
  const hide = database.prepare('UPDATE silence SET hidden = hidden + ? WHERE id = ?');

  return {
    byFold: (fold: string): KeptAlert | null => readAlert(byFold.get(fold)),
    byId: (id: number): KeptAlert | null => readAlert(byId.get(id)),
    list(states: readonly AlertState[] | null, node: string | null): KeptAlert[] {
      const found = list.all({ states: states === null ? null : JSON.stringify(states), node });
      return found.flatMap((row) => readAlert(row) ?? []);
    },
    count: (state: AlertState): number => z.int().parse(count.get(state)),
    /** @returns its id */
    insert(alert: Omit<KeptAlert, 'id'>): number {
      const { rule, notes: _, ...rest } = alert;
      const fold = foldOf(rule.id, alert.node, alert.entityField, alert.entity);
      const { lastInsertRowid } = insert.run({ ...rest, fold, ruleId: rule.id, rule: JSON.stringify(rule) });
      return Number(lastInsertRowid);
    },
    update(alert: KeptAlert): void {
      const { id, state, lastAt, lastEvent, silence } = alert;
      update.run({
        id,
        state,
        lastAt,
        lastEvent,
        silence,
        count: alert.count,
        rule: JSON.stringify(alert.rule),
        notes: JSON.stringify(alert.notes.slice(-MOST_NOTES)),
      });
    },
    addMatch: (alert: number, number: number, at: number): void => void addMatch.run(alert, number, at),
    /** @returns whether an alert about many things is known to be about this one; `false` when it has taken in too many */
    hasOther: (alert: number, field: string, entity: string): boolean =>
      hasOther.get(alert, thingOf(field, entity)) !== undefined,
    /** Remembers what an alert about many things has taken in, as far as there is room. */
    addOthers(alert: number, others: readonly { entityField: string; entity: string }[]): void {
      let room = OTHERS_KEPT - z.int().parse(countOthers.get(alert));
      for (const { entityField, entity } of others) {
        if (room <= 0) return;
        room -= addOther.run(alert, thingOf(entityField, entity)).changes;
      }
    },
    addDay: (rule: string, at: number, matches: number): void =>
      void addDay.run(rule, Math.floor(at / DAY_MS), matches),
    /** @returns numbers of events that matched, newest first */
    matched: (alert: number, limit: number): number[] => matched.all(alert, limit) as number[],
    /** @returns single matches since a time, newest first; of one rule or of all */
    matchesSince: (from: number, rule: string | null): { alert: number; number: number }[] =>
      matchesSince.all(from, rule, rule) as { alert: number; number: number }[],
    /** @returns matches by bars of a width in milliseconds */
    bars: (from: number, to: number, wide: number): { bar: number; count: number }[] =>
      bars.all({ from, to, wide }) as { bar: number; count: number }[],
    /** @returns matches and alerts of each rule since a time */
    noise: (from: number): { rule: string; matches: number; alerts: number }[] =>
      noise.all({ from, day: Math.floor(from / DAY_MS) }) as {
        rule: string;
        matches: number;
        alerts: number;
      }[],
    silences(): KeptSilence[] {
      return silences.all().flatMap((row) => {
        const read = silenceRow.safeParse(row);
        if (!read.success) return [];
        const { created_at, ended_at, ...rest } = read.data;
        return [{ ...rest, createdAt: created_at, endedAt: ended_at }];
      });
    },
    addSilence({ hidden: _, endedAt: __, ...silence }: KeptSilence): void {
      addSilence.run(silence);
    },
    /** @returns whether it was still in force */
    endSilence: (id: string, at: number): boolean => endSilence.run(at, id).changes > 0,
    hide: (id: string, matches: number): void => void hide.run(matches, id),
  };
}

export type AlertTable = ReturnType<typeof alertTable>;

function readAlert(row: unknown): KeptAlert | null {
  const read = alertRow.safeParse(row);
  if (!read.success) return null;
  const { data } = read;
  try {
    return {
      id: data.id,
      rule: ruleInfo.parse(JSON.parse(data.rule)),
      node: data.node,
      entity: data.entity,
      entityField: data.entity_field,
      state: data.state,
      count: data.count,
      firstAt: data.first_at,
      lastAt: data.last_at,
      firstEvent: data.first_event,
      lastEvent: data.last_event,
      silence: data.silence,
      notes: notes.parse(JSON.parse(data.notes)),
    };
  } catch {
    return null;
  }
}

/** @returns the alert as the contract has it */
export function asAlert({ id, firstAt, lastAt, notes: said, ...alert }: KeptAlert): Alert {
  return {
    ...alert,
    id: String(id),
    firstAt: new Date(firstAt).toISOString(),
    lastAt: new Date(lastAt).toISOString(),
    notes: said.map(({ at, text }) => ({ at: new Date(at).toISOString(), text })),
  };
}

/** @returns the silence as the contract has it */
export function asSilence({ createdAt, until, endedAt, ...silence }: KeptSilence): Silence {
  return {
    ...silence,
    createdAt: new Date(createdAt).toISOString(),
    until: new Date(until).toISOString(),
    endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
  };
}
