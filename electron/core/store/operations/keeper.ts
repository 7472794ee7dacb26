import { randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { type Settings, settings } from '#shared/domain/settings.ts';
import { type SetupProgress, setupProgress } from '#shared/domain/setup-progress.ts';
import { backUp, listBackups } from '../backup.ts';
import { KEPT } from './retention.ts';
import { readJson } from './statement.ts';

/** A sentence that was shown as a notification. */
export interface Notice {
  at: string;
  node: string | null;
  sentence: string;
}

const BACKUP_EVERY_MS = 24 * 3_600_000;

/** Settings, progress of the set-up, notices, and what the console remembers about itself. */
export function keeperOperations(database: Database) {
  const read = database.prepare('SELECT value FROM keeper WHERE name = ?').pluck();
  const write = database.prepare('INSERT OR REPLACE INTO keeper (name, value) VALUES (?, ?)');

  return {
    /** @returns what was set; defaults when nothing was */
    settings: (): Settings => {
      const text = read.get('settings');
      return readJson(settings, text === undefined ? '{}' : String(text), 'the settings');
    },
    setSettings: (input: { settings: Settings }): void => {
      write.run('settings', JSON.stringify(input.settings));
    },

    /** @returns 64 hex digits that never leave this console: for fingerprints that can be compared between nodes */
    salt: (): string => {
      database
        .prepare("INSERT OR IGNORE INTO keeper (name, value) VALUES ('salt', ?)")
        .run(randomBytes(32).toString('hex'));
      return z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .parse(read.get('salt'));
    },

    /** @returns when the last weekly summary was due and given, or null */
    lastSummary: (): string | null =>
      z
        .string()
        .nullable()
        .parse(read.get('last-summary') ?? null),
    setLastSummary: (input: { at: string }): void => {
      write.run('last-summary', input.at);
    },

    /** @returns the name of the set of advisories that is on record as the one in use, or null */
    advisoriesTold: (): string | null =>
      z
        .string()
        .nullable()
        .parse(read.get('advisories-told') ?? null),
    setAdvisoriesTold: (input: { set: string }): void => {
      write.run('advisories-told', input.set);
    },

    setup: (input: { node: string }): SetupProgress | null => {
      const text = database
        .prepare('SELECT progress FROM setup_progress WHERE node = ?')
        .pluck()
        .get(input.node);
      return text === undefined
        ? null
        : readJson(setupProgress, String(text), `progress of set-up on ${input.node}`);
    },
    saveSetup: (input: { progress: SetupProgress }): void => {
      database
        .prepare('INSERT OR REPLACE INTO setup_progress (node, progress) VALUES (?, ?)')
        .run(input.progress.node, JSON.stringify(input.progress));
    },

    addNotice: (input: { notice: Notice }): void => {
      database
        .prepare('INSERT INTO notice (at, node, sentence) VALUES (@at, @node, @sentence)')
        .run(input.notice);
      database.prepare('DELETE FROM notice WHERE id <= (SELECT max(id) FROM notice) - ?').run(KEPT.notices);
    },
    /** @returns notices, newest first */
    notices: (input: { limit: number }): Notice[] =>
      database
        .prepare('SELECT at, node, sentence FROM notice ORDER BY id DESC LIMIT ?')
        .all(input.limit)
        .map((entry) =>
          z.object({ at: z.string(), node: z.string().nullable(), sentence: z.string() }).parse(entry),
        ),

    /** Once a day: a backup when the newest is older than a day or from the future, and SQLite's own upkeep. */
    maintain: (input: { at: string }): { backup: string | null } => {
      const now = new Date(input.at);
      const age = now.getTime() - (listBackups(database.name)[0]?.at.getTime() ?? Number.NEGATIVE_INFINITY);
      const backup = age < 0 || age >= BACKUP_EVERY_MS ? backUp(database, now) : null;
      database.pragma('optimize');
      return { backup };
    },
  };
}
