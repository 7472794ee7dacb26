/** One user specification of sudoers(5): who, and the whole line. */
export interface SudoRule {
  /** Names, `%group`, `#uid`, `%#gid`, `+netgroup`, `ALL`, as far as aliases could be resolved; none is negated. */
  who: string[];
  text: string;
}

/** One file of sudo as it was read. */
export interface SudoersFile {
  path: string;
  text: string;
}

const ALIAS = /^User_Alias\s+(.*)$/;
const NOT_A_RULE = /^(?:Defaults(?=[\s:@>!]|$)|(?:User|Runas|Host|Cmnd|Cmd)_Alias\s|[@#]include(?:dir)?\s)/;
const COMMENT = /"(?:[^"\\]|\\.)*"|\\.|(?<=^|\s)#(?!-?\d|include).*$/g;
const WORD = '(?:"(?:[^"\\\\]|\\\\.)*"|\\\\.|[^\\s,="\\\\])+';
const USER_LIST = new RegExp(`^(${WORD}(?:\\s*,\\s*${WORD})*)\\s+\\S`);
const WORDS = new RegExp(WORD, 'g');
const MAX_LINES = 8_192;

/**
 * Lines of the file: comments away (`#` begins one unless a number follows, as in `#1000`), then continued ones joined.
 * In this order: a backslash at the end of a comment continues nothing.
 */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  let begun = '';
  for (const physical of text.split('\n')) {
    const line = begun + physical.replace(COMMENT, (part) => (part.startsWith('#') ? '' : part)).trimEnd();
    if (line.endsWith('\\')) begun = `${line.slice(0, -1)} `;
    else {
      begun = '';
      if (line.trim() !== '') lines.push(line.trim());
    }
  }
  if (begun.trim() !== '') lines.push(begun.trim());
  return lines;
}

/** Takes quotes and backslashes away; `\xHH` is the character of that number (sudoers(5), "Other special characters"). */
function unescapeWord(word: string): string {
  return word.replace(/\\x([0-9a-fA-F]{2})|\\(.)|"/g, (_, hex?: string, escaped?: string) =>
    hex === undefined ? (escaped ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Words of a user list, separated by commas; spaces may stand around them, names may be quoted. */
function splitList(text: string): string[] {
  return (text.match(WORDS) ?? []).map(unescapeWord).filter((word) => word !== '');
}

/** The path of an include: quoted or with escaped blanks, relative to the folder of the file that names it. */
function includedPath(line: string, from: string): string | null {
  const word = /^[@#]include(?:dir)?\s+((?:"[^"]*"|\\.|[^\s"\\])+)/.exec(line)?.[1];
  if (word === undefined) return null;
  const path = unescapeWord(word);
  const full = path.startsWith('/') ? path : `${from.slice(0, from.lastIndexOf('/'))}/${path}`;
  return full.replace(/(?<=.)\/+$/, '');
}

/** Resolves aliases, each once for each sign: circles end, and nested ones cannot grow without bounds. */
function resolveWords(words: readonly string[], aliases: ReadonlyMap<string, readonly string[]>): string[] {
  const who = new Set<string>();
  const walked = new Set<string>();
  const waiting = words.map((word) => ({ word, negated: false }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const name = next.word.replace(/^!+/, '');
    const negated = next.negated !== ((next.word.length - name.length) % 2 === 1);
    const members = aliases.get(name);
    if (!members) {
      if (!negated) who.add(name);
    } else if (!walked.has(`${negated} ${name}`)) {
      walked.add(`${negated} ${name}`);
      for (const word of members) waiting.push({ word, negated });
    }
  }
  // A list that is longer than we keep must not lose anybody.
  return who.size > 1_024 ? ['ALL'] : [...who];
}

/**
 * Reads sudoers(5) as far as it says who has rules: user specifications and User_Alias, all files together.
 * @param files /etc/sudoers and the files that it includes
 * @param places paths of included files and folders that were read whole or are known not to exist
 * @returns the rules, and what of them is not known: included places that were not read, lines that are not understood
 */
export function readSudoers(
  files: readonly SudoersFile[],
  places: ReadonlySet<string> = new Set(),
): { rules: SudoRule[]; unread: string[] } {
  const aliases = new Map<string, string[]>();
  const specifications: string[] = [];
  const unread = new Set<string>();
  const read = new Set([...places, ...files.map((file) => file.path)]);
  for (const { path, text } of files) {
    const lines = linesOf(text);
    if (lines.length > MAX_LINES) unread.add(path);
    for (const line of lines.slice(0, MAX_LINES)) {
      const alias = ALIAS.exec(line)?.[1];
      const include = includedPath(line, path);
      if (include !== null && !read.has(include)) unread.add(include.slice(0, 256));
      // A plugin decides who is in a group: whom `%group` means is then nothing that files tell.
      if (/^Defaults\b.*\bgroup_plugin\s*=/.test(line)) unread.add(`group plugin named in ${path}`);
      if (alias !== undefined) {
        for (const definition of alias.split(/\s*:\s*(?=[A-Z][A-Z0-9_]*\s*=)/)) {
          const at = definition.indexOf('=');
          const name = definition.slice(0, Math.max(at, 0)).trim();
          if (at > 0) {
            const members = splitList(definition.slice(at + 1).replace(/!\s+/g, '!'));
            aliases.set(name, [...(aliases.get(name) ?? []), ...members]);
          }
        }
      } else if (!NOT_A_RULE.test(line) && line.includes('=')) {
        if (USER_LIST.test(line.replace(/!\s+/g, '!'))) specifications.push(line);
        else unread.add(`a line of ${path}`);
      }
    }
  }
  const rules = specifications.map((text) => ({
    who: resolveWords(splitList(USER_LIST.exec(text.replace(/!\s+/g, '!'))?.[1] ?? ''), aliases),
    text: text.slice(0, 4_096),
  }));
  return { rules, unread: [...unread] };
}

/**
 * The rules that apply to an account: by its name or uid, by a group of it, or to everybody. Names are compared without
 * case, as sudo does by default (`case_insensitive_user`, `case_insensitive_group`). A negated name (`!root`)
 * takes nobody out here: a rule too many is shown rather than one too few. Netgroups (`+name`) cannot be resolved and count.
 */
export function rulesFor(
  rules: readonly SudoRule[],
  account: { name: string; uid: number; groups: readonly string[]; groupIds: readonly number[] },
): string[] {
  const name = account.name.toLowerCase();
  const groups = new Set(account.groups.map((group) => group.toLowerCase()));
  const applies = (word: string): boolean => {
    if (word === 'ALL' || word.startsWith('+') || word.toLowerCase() === name) return true;
    if (/^#[0-9]+$/.test(word)) return Number(word.slice(1)) === account.uid;
    if (/^%:?#[0-9]+$/.test(word)) return account.groupIds.includes(Number(word.replace(/^%:?#/, '')));
    return word.startsWith('%') && groups.has(word.replace(/^%:?/, '').toLowerCase());
  };
  return rules
    .filter((rule) => rule.who.some(applies))
    .map((rule) => rule.text)
    .slice(0, 256);
}
