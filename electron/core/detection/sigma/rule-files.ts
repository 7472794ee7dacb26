import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { LIMITS } from './limits.ts';
import type { RuleFailure, RuleText } from './rule-set.ts';

/** Rule files that were found and read, and those that could not be. */
export interface RuleFiles {
  texts: RuleText[];
  failed: RuleFailure[];
}

/** Folders that hold no rules. */
const NOT_RULES = new Set(['.git', '.github', 'node_modules']);

/**
 * Reads rule files. A path that is a file is read whatever it is called; in folders, files that end in `.yml` or `.yaml`. Links to
 * folders are not followed inside, so that no loop can be walked; a file that is reached twice is read once.
 * @param path file or folder, as a person wrote it; files are called after it
 * @throws the error of the file system when the path itself cannot be opened
 */
export function readRuleFiles(paths: readonly string[], origin: RuleText['origin']): RuleFiles {
  const found: RuleFiles = { texts: [], failed: [] };
  const seen = new Set<string>();
  for (const path of paths) {
    if (statSync(path).isDirectory()) readFolder(path, 0, found, seen, origin);
    else readFile(path, found, seen, origin);
  }
  return found;
}

function readFolder(
  folder: string,
  depth: number,
  found: RuleFiles,
  seen: Set<string>,
  origin: RuleText['origin'],
): void {
  if (depth > LIMITS.folders) {
    found.failed.push({ file: folder, reason: `folders are nested more than ${LIMITS.folders} levels deep` });
    return;
  }
  let entries: string[];
  try {
    entries = readdirSync(folder).sort();
  } catch {
    found.failed.push({ file: folder, reason: 'the folder cannot be opened' });
    return;
  }
  for (const name of entries) {
    const path = join(folder, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() && !NOT_RULES.has(name)) readFolder(path, depth + 1, found, seen, origin);
    else if (/\.ya?ml$/i.test(name) && !stat?.isDirectory()) readFile(path, found, seen, origin);
  }
}

function readFile(file: string, found: RuleFiles, seen: Set<string>, origin: RuleText['origin']): void {
  try {
    const real = realpathSync(file);
    if (seen.has(real)) return;
    seen.add(real);
    if (seen.size > LIMITS.files) throw new Error(`more than ${LIMITS.files} files`);
    found.texts.push({ file, text: readBounded(real), origin });
  } catch (error) {
    found.failed.push({ file, reason: reasonOf(error) });
  }
}

let room: Buffer | null = null;

/** Thousands of small files are read into the same place. */
function shared(): Buffer {
  room ??= Buffer.allocUnsafe(LIMITS.fileBytes);
  return room;
}

/** A pipe would never answer and a device never end, so only files are read, and only as far as a rule may go. */
function readBounded(file: string): string {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) throw new Error('it is no file');
    if (stat.size > LIMITS.fileBytes)
      throw new Error(`the file has ${stat.size} bytes; at most ${LIMITS.fileBytes} are read`);
    const buffer = shared();
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read)
      read = readSync(handle, buffer, length, buffer.length - length, null);
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, length));
  } finally {
    closeSync(handle);
  }
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'this account may not read it';
  if (code === 'ELOOP') return 'its links lead in a circle';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8 text';
  return code === undefined ? (error as Error).message : `it cannot be read (${code})`;
}
