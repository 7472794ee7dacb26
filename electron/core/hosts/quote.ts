/** A value as one word of POSIX sh, or why it must not become part of a command. */
export type Quoted = { ok: true; text: string } | { ok: false; reason: string };

/** Linux takes no longer single argument (MAX_ARG_STRLEN, 128 KiB); no honest path or name comes near a quarter. */
const MAX_LENGTH = 32_768;

/** Words that every shell, also an interactive zsh, leaves as they are. `=` and `~` in front would be expanded. */
const PLAIN = /^[A-Za-z0-9_./:@%+,-][A-Za-z0-9_./:@%+,=-]*$/;

/** C0, DEL, C1: in a terminal they are commands of their own, also between quotes. */
const CONTROL = /\p{Cc}/u;

/**
 * Format characters (bidirectional controls, zero-width, tags), line and paragraph separators: the command would look
 * other than it is (CVE-2021-42574).
 */
const INVISIBLE = /[\p{Cf}\p{Zl}\p{Zp}]/u;

/** How collectors write a byte that is not UTF-8. The true name is another one, or cannot be told apart from it. */
const BYTE_ESCAPE = /\\x[0-9a-fA-F]{2}/;

/**
 * Quotes a value as exactly one word of POSIX sh (XCU 2.2.2, single quotes). It does not make a leading dash harmless:
 * put `--` before it, or `./`.
 * @param value any text, also from a hostile node
 * @returns the word, or the reason why it was refused: control, bidirectional and invisible characters, halves of
 *   surrogate pairs, replacement characters, bytes escaped by a collector (`\xNN`), and values over 32,768 characters
 */
export function quote(value: string): Quoted {
  if (value.length > MAX_LENGTH) return { ok: false, reason: 'it is too long for a command' };
  if (CONTROL.test(value)) return { ok: false, reason: 'it contains control characters' };
  if (INVISIBLE.test(value))
    return { ok: false, reason: 'it contains invisible or direction-changing characters' };
  if (!value.isWellFormed() || value.includes('\uFFFD') || BYTE_ESCAPE.test(value)) {
    return { ok: false, reason: 'it contains bytes that are not UTF-8' };
  }
  if (PLAIN.test(value)) return { ok: true, text: value };
  return { ok: true, text: `'${value.replaceAll("'", "'\\''")}'` };
}

/**
 * Quotes several values as words separated by spaces, leaving out those that `quote` refuses.
 * @returns `text` for a script (empty when none is left), and every refused value with its reason, to be reported as
 *   something that could not be looked at
 */
export function quoteAll(values: readonly string[]): {
  text: string;
  refused: { value: string; reason: string }[];
} {
  const words: string[] = [];
  const refused: { value: string; reason: string }[] = [];
  for (const value of values) {
    const quoted = quote(value);
    if (quoted.ok) words.push(quoted.text);
    else refused.push({ value, reason: quoted.reason });
  }
  return { text: words.join(' '), refused };
}
