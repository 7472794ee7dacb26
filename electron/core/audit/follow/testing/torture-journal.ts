import { closeSync, createReadStream, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What a line of the journal of the torture test holds. */
export interface Committed {
  lines: string[];
  gaps: { kind: string; bytes: number | null; detail: string }[];
  position: unknown;
}

const PIECE = 64 * 1024;

/**
 * Reads only the end of a journal, however long it is: a follower that is killed a thousand times must not take longer to start each time.
 * @returns what was committed last, and how many bytes are whole lines; a torn end counts as never written
 */
export function readLast(path: string): { last: Committed | null; bytes: number } {
  if (!existsSync(path)) return { last: null, bytes: 0 };
  const file = openSync(path, 'r');
  try {
    let from = fstatSync(file).size;
    let text = Buffer.alloc(0);
    for (;;) {
      const end = text.lastIndexOf(10);
      const before = end <= 0 ? -1 : text.lastIndexOf(10, end - 1);
      if (before !== -1 || from === 0) {
        if (end === -1) return { last: null, bytes: 0 };
        const last = JSON.parse(text.toString('utf8', before + 1, end)) as Committed;
        return { last, bytes: from + end + 1 };
      }
      const piece = Buffer.alloc(Math.min(PIECE, from));
      readSync(file, piece, 0, piece.length, from - piece.length);
      from -= piece.length;
      text = Buffer.concat([piece, text]);
    }
  } finally {
    closeSync(file);
  }
}

/** Everything that was committed, in order, one at a time; a torn end is left out. */
export async function* readJournal(path: string): AsyncGenerator<Committed> {
  const { bytes } = readLast(path);
  if (bytes === 0) return;
  const input = createReadStream(path, { end: bytes - 1 });
  for await (const line of createInterface({ input })) yield JSON.parse(line) as Committed;
}
