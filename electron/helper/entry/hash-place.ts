import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { Refused } from '../refused.ts';
import { close, reopenForReading, statOf } from '../walk/descriptor.ts';

/** What is hashed at most: larger files are judged by their ownership (`expect` of kind `any`). */
const MAX_BYTES = 1024 * 1024 * 1024;

/** SHA-256 of a held file, read through its descriptor. Refuses `unsafe-path` above 1 GiB. */
export function hashPlace(place: number, path: string): string {
  if (statOf(place).size > BigInt(MAX_BYTES))
    throw new Refused('unsafe-path', `${path} is too large to be compared.`);
  const opened = reopenForReading(place);
  try {
    const hash = createHash('sha256');
    const chunk = Buffer.allocUnsafe(1024 * 1024);
    for (let total = 0; total <= MAX_BYTES; ) {
      const read = readSync(opened, chunk);
      if (read === 0) return hash.digest('hex');
      hash.update(chunk.subarray(0, read));
      total += read;
    }
    throw new Refused('changed-since', `${path} grows while it is read.`);
  } finally {
    close(opened);
  }
}
