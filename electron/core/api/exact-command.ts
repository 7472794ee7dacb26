/** Characters that need no quotes in any shell. `=` and `~` in front would be expanded. */
const PLAIN = /^[A-Za-z0-9_./:@%+,-][A-Za-z0-9_./:@%+,=-]*$/;
/** What a terminal would take as a command of its own, or would not show as it is (CVE-2021-42574). */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** A longer word is named once and used by its name, so that a command can be read. */
const LONGEST_WORD = 120;
/** A line that is longer is broken, in a way that shells put together again. */
const LINE = 400;

/** @returns a word exactly, as bash and zsh read it on one line: dollar-single-quotes (POSIX.1-2024, 2.2.4) where it has unseen characters */
export function exactWord(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!UNSHOWN.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  return `$'${[...word].map(inDollarQuotes).join('')}'`;
}

function inDollarQuotes(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === "'" || character === '\\') return `\\${character}`;
  if (!UNSHOWN.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Commands of one plan as a person can paste them. */
export interface ExactCommands {
  /** Each command on one line. */
  commands: string[];
  /** Long words that they name, each given once and to be pasted before; broken into lines. */
  words: string[];
}

/**
 * Argument vectors as lines that bash and zsh read as exactly these. A script that several steps run is given once, under a name.
 * @param vectors what runs, without a shell in between
 */
export function exactCommands(vectors: readonly (readonly string[])[]): ExactCommands {
  const names = new Map<string, string>();
  const words: string[] = [];
  const named = (word: string): string => {
    const known = names.get(word);
    if (known !== undefined) return `"$${known}"`;
    const name = `script${names.size + 1}`;
    names.set(word, name);
    words.push(...broken(`${name}=`, word));
    return `"$${name}"`;
  };
  const commands = vectors.map((vector) =>
    vector
      .map((word) => {
        const exact = exactWord(word);
        return exact.length > LONGEST_WORD ? named(word) : exact;
      })
      .join(' '),
  );
  return { commands, words };
}

/** One assignment over several lines: a backslash at the end of a line joins it with the next (POSIX.1-2024, 2.2.1). */
function broken(head: string, word: string): string[] {
  const lines: string[] = [];
  let piece = '';
  const close = (): void => {
    if (piece !== '') lines.push(`${lines.length === 0 ? head : ''}$'${piece}'`);
    piece = '';
  };
  for (const character of word) {
    piece += inDollarQuotes(character);
    if (piece.length >= LINE) close();
  }
  close();
  return lines.map((line, index) => (index < lines.length - 1 ? `${line}\\` : line));
}
