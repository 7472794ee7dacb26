import { fromBase64, type Hash, toBase64 } from './hash.ts';
import { type Note, readNote, type Signer, signNote } from './signed-note.ts';

/** What a checkpoint says: the tree of this ledger had this root when it had this many events (c2sp.org/tlog-checkpoint). */
export interface Checkpoint {
  origin: string;
  size: number;
  root: Hash;
}

/** A checkpoint with the note that it came in, for its signatures. */
export interface SignedCheckpoint extends Checkpoint {
  note: Note;
}

/** @returns the signed checkpoint; its origin is the name of the key */
export function signCheckpoint(size: number, root: Hash, signer: Signer): string {
  return signNote(`${signer.verifier.name}\n${size}\n${toBase64(root)}\n`, signer);
}

/**
 * Reads a checkpoint without checking its signatures. Line ends of Windows and what a mail program puts around are taken
 * away first; the signature shows whether anything else was changed.
 * @returns null when the text is no checkpoint
 */
export function readCheckpoint(text: string): SignedCheckpoint | null {
  const note = readNote(`${text.replaceAll('\r\n', '\n').trim()}\n`);
  if (note === null) return null;
  const [origin = '', decimal = '', base64 = '', ...extensions] = note.text.slice(0, -1).split('\n');
  const size = Number(decimal);
  const root = fromBase64(base64);
  const bad =
    origin === '' ||
    origin.length > 256 ||
    !/^(0|[1-9]\d{0,15})$/.test(decimal) ||
    !Number.isSafeInteger(size) ||
    extensions.includes('');
  return bad || root === null ? null : { origin, size, root, note };
}
