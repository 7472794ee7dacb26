/**
 * The ledger. Texts and hashes lie apart: where a text is gone its hash stays, and so does every proof.
 *
 * `ledger_tile` holds the Merkle tree in the tiles of c2sp.org/tlog-tiles: up to 256 hashes of 32 bytes; level 0 are leaf
 * hashes, a hash of level 1 stands for a whole tile of level 0, and so on. Only the last tile of a level is ever rewritten.
 *
 * `ledger_text` holds the events that were written together, at most 256 to a row: canonical JSON in UTF-8, a line feed
 * before each, nothing after it where a text is gone. `form` is 0 for the bytes as they are, 1 for raw deflate
 * (RFC 1951): what is written eight times shorter is on the disk sooner.
 *
 * `ledger_checkpoint` holds signed checkpoints by the number of events that they cover; the newest covers all.
 */
export const LEDGER_SCHEMA = `
CREATE TABLE ledger_tile (
  level  INTEGER NOT NULL,
  place  INTEGER NOT NULL,
  hashes BLOB NOT NULL,
  PRIMARY KEY (level, place)
) STRICT;

CREATE TABLE ledger_text (
  first INTEGER PRIMARY KEY,
  count INTEGER NOT NULL,
  form  INTEGER NOT NULL CHECK (form IN (0, 1)),
  lines BLOB NOT NULL
) STRICT;

CREATE TABLE ledger_checkpoint (
  size INTEGER PRIMARY KEY,
  note TEXT NOT NULL
) STRICT;
`;
