/**
 * Incidents, written before and after every step. A node is in one open incident at most; several may be open about different nodes. What
 * was done so far lies in lines of its own, and what a step found (a comparison of files, a hunt) as it was found.
 */
export const INCIDENTS_SCHEMA = `
CREATE TABLE incident (
  number    INTEGER PRIMARY KEY AUTOINCREMENT,
  id        TEXT NOT NULL UNIQUE,
  node      TEXT,
  opened_at TEXT NOT NULL,
  closed_at TEXT,
  revision  INTEGER NOT NULL,
  body      TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX incident_open_on_node ON incident (node) WHERE closed_at IS NULL AND node IS NOT NULL;
CREATE TABLE incident_entry (
  incident TEXT NOT NULL,
  entry    INTEGER NOT NULL,
  body     TEXT NOT NULL,
  PRIMARY KEY (incident, entry)
) STRICT, WITHOUT ROWID;
CREATE TABLE incident_result (
  incident TEXT NOT NULL,
  step     TEXT NOT NULL,
  run      TEXT NOT NULL,
  at       TEXT NOT NULL,
  body     TEXT NOT NULL,
  PRIMARY KEY (incident, step)
) STRICT, WITHOUT ROWID;
`;
