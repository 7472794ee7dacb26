import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Why a file was not read. */
export type Unread = 'missing' | 'not-a-file' | 'closed';

/** The beginning of a file. */
export type BoundedRead =
  | { ok: true; bytes: Buffer; cut: boolean; size: number }
  | { ok: false; why: Unread };

/**
 * Reads the beginning of a regular file of this machine. Neither a link in the last place nor a FIFO or device leads anywhere
 * (open(2), O_NOFOLLOW, O_NONBLOCK).
 * @param limit bytes at most
 */
export function readBounded(path: string, limit: number): BoundedRead {
  let file: number;
  try {
    file = openSync(
      path,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY,
    );
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { ok: false, why: 'missing' };
    return { ok: false, why: code === 'ELOOP' || code === 'ENXIO' ? 'not-a-file' : 'closed' };
  }
  try {
    const { size } = regular(file);
    const bytes = Buffer.allocUnsafe(Math.min(size, limit));
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(file, bytes, length, bytes.length - length, length);
      if (count === 0) break;
      length += count;
    }
    return { ok: true, bytes: bytes.subarray(0, length), cut: size > limit, size };
  } catch (error) {
    return { ok: false, why: error instanceof NotAFile ? 'not-a-file' : 'closed' };
  } finally {
    closeSync(file);
  }
}

class NotAFile extends Error {}

function regular(file: number): { size: number } {
  const status = fstatSync(file);
  if (!status.isFile()) throw new NotAFile();
  return status;
}
