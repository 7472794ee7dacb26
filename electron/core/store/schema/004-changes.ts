/**
 * Changes of nodes and how far each got: written before and after every step, so that a console that was killed knows at
 * its next start what it was about. A node has one change under way at most; what is at rest stays when the node is removed
 * from the list, for it may still be taken back.
 */
export const CHANGES_SCHEMA = `
CREATE TABLE change (
  id         TEXT PRIMARY KEY,
  node       TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at   TEXT,
  reverts_at TEXT,
  state      TEXT NOT NULL,
  kept       INTEGER NOT NULL DEFAULT 0,
  error      TEXT,
  results    TEXT NOT NULL DEFAULT '[]',
  of_change  TEXT,
  undone_by  TEXT,
  plan       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX change_by_time ON change (started_at);
CREATE UNIQUE INDEX change_under_way ON change (node) WHERE ended_at IS NULL;

CREATE TABLE change_step (
  change      TEXT NOT NULL REFERENCES change (id) ON DELETE CASCADE,
  number      INTEGER NOT NULL,
  state       TEXT NOT NULL,
  at          TEXT,
  message     TEXT,
  record      TEXT,
  -- Under which change and step the node keeps the undo record, where it is not this one.
  held_change TEXT,
  held_step   INTEGER,
  PRIMARY KEY (change, number)
) STRICT, WITHOUT ROWID;
`;
