/** One row of a RECORD. */
export interface RecordRow {
  /** As written: relative to the folder of packages, or absolute. */
  path: string;
  /** SHA-256 as 64 hex digits; null where none, or one of another algorithm, stands there. */
  sha256: string | null;
  /** A hash stands there that we cannot compare. */
  otherHash: boolean;
}

/** No honest RECORD has more; torch has some 15,000. */
export const MAX_ROWS = 200_000;

/** Cells of one line of comma-separated values as Python's csv module writes them; null for a quote that does not end. */
function cellsOf(line: string): string[] | null {
  const cells: string[] = [];
  let at = 0;
  while (at <= line.length) {
    if (line[at] === '"') {
      let text = '';
      for (at += 1; ; at += 1) {
        const end = line.indexOf('"', at);
        if (end < 0) return null;
        text += line.slice(at, end);
        at = end + 1;
        if (line[at] !== '"') break;
        text += '"';
      }
      cells.push(text);
      if (at < line.length && line[at] !== ',') return null;
      at += 1;
    } else {
      const comma = line.indexOf(',', at);
      const end = comma < 0 ? line.length : comma;
      cells.push(line.slice(at, end));
      at = end + 1;
    }
    if (cells.length > 8) return null;
  }
  return cells;
}

/** `sha256=` with base64url without padding (PEP 376; wheel specification, "The .dist-info directory"). */
function digestOf(cell: string): Pick<RecordRow, 'sha256' | 'otherHash'> {
  if (cell === '') return { sha256: null, otherHash: false };
  const match = /^sha256=([A-Za-z0-9_-]{43})=?$/.exec(cell);
  const bytes = match === null ? null : Buffer.from(match[1] ?? '', 'base64url');
  return bytes?.length === 32
    ? { sha256: bytes.toString('hex'), otherHash: false }
    : { sha256: null, otherHash: true };
}

/**
 * Reads a RECORD: path, hash, size; at most 200,000 rows.
 * @returns rows, and how many lines were none
 */
export function readRecord(lines: readonly string[]): { rows: RecordRow[]; broken: number } {
  const rows: RecordRow[] = [];
  let broken = 0;
  for (const line of lines) {
    const text = line.replace(/\r$/, '');
    if (text === '') continue;
    const cells = rows.length < MAX_ROWS ? cellsOf(text) : null;
    const [path, hash = ''] = cells ?? [];
    if (path === undefined || path === '') broken += 1;
    else rows.push({ path, ...digestOf(hash) });
  }
  return { rows, broken };
}
