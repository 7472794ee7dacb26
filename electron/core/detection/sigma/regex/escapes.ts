import { type CharSet, complement, DIGIT, HORIZONTAL, NEWLINE, SPACE, single, WORD } from './char-set.ts';

const CLASSES: Readonly<Record<string, CharSet>> = {
  d: DIGIT,
  D: complement(DIGIT),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
  h: HORIZONTAL,
  H: complement(HORIZONTAL),
  N: complement(NEWLINE),
  v: [10, 13],
  R: [10, 13],
};

/** Letters that stand for a class behind a backslash. */
export const CLASS_LETTERS = Object.keys(CLASSES).join('');

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27, '0': 0 };

/** A character or class that was escaped, and where the text goes on; or why it is none. */
export type Escape = { set: CharSet; next: number } | { why: string };

/**
 * Reads what stands behind a backslash: a class, a control character, a code (`\x41`, `\x{41}`, `\u0041`), or any sign as
 * itself.
 * @param at position behind the backslash
 * @param inBrackets `\b` is a backspace there
 */
export function readEscape(source: string, at: number, inBrackets: boolean): Escape {
  const letter = source.charAt(at);
  if (letter === '') return { why: 'it ends with a backslash' };
  const named = CLASSES[letter];
  if (named !== undefined) return { set: named, next: at + 1 };
  if (inBrackets && letter === 'b') return { set: single(8), next: at + 1 };
  const code = /^(?:x\{([0-9a-fA-F]{1,4})\}|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/.exec(
    source.slice(at, at + 8),
  );
  if (code !== null) {
    const unit = Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '0', 16);
    return { set: single(unit), next: at + code[0].length };
  }
  const control = CONTROLS[letter];
  if (control !== undefined) return { set: single(control), next: at + 1 };
  if (/[1-9kg]/.test(letter)) return { why: 'back references are not supported' };
  if (/[A-Za-z]/.test(letter)) return { why: `\\${letter} is not supported` };
  return { set: single(letter.charCodeAt(0)), next: at + 1 };
}
