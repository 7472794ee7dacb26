/** One user specification of sudoers(5): who, and the whole line. */
export interface SudoRule {
  /** Names, `%group`, `#uid`, `%#gid`, `ALL`, as far as aliases could be resolved. */
  who: string[];
  text: string;
}

const ALIAS = /^User_Alias\s+(.*)$/;
const NOT_A_RULE = /^(?:Defaults\b|(?:Runas|Host|Cmnd|Cmd)_Alias\s|[@#]include(?:dir)?\s)/;

/** Lines of the file: continued ones joined, comments away (`#` begins one unless a number follows, as in `#1000`). */
function linesOf(text: string): string[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#(?!\d|include).*$/, '').trim())
    .filter((line) => line !== '')
    .slice(0, 8_192);
}

/** Words of a user list, separated by commas; spaces may stand around them, names may be quoted. */
function splitList(text: string): string[] {
  return text
    .split(',')
    .map((word) =>
      word
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .replace(/\\(.)/g, '$1'),
    )
    .filter((word) => word !== '');
}

/** Splits `user list  host list = …` behind the list: words go on as long as a comma stands between them. */
function userListOf(line: string): string {
  const match = /^((?:"[^"]*"|\\.|[^\s,="])+(?:\s*,\s*(?:"[^"]*"|\\.|[^\s,="])+)*)\s+\S/.exec(line);
  return match?.[1] ?? '';
}

/**
 * Reads sudoers(5) as far as it says who has rules: user specifications and User_Alias, all files together.
 * @param texts contents of /etc/sudoers and the files of its folder
 * @returns the rules, and whether something was included that was not read
 */
export function readSudoers(texts: readonly string[]): { rules: SudoRule[]; foreignIncludes: string[] } {
  const aliases = new Map<string, string[]>();
  const specifications: string[] = [];
  const foreignIncludes: string[] = [];
  for (const line of texts.flatMap(linesOf)) {
    const alias = ALIAS.exec(line)?.[1];
    const include = /^[@#]include(?:dir)?\s+(\S+)/.exec(line)?.[1];
    if (include !== undefined && !/^\/etc\/sudoers\.d\/?$/.test(include))
      foreignIncludes.push(include.slice(0, 256));
    if (alias !== undefined) {
      for (const definition of alias.split(/\s*:\s*(?=[A-Z][A-Z0-9_]*\s*=)/)) {
        const at = definition.indexOf('=');
        if (at > 0) aliases.set(definition.slice(0, at).trim(), splitList(definition.slice(at + 1)));
      }
    } else if (!NOT_A_RULE.test(line) && line.includes('=')) specifications.push(line);
  }
  const resolve = (word: string, depth: number): string[] =>
    depth < 8 && aliases.has(word)
      ? (aliases.get(word) ?? []).flatMap((entry) => resolve(entry, depth + 1))
      : [word];
  const rules = specifications.map((text) => ({
    who: splitList(userListOf(text))
      .flatMap((word) => resolve(word, 0))
      .slice(0, 1_024),
    text: text.slice(0, 4_096),
  }));
  return { rules, foreignIncludes };
}

/**
 * The rules that apply to an account: by its name or uid, by a group of it, or to everybody. A negated name (`!root`)
 * takes nobody out here: a rule too many is shown rather than one too few. Netgroups (`+name`) cannot be resolved and count.
 */
export function rulesFor(
  rules: readonly SudoRule[],
  account: { name: string; uid: number; groups: readonly string[]; groupIds: readonly number[] },
): string[] {
  const applies = (word: string): boolean => {
    if (word === 'ALL' || word === account.name || word === `#${account.uid}`) return true;
    if (word.startsWith('%#')) return account.groupIds.includes(Number(word.slice(2)));
    if (word.startsWith('%:')) return account.groups.includes(word.slice(2));
    return word.startsWith('%') && account.groups.includes(word.slice(1));
  };
  return rules
    .filter((rule) => rule.who.some(applies))
    .map((rule) => rule.text)
    .slice(0, 256);
}
