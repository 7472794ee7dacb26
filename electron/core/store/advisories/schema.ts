import { join } from 'node:path';

/** "SWKV": marks the file as ours (https://www.sqlite.org/pragma.html#pragma_application_id). */
export const ADVISORIES_ID = 0x53574b56;

/** Version of what is below. A file of another one is not read: it is made anew by an import. */
export const ADVISORIES_VERSION = 1;

/**
 * Published advisories, made whole by an import and never written afterwards.
 *
 * `package` has all that is known of one package, ready to be compared: JSON of `CompiledPackage`, packed with Zstandard where
 * that is shorter. Its rows are long, so they lie apart from the index that finds them (sqlite.org/withoutrowid.html, section 4).
 * `chunk` has the advisories as they were published, many together and packed (texts with a NUL between), and
 * `advisory` says where each one is. `fact` are single values about the whole.
 */
export const ADVISORIES_SCHEMA = `
CREATE TABLE package (
  ecosystem TEXT NOT NULL,
  name      TEXT NOT NULL,
  packed    INTEGER NOT NULL,
  compiled  ANY NOT NULL,
  PRIMARY KEY (ecosystem, name)
) STRICT;

CREATE TABLE chunk (
  number INTEGER PRIMARY KEY,
  texts  BLOB NOT NULL
) STRICT;

CREATE TABLE advisory (
  id       TEXT PRIMARY KEY,
  modified INTEGER NOT NULL,
  chunk    INTEGER NOT NULL,
  place    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE fact (
  name  TEXT PRIMARY KEY,
  value ANY
) STRICT, WITHOUT ROWID;
`;

/** @returns path of the advisories within a data folder */
export function advisoriesFile(folder: string): string {
  return join(folder, 'advisories.db');
}
