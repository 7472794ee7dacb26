import { fstatSync, readSync } from 'node:fs';
import { Refused } from '../refused.ts';

const PIECE = 1024 * 1024;

/**
 * Reads an open file in pieces: as many bytes as it had when it was looked at here, and one more, which tells that somebody lets it
 * grow. Answers how many there were. Refuses `unsafe-path` above `most` and `changed-since` for a file that grows.
 * @param path for messages
 */
export function readPieces(opened: number, most: number, path: string, use: (piece: Buffer) => void): number {
  const { size } = fstatSync(opened);
  if (size > most)
    throw new Refused('unsafe-path', `${path} is too large: ${size} bytes, and ${most} at most.`);
  const piece = Buffer.allocUnsafe(Math.min(PIECE, size + 1));
  for (let total = 0; ; ) {
    const read = readSync(opened, piece, 0, Math.min(piece.length, size + 1 - total), null);
    if (read === 0) return total;
    total += read;
    if (total > size) throw new Refused('changed-since', `${path} grows while it is read.`);
    use(piece.subarray(0, read));
  }
}

/** All bytes of an open file, as `readPieces` bounds them; null for a longer one than `most`, or one that grows. */
export function readUpTo(opened: number, most: number): Buffer | null {
  const pieces: Buffer[] = [];
  try {
    readPieces(opened, most, 'It', (piece) => pieces.push(Buffer.from(piece)));
  } catch (thrown) {
    if (thrown instanceof Refused) return null;
    throw thrown;
  }
  return Buffer.concat(pieces);
}
