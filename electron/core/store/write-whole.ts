import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a small file whole or not at all: beside its place, on the disk, then renamed over what was there (rename(2)). A link in
 * its place is replaced, never followed.
 * @param mode of the new file, before the umask
 * @throws the error of the file system; what was there before then is as it was
 */
export function writeWhole(file: string, text: string, mode: number): void {
  const beside = join(dirname(file), `.${basename(file)}.new`);
  rmSync(beside, { force: true });
  const handle = openSync(beside, 'wx', mode);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(beside, file);
}
