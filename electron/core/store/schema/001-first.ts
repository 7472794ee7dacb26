/**
 * All tables are STRICT, so a value of another type cannot slip in. Instants are ISO 8601 in UTC; JSON columns are
 * checked against the schemas of `shared` whenever they are read.
 */
export const FIRST_SCHEMA = `
CREATE TABLE node (
  id           TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  address      TEXT NOT NULL,
  added_at     TEXT NOT NULL,
  last_look_at TEXT,
  last_error   TEXT,
  removed_at   TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE host_key (
  node         TEXT NOT NULL REFERENCES node (id) ON DELETE CASCADE,
  line         TEXT NOT NULL,
  confirmed_at TEXT NOT NULL,
  PRIMARY KEY (node, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE profile_correction (
  node        TEXT PRIMARY KEY REFERENCES node (id) ON DELETE CASCADE,
  corrections TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE look (
  id         TEXT PRIMARY KEY,
  node       TEXT NOT NULL REFERENCES node (id) ON DELETE CASCADE,
  started_at TEXT NOT NULL,
  ended_at   TEXT NOT NULL,
  outcome    TEXT NOT NULL CHECK (outcome IN ('done', 'failed', 'cancelled')),
  error      TEXT,
  changed    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX look_by_node ON look (node, ended_at);

-- The latest facts of each node, and the profile apart from them, for it is asked for often.
CREATE TABLE facts (
  node         TEXT PRIMARY KEY REFERENCES node (id) ON DELETE CASCADE,
  collected_at TEXT NOT NULL,
  profile      TEXT NOT NULL,
  body         BLOB NOT NULL
) STRICT;

CREATE TABLE finding (
  node          TEXT NOT NULL REFERENCES node (id) ON DELETE CASCADE,
  check_id      TEXT NOT NULL,
  status        TEXT NOT NULL,
  since         TEXT NOT NULL,
  last_seen     TEXT NOT NULL,
  before_status TEXT,
  before_until  TEXT,
  evidence_hash TEXT NOT NULL,
  body          TEXT NOT NULL,
  PRIMARY KEY (node, check_id)
) STRICT, WITHOUT ROWID;

-- In the order in which they were written: a clock may jump, the order does not.
CREATE TABLE finding_change (
  id       INTEGER PRIMARY KEY,
  node     TEXT NOT NULL REFERENCES node (id) ON DELETE CASCADE,
  check_id TEXT NOT NULL,
  at       TEXT NOT NULL,
  previous TEXT,
  status   TEXT NOT NULL,
  summary  TEXT NOT NULL
) STRICT;
CREATE INDEX finding_change_by_check ON finding_change (node, check_id, id);
CREATE INDEX finding_change_by_time ON finding_change (at);

CREATE TABLE finding_day (
  node     TEXT NOT NULL REFERENCES node (id) ON DELETE CASCADE,
  check_id TEXT NOT NULL,
  day      TEXT NOT NULL,
  worst    TEXT NOT NULL,
  PRIMARY KEY (node, check_id, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE waiver (
  id            TEXT PRIMARY KEY,
  node          TEXT NOT NULL REFERENCES node (id) ON DELETE CASCADE,
  check_id      TEXT NOT NULL,
  reason        TEXT NOT NULL,
  created_at    TEXT NOT NULL,
  until         TEXT NOT NULL,
  evidence_hash TEXT NOT NULL,
  ended_at      TEXT,
  ended_why     TEXT CHECK (ended_why IN ('expired', 'evidence-changed', 'withdrawn'))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX waiver_open ON waiver (node, check_id) WHERE ended_at IS NULL;

CREATE TABLE declaration (
  id         TEXT PRIMARY KEY,
  node       TEXT REFERENCES node (id) ON DELETE CASCADE,
  kind       TEXT NOT NULL,
  value      TEXT NOT NULL,
  reason     TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setup_progress (
  node     TEXT PRIMARY KEY REFERENCES node (id) ON DELETE CASCADE,
  progress TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notice (
  id       INTEGER PRIMARY KEY,
  at       TEXT NOT NULL,
  node     TEXT,
  sentence TEXT NOT NULL
) STRICT;

-- Settings, the salt of this console, when the last weekly summary was given.
CREATE TABLE keeper (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;
