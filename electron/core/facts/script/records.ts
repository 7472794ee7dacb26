import type { ScriptOutput } from '../collector.ts';

/** One record of a fragment's answer: a tag of ours and its fields as raw bytes. */
export interface ScriptRecord {
  tag: string;
  fields: Buffer[];
}

export interface ScriptRecords {
  records: ScriptRecord[];
  /** The fragment said that it reached its end; false when it was cut, killed or never ran. */
  finished: boolean;
}

const HEAD = /^@([a-z][a-z-]{0,30}):([0-9]{1,3})$/;

/** No honest fragment prints more records; a node that lies must not fill the memory with small ones. */
const MAX_RECORDS = 400_000;

/**
 * Reads what the functions `emit` and `emit_content` of the prelude print: `@tag:N`, then exactly N fields, each ended
 * by NUL. The count comes first and no field can hold a NUL, so no file name or file content can pose as a record.
 * @param output answer of a fragment, hostile
 * @returns the complete records in order; a last one that was cut is left out, and so is noise between records
 */
export function readRecords(output: Pick<ScriptOutput, 'stdout'>): ScriptRecords {
  const bytes = output.stdout;
  const records: ScriptRecord[] = [];
  let finished = false;
  let at = 0;
  const next = (): Buffer | null => {
    const end = bytes.indexOf(0, at);
    if (end < 0) return null;
    const token = bytes.subarray(at, end);
    at = end + 1;
    return token;
  };
  for (let token = next(); token && records.length < MAX_RECORDS; token = next()) {
    const head = token.length <= 40 ? HEAD.exec(token.toString('latin1')) : null;
    if (!head) continue;
    const fields: Buffer[] = [];
    for (let left = Number(head[2]); left > 0; left -= 1) {
      const field = next();
      if (!field) return { records, finished };
      fields.push(field);
    }
    if (head[1] === 'end') finished = true;
    else records.push({ tag: head[1] ?? '', fields });
  }
  return { records, finished };
}
