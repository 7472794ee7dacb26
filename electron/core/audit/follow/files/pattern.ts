/** @returns the names and patterns of names that an absolute pattern consists of */
export function patternParts(pattern: string): string[] {
  return pattern.split('/').filter((part) => part !== '' && part !== '.');
}

/**
 * Reads a pattern of one name (glob(7)): `*`, `?`, `[a-z]`, `[!a-z]`; a leading dot must be written. Compares in linear time
 * for any pattern and name: each `*` is gone back to once at most for each character.
 * @returns null when the part is a name and no pattern
 */
export function nameMatcher(part: string): ((name: string) => boolean) | null {
  if (!/[*?[]/.test(part)) return null;
  const tokens = tokensOf(part);
  return (name) => {
    if (name.startsWith('.') && !part.startsWith('.')) return false;
    const letters = [...name];
    let token = 0;
    let letter = 0;
    let star = -1;
    let resume = 0;
    while (letter < letters.length) {
      const wanted = tokens[token];
      if (wanted === '*') {
        star = token;
        resume = letter;
        token += 1;
      } else if (wanted?.(letters[letter] ?? '')) {
        token += 1;
        letter += 1;
      } else if (star !== -1) {
        resume += 1;
        letter = resume;
        token = star + 1;
      } else {
        return false;
      }
    }
    while (tokens[token] === '*') token += 1;
    return token === tokens.length;
  };
}

type Token = '*' | ((letter: string) => boolean);

function tokensOf(part: string): Token[] {
  const letters = [...part];
  const tokens: Token[] = [];
  for (let index = 0; index < letters.length; index += 1) {
    const letter = letters[index] ?? '';
    if (letter === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*');
    } else if (letter === '?') {
      tokens.push(() => true);
    } else if (letter === '[' && letters.indexOf(']', index + 2) !== -1) {
      const end = letters.indexOf(']', index + 2);
      tokens.push(classOf(letters.slice(index + 1, end)));
      index = end;
    } else {
      tokens.push((other) => other === letter);
    }
  }
  return tokens;
}

function classOf(letters: readonly string[]): (letter: string) => boolean {
  const not = letters[0] === '!' || letters[0] === '^';
  const members = not ? letters.slice(1) : letters;
  return (letter) => {
    let within = false;
    for (let index = 0; index < members.length; index += 1) {
      const from = members[index] ?? '';
      const to = members[index + 1] === '-' ? members[index + 2] : undefined;
      if (to !== undefined) index += 2;
      within ||= to === undefined ? letter === from : letter >= from && letter <= to;
    }
    return within !== not;
  };
}
