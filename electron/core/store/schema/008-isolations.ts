/**
 * Isolations of nodes, written before and after every step, and what a node looked like right after it was cut. Nodes of one that is not
 * released are in no other one: the operation that begins one looks.
 */
export const ISOLATIONS_SCHEMA = `
CREATE TABLE isolation (
  id         TEXT PRIMARY KEY,
  started_at TEXT NOT NULL,
  ended_at   TEXT,
  body       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX isolation_by_time ON isolation (started_at);
CREATE TABLE isolation_snapshot (
  isolation TEXT NOT NULL,
  node      TEXT NOT NULL,
  at        TEXT NOT NULL,
  sha256    TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (isolation, node, sha256)
) STRICT, WITHOUT ROWID;
`;
