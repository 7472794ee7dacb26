import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files larger than this are no key rings; in bytes. */
const LARGEST = 16 * 1024 * 1024;
const MOST_FILES = 256;

/**
 * Looks for a key in the files in which key rings of a desktop keep what they are given: one without a password keeps it in clear.
 * @param environment HOME and XDG_DATA_HOME
 * @param key in any of the forms in which it may have been written: raw, base64, hex
 * @returns the first file that has it, null when none has
 */
export async function foundInClear(environment: NodeJS.ProcessEnv, key: Buffer): Promise<string | null> {
  const forms = [key, Buffer.from(key.toString('base64')), Buffer.from(key.toString('hex'))];
  // A key ring may write what secret-tool gave it, base64, as hex again.
  forms.push(Buffer.from(Buffer.from(key.toString('base64')).toString('hex')));
  for (const folder of ringFolders(environment)) {
    for (const file of await plainFiles(folder)) {
      const bytes = await readFile(file).catch(() => null);
      if (bytes !== null && forms.some((form) => bytes.includes(form))) return file;
    }
  }
  return null;
}

function ringFolders({ HOME, XDG_DATA_HOME }: NodeJS.ProcessEnv): string[] {
  const data = XDG_DATA_HOME ?? (HOME === undefined ? undefined : join(HOME, '.local', 'share'));
  const inData =
    data === undefined ? [] : ['keyrings', 'kwalletd', 'secrets'].map((name) => join(data, name));
  return HOME === undefined
    ? inData
    : [...inData, join(HOME, '.gnome2', 'keyrings'), join(HOME, '.password-store')];
}

async function plainFiles(folder: string): Promise<string[]> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files: string[] = [];
  for (const entry of entries.slice(0, MOST_FILES)) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await stat(file).catch(() => null))?.size) {
      if ((await stat(file)).size <= LARGEST) files.push(file);
    }
  }
  return files;
}
