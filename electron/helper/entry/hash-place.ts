import { createHash } from 'node:crypto';
import { close, reopenForReading } from '../walk/descriptor.ts';
import { readPieces } from '../walk/read-pieces.ts';

/** What is hashed at most: larger files are judged by their ownership (`expect` of kind `any`). */
const MAX_BYTES = 1024 * 1024 * 1024;

/**
 * SHA-256 of a held file, read through its descriptor. Refuses `unsafe-path` above 1 GiB, or `most`, and `changed-since` for one that
 * grows.
 */
export function hashPlace(place: number, path: string, most = MAX_BYTES): string {
  const opened = reopenForReading(place);
  try {
    const hash = createHash('sha256');
    readPieces(opened, Math.min(most, MAX_BYTES), path, (piece) => hash.update(piece));
    return hash.digest('hex');
  } finally {
    close(opened);
  }
}
