import type { FieldValue } from '#shared/domain/audit/event.ts';
import type { FieldSet } from './field-set.ts';
import { nameAt } from './names.ts';

const EQUALS = 61;
const QUOTE = 34;
const APOSTROPHE = 39;
const BACKSLASH = 92;
const SPACE = 32;

/** Letters, digits, and `- . / @ _` : what names of fields are made of. Square brackets for `a1[0]`. */
function isNameCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 45 && code <= 57) ||
    code === 95 ||
    code === 64 ||
    code === 91 ||
    code === 93
  );
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** The text between quotes with its escapes undone, as logfmt writers make them; in single quotes nothing is escaped (sh). */
function quoted(text: string, from: number, quote: number): { value: string; end: number } {
  const mark = quote === QUOTE ? '"' : "'";
  let end = text.indexOf(mark, from);
  if (end < 0) return { value: text.slice(from), end: text.length };
  if (quote === APOSTROPHE || text.lastIndexOf('\\', end) < from)
    return { value: text.slice(from, end), end: end + 1 };
  const parts: string[] = [];
  let start = from;
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) break;
    if (code !== BACKSLASH || at + 1 >= text.length) continue;
    const next = text[at + 1] as string;
    parts.push(text.slice(start, at), ESCAPES[next] ?? next);
    at += 1;
    start = at + 1;
  }
  end = Math.min(at, text.length);
  parts.push(text.slice(start, end));
  return { value: parts.join(''), end: end + 1 };
}

const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/;

/** A bare value: a number or a truth stays one, so that rules can compare it. */
export function bareValue(text: string): FieldValue {
  const first = text.charCodeAt(0);
  if (((first >= 48 && first <= 57) || first === 45) && text.length <= 24 && NUMBER.test(text))
    return Number(text);
  return text === 'true' ? true : text === 'false' ? false : text;
}

/**
 * Puts in every `name=value` of a text, as logfmt and sh write them: bare, in double quotes with escapes, in single quotes. Words
 * without `=` are passed over. One pass, whatever the text is.
 * @returns how many were found, and how much of the text they are (0 to 1)
 */
export function putKeyValues(fields: FieldSet, text: string, start = 0): { found: number; share: number } {
  let found = 0;
  let covered = 0;
  let at = start;
  const end = text.length;
  while (at < end && !fields.isFull()) {
    while (at < end && text.charCodeAt(at) <= SPACE) at += 1;
    const nameStart = at;
    let hash = 0;
    for (let code = text.charCodeAt(at); at < end && isNameCharacter(code); code = text.charCodeAt(at)) {
      hash = (hash * 31 + code) | 0;
      at += 1;
    }
    if (at === nameStart || text.charCodeAt(at) !== EQUALS) {
      while (at < end && text.charCodeAt(at) > SPACE) at += 1;
      continue;
    }
    const name = nameAt(text, nameStart, at, hash);
    at += 1;
    const code = text.charCodeAt(at);
    if (code === QUOTE || code === APOSTROPHE) {
      const read = quoted(text, at + 1, code);
      fields.put(name, read.value);
      at = read.end;
    } else {
      const valueStart = at;
      while (at < end && text.charCodeAt(at) > SPACE) at += 1;
      fields.put(name, bareValue(text.slice(valueStart, at)));
    }
    found += 1;
    covered += at - nameStart;
  }
  return { found, share: end === start ? 0 : Math.min(1, (covered + found) / (end - start)) };
}
