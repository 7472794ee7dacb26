import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { type KeptIgnore, keptIgnore } from '#shared/domain/dependencies/finding.ts';
import { readJson } from './statement.ts';

const NAME = 'package-ignores';
/** Of more, the oldest make room. */
const MOST = 4_096;

/** Known weaknesses of packages that are accepted for a while. */
export function packageIgnoreOperations(database: Database) {
  const read = database.prepare('SELECT value FROM keeper WHERE name = ?').pluck();
  const write = database.prepare('INSERT OR REPLACE INTO keeper (name, value) VALUES (?, ?)');

  function all(): KeptIgnore[] {
    const text = read.get(NAME);
    return text === undefined
      ? []
      : readJson(z.array(keptIgnore), String(text), 'what is accepted of packages');
  }

  return {
    /** @returns newest first */
    packageIgnores: (): KeptIgnore[] => all(),
    addPackageIgnore: (input: { kept: KeptIgnore }): void => {
      write.run(NAME, JSON.stringify([input.kept, ...all()].slice(0, MOST)));
    },
    /** @returns what was withdrawn; null when there is no such entry */
    withdrawPackageIgnore: (input: { id: string }): KeptIgnore | null => {
      const before = all();
      const found = before.find(({ id }) => id === input.id);
      if (found === undefined) return null;
      write.run(NAME, JSON.stringify(before.filter((entry) => entry !== found)));
      return found;
    },
  };
}
