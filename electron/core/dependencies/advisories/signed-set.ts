import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  createReadStream,
  linkSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  isSignedBy,
  readNote,
  readVerifier,
  renamed,
  type Signer,
  signNote,
} from '#core/ledger/signed-note.ts';
import type { AdvisoryReader } from '#core/store/advisories/advisory-reader.ts';
import { AdvisoryDataError } from './data-error.ts';
import { writeArchive } from './write-archive.ts';

/** The key of the ledger signs under a name of its own, so that no checkpoint can be taken for a set, nor a set for one. */
const NAME_ENDS = '/advisories';
const FIRST_LINE = 'swarmkeep advisories 1';
const LONGEST_NOTE = 4_096;

const AS_BEFORE =
  'Take the archive and its note together from the console that exported them, and its key from a person.';

/** Where the signature of an archive lies. */
export function noteOf(path: string): string {
  return `${path}.note`;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest('base64');
}

function* filesOf(reader: AdvisoryReader): Generator<{ name: string; contents: Buffer }> {
  for (const [id, text] of reader.all()) yield { name: `${id}.json`, contents: Buffer.from(text) };
}

/**
 * Writes the advisories of this console as an archive in OSV's layout, and a note beside it (c2sp.org/signed-note) with its hash,
 * signed with the key of the ledger.
 * @param path of the archive; neither it nor the note may exist
 * @returns how many advisories it has, and the verifier key that a person carries to the other console
 * @throws what the system says
 */
export async function exportAdvisories(
  reader: AdvisoryReader,
  signer: Signer,
  path: string,
): Promise<{ advisories: number; verifierKey: string }> {
  const own = renamed(signer, `${signer.verifier.name}${NAME_ENDS}`);
  const made = `${path}.part`;
  rmSync(made, { force: true });
  try {
    const advisories = writeArchive(made, filesOf(reader));
    const text = [
      FIRST_LINE,
      await hashOf(made),
      String(advisories),
      new Date(reader.facts.newest).toISOString(),
      '',
    ].join('\n');
    // Never over what is there.
    writeFileSync(noteOf(path), signNote(text, own), { flag: 'wx', mode: 0o644 });
    try {
      linkSync(made, path);
    } catch (error) {
      rmSync(noteOf(path), { force: true });
      throw error;
    }
    return { advisories, verifierKey: own.verifier.text };
  } finally {
    rmSync(made, { force: true });
  }
}

function readShort(path: string): string {
  const handle = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(LONGEST_NOTE + 1);
    return bytes.toString('utf8', 0, readSync(handle, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(handle);
  }
}

/**
 * Makes sure that an archive is one that a console exported whose key somebody vouches for.
 * @param verifierKey as that console printed it @param notePath where its note lies
 * @throws AdvisoryDataError when it is not, or cannot be told
 */
export async function requireSigned(
  path: string,
  verifierKey: string,
  notePath: string = noteOf(path),
): Promise<void> {
  const verifier = readVerifier(verifierKey.trim());
  if (verifier === null || !verifier.name.endsWith(NAME_ENDS))
    throw new AdvisoryDataError('This is no key under which a console exports advisories.', AS_BEFORE);
  let text: string;
  let hash: string;
  try {
    text = readShort(notePath);
    hash = await hashOf(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'it cannot be read';
    throw new AdvisoryDataError(`The archive and the note ${notePath} are needed (${code}).`, AS_BEFORE, {
      cause: error,
    });
  }
  const note = text.length > LONGEST_NOTE ? null : readNote(text);
  if (note === null || !isSignedBy(note, verifier))
    throw new AdvisoryDataError('The note is not signed by that console.', AS_BEFORE);
  const [first, signed] = note.text.split('\n');
  if (first !== FIRST_LINE || signed !== hash)
    throw new AdvisoryDataError('The archive is not the one that was signed.', AS_BEFORE);
}

/** No archive that is taken is larger. */
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * Uses an archive that is signed, as it was when its signature was looked at: it is copied first, for whoever can write where it lies
 * could exchange it in between.
 * @param folder the data folder, in which nobody else writes @param use gets the path of the copy, which goes away afterwards
 * @throws AdvisoryDataError when it is not signed, or cannot be told; what `use` throws
 */
export async function withSigned<T>(
  folder: string,
  path: string,
  verifierKey: string,
  use: (copy: string) => Promise<T>,
): Promise<T> {
  const copy = join(folder, `advisories.signed-${process.pid}`);
  try {
    rmSync(copy, { force: true });
    const status = statSync(path, { throwIfNoEntry: false });
    if (status?.isFile() !== true || status.size > MOST_BYTES)
      throw new AdvisoryDataError(`${path} is no archive, or larger than 512 MiB.`, AS_BEFORE);
    copyFileSync(path, copy, constants.COPYFILE_EXCL);
    await requireSigned(copy, verifierKey, noteOf(path));
    return await use(copy);
  } finally {
    rmSync(copy, { force: true });
  }
}
