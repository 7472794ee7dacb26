/** @returns an argument vector as one line for a POSIX shell (XCU 2.2.2), exactly the same arguments */
export function quotedCommand(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
