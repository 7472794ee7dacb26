import type { FieldSet } from './field-set.ts';

const NAME = /[^\s="\]]{1,32}/y;

/**
 * Puts in the structured data of RFC 5424, section 6.3: `[id name="value" …]…` or `-`. A name becomes `id.name`.
 * @returns the place of the message behind it
 */
export function putStructuredData(fields: FieldSet, line: string, start: number): number {
  if (line.charCodeAt(start) === 45) return Math.min(start + 2, line.length);
  let at = start;
  for (let elements = 0; elements < 64 && line.charCodeAt(at) === 91; elements++) {
    NAME.lastIndex = at + 1;
    const id = NAME.exec(line)?.[0];
    if (id === undefined) return start;
    at += 1 + id.length;
    while (line.charCodeAt(at) === 32) {
      NAME.lastIndex = at + 1;
      const name = NAME.exec(line)?.[0];
      if (name === undefined || !line.startsWith('="', at + 1 + name.length)) return start;
      const valueStart = at + 3 + name.length;
      let end = valueStart;
      while (end < line.length && line.charCodeAt(end) !== 34) end += line.charCodeAt(end) === 92 ? 2 : 1;
      if (end >= line.length) return start;
      fields.put(`${id}.${name}`, line.slice(valueStart, end).replace(/\\(["\\\]])/g, '$1'));
      at = end + 1;
    }
    if (line.charCodeAt(at) !== 93) return start;
    at += 1;
  }
  return line.charCodeAt(at) === 32 ? at + 1 : at;
}
