import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

/** Signature type of plain Ed25519 (c2sp.org/signed-note). */
const ED25519 = 1;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const ID_BYTES = 4;
/** c2sp.org/signed-note asks for at least 16. */
const MOST_SIGNATURES = 16;

/** What precedes a key of 32 bytes in DER (RFC 8410, sections 4 and 7): PKCS #8, SubjectPublicKeyInfo. */
const PRIVATE_DER = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_DER = Buffer.from('302a300506032b6570032100', 'hex');

/** Somebody whose signatures can be checked. */
export interface Verifier {
  /** Key name; the origin of the ledger. */
  name: string;
  /** Four bytes, 8 hex digits. */
  id: string;
  /** `name+id+base64`: the form in which Go's sumdb and witnesses take it. */
  text: string;
  key: KeyObject;
}

/** Somebody who can sign. Never leaves the thread of the store. */
export interface Signer {
  verifier: Verifier;
  key: KeyObject;
}

/** A note with its signatures taken apart; nothing is checked yet. */
export interface Note {
  /** Ends with a line feed. */
  text: string;
  signatures: readonly { name: string; id: string; signature: Buffer }[];
}

/** @returns a new key of that name; the text is for its file alone */
export function makeSigner(name: string): { signer: Signer; text: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PRIVATE_DER.length);
  const signer = signerOf(name, seed);
  const typed = Buffer.concat([Buffer.from([ED25519]), seed]);
  return { signer, text: `PRIVATE+KEY+${name}+${signer.verifier.id}+${typed.toString('base64')}` };
}

/**
 * Reads the text of {@link makeSigner}: the form of golang.org/x/mod/sumdb/note.
 * @returns null when it is none; an error would quote it
 */
export function readSigner(text: string): Signer | null {
  const match = /^PRIVATE\+KEY\+([^\s+]{1,128})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})\n?$/.exec(text);
  if (match === null) return null;
  const [, name = '', id, base64 = ''] = match;
  const typed = Buffer.from(base64, 'base64');
  if (typed[0] !== ED25519 || typed.length !== 1 + KEY_BYTES) return null;
  const signer = signerOf(name, typed.subarray(1));
  return signer.verifier.id === id ? signer : null;
}

function signerOf(name: string, seed: Buffer): Signer {
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_DER, seed]), format: 'der', type: 'pkcs8' });
  const bytes = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_DER.length);
  return { verifier: verifierOf(name, bytes), key };
}

/** @returns the same key under another name, for another log of the same ledger's owner */
export function renamed({ key }: Signer, name: string): Signer {
  return { verifier: renamedVerifier(createPublicKey(key), name), key };
}

/** @returns who checks signatures of a public key under a name */
export function renamedVerifier(key: KeyObject, name: string): Verifier {
  return verifierOf(name, key.export({ format: 'der', type: 'spki' }).subarray(PUBLIC_DER.length));
}

/** @returns null when the text is no Ed25519 verifier key, or its id is not that of its name and key */
export function readVerifier(text: string): Verifier | null {
  const match = /^([^\s+]{1,128})\+[0-9a-f]{8}\+([A-Za-z0-9+/]{44})$/.exec(text);
  const typed = Buffer.from(match?.[2] ?? '', 'base64');
  if (match === null || typed[0] !== ED25519 || typed.length !== 1 + KEY_BYTES) return null;
  const verifier = verifierOf(match[1] ?? '', typed.subarray(1));
  return verifier.text === text ? verifier : null;
}

function verifierOf(name: string, bytes: Buffer): Verifier {
  const typed = Buffer.concat([Buffer.from([ED25519]), bytes]);
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'hex').slice(0, 2 * ID_BYTES);
  const key = createPublicKey({ key: Buffer.concat([PUBLIC_DER, bytes]), format: 'der', type: 'spki' });
  return { name, id, text: `${name}+${id}+${typed.toString('base64')}`, key };
}

/**
 * Signs a text (c2sp.org/signed-note).
 * @param text ends with a line feed
 * @returns the note: text, empty line, signature line
 */
export function signNote(text: string, signer: Signer): string {
  const signature = sign(null, Buffer.from(text), signer.key);
  const line = Buffer.concat([Buffer.from(signer.verifier.id, 'hex'), signature]).toString('base64');
  return `${text}\n— ${signer.verifier.name} ${line}\n`;
}

/**
 * Takes a note apart (c2sp.org/signed-note).
 * @param note text from anywhere
 * @returns null when it is no note; signatures of other types and lengths are left for {@link isSignedBy} to ignore
 */
export function readNote(note: string): Note | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a note must not contain them
  if (!note.isWellFormed() || /[\x00-\x09\x0b-\x1f]/.test(note)) return null;
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return null;
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) return null;
  const signatures: { name: string; id: string; signature: Buffer }[] = [];
  for (const line of lines) {
    const match = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line);
    const bytes = Buffer.from(match?.[2] ?? '', 'base64');
    if (match === null || bytes.length <= ID_BYTES || bytes.toString('base64') !== match[2]) return null;
    signatures.push({
      name: match[1] ?? '',
      id: bytes.toString('hex', 0, ID_BYTES),
      signature: bytes.subarray(ID_BYTES),
    });
  }
  return { text: note.slice(0, end + 1), signatures };
}

/** @returns whether one of the signatures is of this key and holds; one of this key that does not hold counts against all */
export function isSignedBy(note: Note, verifier: Verifier): boolean {
  const own = note.signatures.filter(({ name, id }) => name === verifier.name && id === verifier.id);
  return (
    own.length > 0 &&
    own.every(
      ({ signature }) =>
        signature.length === SIGNATURE_BYTES && verify(null, Buffer.from(note.text), verifier.key, signature),
    )
  );
}
