import type { TextPart } from './expression.ts';

/** A piece of a value as it is written in a rule: as in `TextPart`, or the name of a placeholder that is still to be filled in. */
export type WrittenPart = TextPart | { placeholder: string };

const MANY = { any: 'many' } as const;
const ONE = { any: 'one' } as const;
const DASH = { any: 'dash' } as const;

/** Characters that stand for each other under `windash`: hyphen, slash, en dash, em dash, horizontal bar. */
export const DASHES = '-/\u2013\u2014\u2015';

/**
 * Reads wildcards and escapes (Sigma rules specification, "String Wildcard" and "Escaping"): `*` many, `?` one; a backslash
 * makes the wildcard or backslash behind it plain, and is itself plain before anything else.
 */
export function readText(text: string): WrittenPart[] {
  const parts: WrittenPart[] = [];
  let plain = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') {
      const next = text.charAt(at + 1);
      if (next === '*' || next === '?' || next === '\\') at += 1;
      plain += next === '*' || next === '?' ? next : '\\';
    } else if (character === '*' || character === '?') {
      if (plain !== '') parts.push(plain);
      plain = '';
      parts.push(character === '*' ? MANY : ONE);
    } else plain += character;
  }
  if (plain !== '') parts.push(plain);
  return parts;
}

const isMany = (part: WrittenPart | undefined): boolean =>
  typeof part === 'object' && 'any' in part && part.any === 'many';

/** Puts "any characters" before or behind, unless it is there already. */
export function opened(parts: readonly WrittenPart[], start: boolean, end: boolean): WrittenPart[] {
  const open = [...parts];
  if (start && !isMany(open[0])) open.unshift(MANY);
  if (end && !(isMany(open.at(-1)) && open.length > (start ? 1 : 0))) open.push(MANY);
  return open;
}

const WORD = /\w/;

/**
 * `windash`: a dash or slash that begins a word becomes any of the dashes; one inside a word (`a-b`) or alone stays.
 * The specification asks for all permutations; a part that means "one of them" is the same without writing them out.
 */
export function anyDashes(parts: readonly WrittenPart[]): WrittenPart[] {
  return parts.flatMap((part) => {
    if (typeof part !== 'string') return [part];
    const found: WrittenPart[] = [];
    let plain = '';
    for (let at = 0; at < part.length; at += 1) {
      const character = part.charAt(at);
      const begins =
        DASHES.includes(character) &&
        !(at > 0 && WORD.test(part.charAt(at - 1))) &&
        WORD.test(part.charAt(at + 1));
      if (!begins) plain += character;
      else {
        if (plain !== '') found.push(plain);
        plain = '';
        found.push(DASH);
      }
    }
    if (plain !== '') found.push(plain);
    return found;
  });
}

const PLACEHOLDER = /(\\?)%([\w.-]+)%/g;

/** Finds `%name%` (modifier `expand`); `\%` is a plain percent sign. Changes the text between by `between`. */
function splitPlaceholders(text: string): (string | { placeholder: string })[] {
  const found: (string | { placeholder: string })[] = [];
  let from = 0;
  PLACEHOLDER.lastIndex = 0;
  for (let match = PLACEHOLDER.exec(text); match !== null; match = PLACEHOLDER.exec(text)) {
    if (match[1] === '\\') {
      // The escaped sign is plain; the one that would have ended the name may begin the next one.
      PLACEHOLDER.lastIndex = match.index + 2;
      continue;
    }
    found.push(text.slice(from, match.index), { placeholder: match[2] ?? '' });
    from = match.index + match[0].length;
  }
  found.push(text.slice(from));
  return found.filter((part) => part !== '');
}

/** The same parts with placeholders found in what is plain. */
export function withPlaceholders(parts: readonly WrittenPart[]): WrittenPart[] {
  return parts.flatMap((part): WrittenPart[] => {
    if (typeof part !== 'string') return [part];
    return splitPlaceholders(part).map((piece) =>
      typeof piece === 'string' ? piece.replaceAll('\\%', '%') : piece,
    );
  });
}

/** A regular expression's text, cut where placeholders stand. */
export function regexPlaceholders(source: string): (string | { placeholder: string })[] {
  return splitPlaceholders(source);
}

/** Joins neighbours that are plain text. */
export function merged(parts: readonly WrittenPart[]): WrittenPart[] {
  const result: WrittenPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === 'string' && typeof last === 'string') result[result.length - 1] = last + part;
    else result.push(part);
  }
  return result;
}
