import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import { type DependencyPurpose, dependencyPurpose } from '#shared/domain/dependencies/purpose.ts';
import { readJson } from './statement.ts';

const NAME = 'package-purposes';
/** Nobody has more direct dependencies; of more, the oldest make room. */
const MOST = 4_096;

/** What the operator says of direct dependencies. */
export function packagePurposeOperations(database: Database) {
  const read = database.prepare('SELECT value FROM keeper WHERE name = ?').pluck();
  const write = database.prepare('INSERT OR REPLACE INTO keeper (name, value) VALUES (?, ?)');

  function all(): DependencyPurpose[] {
    const text = read.get(NAME);
    return text === undefined
      ? []
      : readJson(z.array(dependencyPurpose), String(text), 'what packages are for');
  }

  return {
    /** @returns newest first */
    packagePurposes: (): DependencyPurpose[] => all(),
    /** Replaces what was said of the same package (PEP 503); one that says nothing takes it back. */
    setPackagePurpose: (input: { told: DependencyPurpose }): void => {
      const { told } = input;
      const name = normalizedName(told.package);
      const others = all().filter((entry) => normalizedName(entry.package) !== name);
      const isEmpty = told.purpose === '' && told.licence === '' && told.risk === '';
      write.run(NAME, JSON.stringify((isEmpty ? others : [told, ...others]).slice(0, MOST)));
    },
  };
}
