/**
 * Characters that a reader cannot see or that change how the rest is shown: controls and terminal escapes, format and
 * bidirectional marks, line and paragraph separators, lone surrogates, private use, unassigned, spaces that are not the
 * plain one, and letters that are drawn as nothing (Unicode 17, UAX #44; Unicode Technical Report #36, section 3).
 */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Most text is nothing but this, and need not be looked at letter by letter. */
const PLAIN = /^[ -~]*$/;

function shown(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return SHORT[character] ?? (code < 0x100 ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`);
}

/**
 * Text of a machine as one line that hides nothing: every character that cannot be seen is written as an escape, such
 * as `\x1b`, `\n` or `\u{202e}`. Everything else stays as it is, so the result is for reading and not for decoding.
 * @param text any text, hostile text included
 */
export function visible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSEEN, shown);
}

/**
 * The same for text of several lines: line feeds and tabs stay, all else that cannot be seen becomes an escape.
 * @param text any text, hostile text included
 */
export function visibleLines(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(UNSEEN, (character) =>
    character === '\n' || character === '\t' ? character : shown(character),
  );
}

/**
 * Text of at most `limit` UTF-16 units; what is cut is said, and no surrogate pair is torn.
 * @param text text that was made visible already
 * @param limit units, at least 32
 */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const note = ` … (${text.length} characters)`;
  const end = limit - note.length;
  const torn = /[\ud800-\udbff]/.test(text[end - 1] ?? '');
  return text.slice(0, torn ? end - 1 : end) + note;
}
