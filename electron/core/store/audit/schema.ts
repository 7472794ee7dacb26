/**
 * What logs say, as it is kept. Never edited once released: a new step is added instead.
 *
 * `block` holds up to 128 events that follow each other as one packed row, `tile` the Merkle tree over them in the tiles of
 * c2sp.org/tlog-tiles, `checkpoint` signed roots by the number of events that they cover. When events are removed as the
 * settings say (`pruned`), tiles stay.
 *
 * The index is made once for every 4,096 events, when they are complete; younger ones are looked through. `segment` has their
 * times, `term` which of them have which field or value (id: segment * 256 + bucket), `gram` which blocks have which three
 * characters in a row (id: segment * 16 + part; without full text there is none).
 *
 * `source` holds with every source how far it was read and what its parser waits for: written in the same transaction as the
 * events. `note` are single values by name, as JSON.
 */
export const AUDIT_SCHEMA = `
CREATE TABLE block (
  first INTEGER PRIMARY KEY,
  count INTEGER NOT NULL,
  form  INTEGER NOT NULL CHECK (form IN (0, 1)),
  lines BLOB NOT NULL
) STRICT;

CREATE TABLE tile (
  level  INTEGER NOT NULL,
  place  INTEGER NOT NULL,
  hashes BLOB NOT NULL,
  PRIMARY KEY (level, place)
) STRICT;

CREATE TABLE checkpoint (
  size INTEGER PRIMARY KEY,
  at   INTEGER NOT NULL,
  note TEXT NOT NULL
) STRICT;

CREATE TABLE pruned (
  first INTEGER PRIMARY KEY,
  last  INTEGER NOT NULL,
  at    INTEGER NOT NULL
) STRICT;

CREATE TABLE segment (
  place    INTEGER PRIMARY KEY,
  first_at INTEGER NOT NULL,
  last_at  INTEGER NOT NULL,
  times    BLOB NOT NULL
) STRICT;
CREATE TABLE term (id INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
CREATE TABLE gram (id INTEGER PRIMARY KEY, slots BLOB NOT NULL) STRICT;

CREATE TABLE source (
  id            TEXT PRIMARY KEY,
  node          TEXT NOT NULL,
  target        TEXT NOT NULL,
  name          TEXT NOT NULL,
  origin        TEXT NOT NULL,
  chosen_format TEXT NOT NULL DEFAULT 'auto',
  format        TEXT,
  paused        INTEGER NOT NULL DEFAULT 0,
  removed       INTEGER NOT NULL DEFAULT 0,
  position      TEXT,
  parser        TEXT,
  events        INTEGER NOT NULL DEFAULT 0,
  last_event_at INTEGER,
  last_line_at  INTEGER,
  rhythm        TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE gap (
  id      INTEGER PRIMARY KEY,
  source  TEXT NOT NULL,
  kind    TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  to_at   INTEGER NOT NULL,
  bytes   INTEGER,
  detail  TEXT NOT NULL
) STRICT;
CREATE INDEX gap_by_source ON gap (source, id);

CREATE TABLE alert (
  id           INTEGER PRIMARY KEY,
  fold         TEXT NOT NULL UNIQUE,
  rule_id      TEXT NOT NULL,
  rule         TEXT NOT NULL,
  node         TEXT NOT NULL,
  entity       TEXT NOT NULL,
  entity_field TEXT NOT NULL,
  state        TEXT NOT NULL,
  count        INTEGER NOT NULL,
  first_at     INTEGER NOT NULL,
  last_at      INTEGER NOT NULL,
  first_event  INTEGER NOT NULL,
  last_event   INTEGER NOT NULL,
  silence      TEXT,
  notes        TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX alert_by_time ON alert (last_at);

-- Single matches, at most so many of an alert; \`number\` is the event.
CREATE TABLE alert_match (
  alert  INTEGER NOT NULL,
  number INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (alert, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX match_by_time ON alert_match (at);

-- Matches of a rule by day since 1970 (UTC).
CREATE TABLE rule_day (
  rule    TEXT NOT NULL,
  day     INTEGER NOT NULL,
  matches INTEGER NOT NULL,
  PRIMARY KEY (rule, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE silence (
  id         TEXT PRIMARY KEY,
  query      TEXT NOT NULL,
  rule       TEXT,
  reason     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  until      INTEGER NOT NULL,
  ended_at   INTEGER,
  hidden     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE saved_search (
  id    TEXT PRIMARY KEY,
  name  TEXT NOT NULL,
  query TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Names of fields that occur, for completion.
CREATE TABLE field_name (
  name  TEXT PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE note (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** What an alert about many things has taken in, as the beginnings of hashes: so that one more thing can be told from them. */
export const ALERT_OTHERS_SCHEMA = `
CREATE TABLE alert_other (
  alert INTEGER NOT NULL,
  thing BLOB NOT NULL,
  PRIMARY KEY (alert, thing)
) STRICT, WITHOUT ROWID;
`;
