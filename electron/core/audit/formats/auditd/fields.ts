import { FieldSet } from '../field-set.ts';
import { nameAt } from '../names.ts';
import { bareAuditValue } from './values.ts';

const SPACE = 32;
const EQUALS = 61;
/** Stands between the record and what auditd adds when it resolves names (auditd.conf(5), `log_format = ENRICHED`). */
const ENRICHMENT = 29;

/**
 * Reads the fields of a record's body, one pass. Words without `=` (`avc:`, `denied`) are passed over; `msg='…'` of a program's record
 * is opened, and its fields count as the record's own. A `'` inside that part does not end it: the last one of the line does, for
 * names of accounts may contain it.
 */
export function readAuditFields(type: string, line: string, start: number): FieldSet {
  const fields = new FieldSet();
  fields.put('type', type);
  readInto(fields, type, line, start, line.length, true);
  return fields;
}

function readInto(
  fields: FieldSet,
  type: string,
  line: string,
  start: number,
  end: number,
  mayNest: boolean,
): void {
  let at = start;
  while (at < end && !fields.isFull()) {
    let code = line.charCodeAt(at);
    if (code === SPACE || code === ENRICHMENT) {
      at += 1;
      continue;
    }
    const nameStart = at;
    let hash = 0;
    while (at < end && code !== EQUALS && code !== SPACE && code !== ENRICHMENT) {
      hash = (hash * 31 + code) | 0;
      at += 1;
      code = line.charCodeAt(at);
    }
    if (at >= end || code !== EQUALS) continue;
    const name = nameAt(line, nameStart, at, hash);
    at += 1;
    const first = line.charCodeAt(at);
    if (first === 34) {
      const close = line.indexOf('"', at + 1);
      const valueEnd = close < 0 || close > end ? end : close;
      fields.put(name, line.slice(at + 1, valueEnd));
      at = valueEnd + 1;
    } else if (mayNest && first === 39 && name === 'msg') {
      const enriched = line.indexOf('\u001d', at);
      const last = line.lastIndexOf("'", enriched < 0 ? end : enriched);
      const innerEnd = last > at ? last : enriched < 0 ? end : enriched;
      readInto(fields, type, line, at + 1, innerEnd, false);
      at = innerEnd + 1;
    } else if (mayNest && first === 123 && name === 'SADDR') {
      const close = line.indexOf('}', at);
      const innerEnd = close < 0 ? end : close;
      readInto(fields, type, line, at + 1, innerEnd, false);
      at = innerEnd + 1;
    } else {
      const valueStart = at;
      code = first;
      while (at < end && code !== SPACE && code !== ENRICHMENT) {
        at += 1;
        code = line.charCodeAt(at);
      }
      fields.put(name, bareAuditValue(type, name, line.slice(valueStart, at)));
    }
  }
}
