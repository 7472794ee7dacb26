/** One line of an OpenSSH client configuration: keyword in lower case, and its values. */
export interface ConfigLine {
  keyword: string;
  values: string[];
}

const LINE = /^[ \t\r]*([^ \t\r"=]+)(?:[ \t\r]*=[ \t\r]*|[ \t\r]+)(.+)$/s;

/**
 * Reads one line as ssh_config(5) describes it: keyword, white space or one `=`, values that may stand in quotes.
 * @param line without its line feed
 * @returns null for an empty line or a comment; `damaged` for what OpenSSH would refuse
 */
export function readConfigLine(line: string): ConfigLine | 'damaged' | null {
  // By hand: an expression would begin anew at each of a million spaces.
  let end = line.length;
  while (end > 0 && ' \t\r\n\f'.includes(line[end - 1] ?? '.')) end -= 1;
  const text = line.slice(0, end);
  if (/^[ \t\r]*(?:#|$)/.test(text)) return null;
  const match = LINE.exec(text);
  const values = match === null ? null : splitValues(match[2] ?? '');
  if (match === null || values === null || values.length === 0) return 'damaged';
  return { keyword: (match[1] ?? '').toLowerCase(), values };
}

/**
 * Splits values as OpenSSH's argv_split does: single and double quotes, a backslash before a quote, a backslash or a space, a
 * comment where a value would begin.
 * @returns null when a quote is not closed
 */
function splitValues(text: string): string[] | null {
  const values: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === ' ' || text[at] === '\t') {
      at += 1;
      continue;
    }
    if (text[at] === '#') break;
    let value = '';
    let quote = '';
    for (; at < text.length; at += 1) {
      const sign = text[at] ?? '';
      const next = text[at + 1];
      if (
        sign === '\\' &&
        (next === "'" || next === '"' || next === '\\' || (quote === '' && next === ' '))
      ) {
        at += 1;
        value += next;
      } else if (quote === '' && (sign === ' ' || sign === '\t')) break;
      else if (quote === '' && (sign === '"' || sign === "'")) quote = sign;
      else if (quote !== '' && sign === quote) quote = '';
      else value += sign;
    }
    if (quote !== '') return null;
    values.push(value);
  }
  return values;
}
