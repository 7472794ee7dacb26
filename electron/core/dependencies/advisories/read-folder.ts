import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join, relative } from 'node:path';
import { AdvisoryDataError, WHERE_TO_GET } from './data-error.ts';
import { LARGEST_ADVISORY, type SetFile } from './read-archive.ts';

const MOST_FILES = 500_000;
const DEEPEST = 8;

/** Reads a regular file that nobody exchanges meanwhile for a link or a pipe. */
function fileBytes(path: string): Buffer {
  const handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) throw new AdvisoryDataError(`${path} is no file.`, WHERE_TO_GET);
    if (stats.size > LARGEST_ADVISORY)
      throw new AdvisoryDataError(`${path} is larger than any advisory.`, WHERE_TO_GET);
    const bytes = Buffer.allocUnsafe(stats.size);
    let read = 0;
    while (read < bytes.length) {
      const piece = readSync(handle, bytes, read, bytes.length - read, read);
      if (piece === 0) break;
      read += piece;
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(handle);
  }
}

/**
 * Files of a folder whose names end in `.json`, those of folders within it too; links are not followed.
 * @throws AdvisoryDataError for too many files, folders that lie deeper than eight, a file that is larger than any advisory; what the system says
 */
export function* filesOfFolder(folder: string): Generator<SetFile> {
  let count = 0;
  const waiting = [{ path: folder, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, depth } = next;
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const own = join(path, entry.name);
      if (entry.isDirectory()) {
        // What is passed over would look like what nobody knows.
        if (depth >= DEEPEST) throw new AdvisoryDataError(`${own} lies deeper than is read.`, WHERE_TO_GET);
        waiting.push({ path: own, depth: depth + 1 });
      }
      if (!entry.isFile() || !entry.name.endsWith('.json')) continue;
      count += 1;
      if (count > MOST_FILES) throw new AdvisoryDataError(`${folder} has too many files.`, WHERE_TO_GET);
      yield { name: relative(folder, own), bytes: fileBytes(own) };
    }
  }
}
