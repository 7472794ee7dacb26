import { createHash } from 'node:crypto';

/** Why a node says that it has nothing of a piece; other words count as `failed`. */
export type AbsentReason = 'not-there' | 'not-allowed' | 'link' | 'no-file' | 'odd-name' | 'no-tools';

/** A piece as a node gave it. */
export type ReadPiece =
  | { kind: 'absent'; origin: Buffer; reason: string }
  | {
      kind: 'content';
      origin: Buffer;
      content: Buffer;
      /** Null: it never came to its end. */
      end: { status: number; sha256: string } | null;
      /** SHA-256 of what arrived. */
      received: string;
    };

export interface ReadPieces {
  pieces: ReadPiece[];
  /** The job said that it came to its end. */
  finished: boolean;
}

/** No job has more; a node that lies must not fill the memory with empty ones. */
const MOST_PIECES = 4_096;
const MOST_ORIGIN = 8_192;

/**
 * Reads what the functions of `evidenceScript` print. What stands between pieces is dropped.
 * @param bytes answer of a job, hostile
 * @param edge as the script had it
 */
export function readPieces(bytes: Buffer, edge: string): ReadPieces {
  const mark = Buffer.from(`\0${edge}`, 'latin1');
  const pieces: ReadPiece[] = [];
  let finished = false;
  let open: { origin: Buffer; from: number } | null = null;
  const close = (until: number, end: { status: number; sha256: string } | null): void => {
    if (open === null) return;
    const content = bytes.subarray(open.from, until);
    const received = createHash('sha256').update(content).digest('hex');
    pieces.push({ kind: 'content', origin: open.origin, content, end, received });
    open = null;
  };
  for (let at = bytes.indexOf(mark); at >= 0 && pieces.length < MOST_PIECES; ) {
    const body = at + mark.length;
    const stop = bytes.indexOf(0, body + 1);
    if (stop < 0) {
      // The mark itself was cut: it is none of the content.
      close(at, null);
      return { pieces, finished };
    }
    const sign = String.fromCharCode(bytes[body] ?? 0);
    const words = bytes.subarray(body + 1, stop);
    let next = stop + 1;
    if (sign === '=') {
      close(at, readEnd(words));
    } else if (sign === '+' || sign === '-') {
      close(at, null);
      if (sign === '+') open = { origin: words.subarray(0, MOST_ORIGIN), from: stop + 1 };
      else pieces.push(readAbsent(words));
    } else if (sign === '!') {
      close(at, null);
      finished = true;
    } else next = body;
    at = bytes.indexOf(mark, next);
  }
  close(bytes.length, null);
  return { pieces, finished };
}

function readEnd(words: Buffer): { status: number; sha256: string } | null {
  const match = /^([0-9]{1,3}) ([0-9a-f]{64})$/.exec(words.toString('latin1', 0, 80));
  return match === null ? null : { status: Number(match[1]), sha256: match[2] ?? '' };
}

function readAbsent(words: Buffer): ReadPiece {
  const space = words.indexOf(0x20);
  const end = space < 0 ? words.length : space;
  return {
    kind: 'absent',
    reason: words.toString('latin1', 0, Math.min(end, 32)),
    origin: words.subarray(end + 1, end + 1 + MOST_ORIGIN),
  };
}
