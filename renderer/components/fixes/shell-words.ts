/** Characters that need no quotes in any POSIX shell. */
const PLAIN = /^[A-Za-z0-9_/:=.,@%+-]+$/;

/**
 * An argument vector as one line that a POSIX shell reads as exactly these arguments (POSIX.1-2024, Shell Command
 * Language, section 2.2.2).
 */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
