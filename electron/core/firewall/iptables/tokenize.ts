/** One word of a line, and whether any of it stood in double quotes. */
export interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

const MOST_TOKENS = 4_096;

/**
 * Splits a line into words as iptables-restore does (iptables/xshared.c, add_param_to_argv): blanks separate, double quotes
 * hold together, and a backslash inside of them takes the next character as it is. Single quotes and backslashes outside of
 * double quotes are ordinary characters.
 * @returns null when a quote is left open, a backslash has nothing behind it, or there are more than 4,096 words
 */
export function tokenize(line: string): Token[] | null {
  const tokens: Token[] = [];
  let text = '';
  let started = false;
  let quoted = false;
  let open = false;
  const finish = (): void => {
    if (started) tokens.push({ text, quoted });
    text = '';
    started = false;
    quoted = false;
  };
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    if (open && character === '\\') {
      index += 1;
      if (index >= line.length) return null;
      text += line.charAt(index);
    } else if (character === '"') {
      open = !open;
      started = true;
      quoted = true;
    } else if (!open && (character === ' ' || character === '\t')) {
      finish();
      if (tokens.length > MOST_TOKENS) return null;
    } else {
      text += character;
      started = true;
    }
  }
  if (open) return null;
  finish();
  return tokens.length > MOST_TOKENS ? null : tokens;
}

/** A word as iptables-save would print it, for texts that people read. */
export function quoteToken(text: string): string {
  return /^[^\s"\\']+$/.test(text) ? text : `"${text.replace(/(["\\'])/g, '\\$1')}"`;
}
