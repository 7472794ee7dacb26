import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** File systems without hard links say one of these (link(2); FAT of a stick says EPERM). */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** @returns a name beside a file that nobody else makes, for what is not whole yet */
export function partialOf(file: string): string {
  return join(dirname(file), `.${basename(file)}.${randomBytes(8).toString('hex')}.partial`);
}

/**
 * Gives a file that is whole and on the disk its name, if nobody has that name by now: link(2) fails then, where rename(2) would take
 * the place of what is there. The former name goes, and both are on the disk when this returns.
 * @throws the error of the system; EEXIST when the name is taken, and then what has it is as it was
 */
export async function placeNew(partial: string, file: string): Promise<void> {
  try {
    await link(partial, file);
    await rm(partial);
  } catch (error) {
    if (!NO_LINKS.has(codeOf(error))) throw error;
    // The name is ours from here on; what takes its place is whole.
    await (await open(file, 'wx', 0o600)).close();
    try {
      await rename(partial, file);
    } catch (failure) {
      await rm(file, { force: true });
      throw failure;
    }
  }
  await syncFolder(dirname(file));
}

/** Puts the names in a folder on the disk (fsync(2)), where the system can do that for folders. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems of sticks and networks cannot.
    if (codeOf(error) !== 'EINVAL' && !NO_LINKS.has(codeOf(error))) throw error;
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
