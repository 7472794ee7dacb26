/**
 * Rotations of the swarm's secret and how far each got: written before and after every step. No secret is in here: secrets lie in the
 * sealed store under the name of their rotation. One is under way at most.
 */
export const ROTATIONS_SCHEMA = `
CREATE TABLE rotation (
  id         TEXT PRIMARY KEY,
  started_at TEXT NOT NULL,
  ended_at   TEXT,
  stage      TEXT NOT NULL,
  -- Nodes that still have to be finished.
  open_nodes INTEGER NOT NULL DEFAULT 0,
  body       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rotation_by_time ON rotation (started_at);
CREATE UNIQUE INDEX rotation_under_way ON rotation (ended_at IS NULL) WHERE ended_at IS NULL;
`;
