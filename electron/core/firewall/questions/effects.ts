/** The families of nft(8). */
export const FAMILIES = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'] as const;

/** What commands do to tables that were there before them. */
export interface Effects {
  /** Families of which every table is erased, whoever made it. */
  readonly families: ReadonlySet<string>;
  /** Tables that are deleted, as `inet name`. */
  readonly deleted: ReadonlySet<string>;
  /** Tables that are changed in place, without being defined in the same text. */
  readonly changed: ReadonlySet<string>;
  /** Families of which anything may be erased, and why that is not known; null where all was read. */
  readonly perhaps: { readonly families: ReadonlySet<string>; readonly why: string } | null;
}

/** Nothing is touched. */
export const NO_EFFECTS: Effects = {
  families: new Set(),
  deleted: new Set(),
  changed: new Set(),
  perhaps: null,
};

const EVERY: ReadonlySet<string> = new Set(FAMILIES);
const isFamily = (word: string | undefined): boolean => word !== undefined && EVERY.has(word);

interface Statement {
  /** How many braces are open around it. */
  depth: number;
  words: string[];
  /** It stands behind a closing brace, and may be the end of a statement before it. */
  isRest: boolean;
}

/** Statements as the scanner of nft parts them: comments outside of quotes, quotes over lines, joined lines. Null when a quote or brace is left open. */
function statementsOf(text: string): Statement[] | null {
  const found: Statement[] = [];
  let [depth, line, isRest] = [0, '', false];
  const end = (rest: boolean): void => {
    const words = line.split(/\s+/).filter((word) => word !== '');
    if (words.length > 0) found.push({ depth, words, isRest });
    line = '';
    isRest = rest;
  };
  // A comment reaches to the end of its line, with a backslash there too.
  for (const [token] of text.matchAll(/"[^"]*"|#[^\n]*|\\\r?\n|[^"#\\\n;{}]+|[\s\S]/g)) {
    if (token === '"') return null;
    if (token.startsWith('#')) continue;
    if (/^\\\r?\n$/.test(token)) line += ' ';
    else if (token === '\n' || token === ';') end(false);
    else if (token === '{') {
      end(false);
      depth += 1;
    } else if (token === '}') {
      end(false);
      depth -= 1;
      if (depth < 0) return null;
      isRest = true;
    } else line += token;
  }
  end(false);
  return depth === 0 ? found : null;
}

/** `inet name` from the words of a command; the family is `ip` unless it is said. */
function tableAt(words: readonly string[], at: number): string | null {
  const [family, name] = isFamily(words[at]) ? [words[at], words[at + 1]] : ['ip', words[at]];
  return name !== undefined && name !== 'handle' && /^[A-Za-z_][\w./-]*$/.test(name)
    ? `${family} ${name}`
    : null;
}

const VERBS = /^(add|create|insert|replace|delete|destroy|flush|reset|rename)$/;
const OBJECTS = /^(table|chain|rule|set|map|element|flowtable|counter|quota|limit|synproxy|secmark|ct)$/;
const IDLE = /^(define|redefine|undefine|list|get|describe)$/;

/**
 * What a text of nft does to tables that other files made (nft(8)). What cannot be told, such as a file that it includes, is `perhaps`
 * everything.
 */
export function effectsOf(text: string): Effects {
  const families = new Set<string>();
  const deleted = new Set<string>();
  const changed = new Set<string>();
  const defined = new Set<string>();
  const statements = statementsOf(text);
  let why = statements === null ? 'it has a quote or a brace that does not end' : null;
  for (const { depth, words, isRest } of statements ?? []) {
    const [first = ''] = words;
    if (first === 'include') why ??= `it includes ${(words[1] ?? '').slice(0, 200)}, which was not read`;
    if (depth > 0 || first === 'include') continue;
    if (isRest && !VERBS.test(first)) continue;
    if (IDLE.test(first)) continue;
    const hasVerb = VERBS.test(first);
    const verb = hasVerb ? first : 'add';
    const object = (hasVerb ? words[1] : first) ?? '';
    const at = (hasVerb ? 2 : 1) + (object === 'ct' ? 1 : 0);
    if (verb === 'flush' && object === 'ruleset') {
      for (const family of isFamily(words[2]) ? [words[2] as string] : FAMILIES) families.add(family);
      continue;
    }
    const table = OBJECTS.test(object) ? tableAt(words, at) : null;
    if (table === null)
      why ??= `what "${words.slice(0, 4).join(' ').slice(0, 80)}" does to others is not known`;
    else if (object === 'table' && (verb === 'add' || verb === 'create')) defined.add(table);
    else if (object === 'table' && (verb === 'delete' || verb === 'destroy')) deleted.add(table);
    else if (!defined.has(table)) changed.add(table);
  }
  return { families, deleted, changed, perhaps: why === null ? null : { families: EVERY, why } };
}

/** One after the other. */
export function joinEffects(all: readonly Effects[]): Effects {
  const sets = (key: 'families' | 'deleted' | 'changed') => new Set(all.flatMap((one) => [...one[key]]));
  const doubts = all.flatMap((one) => one.perhaps ?? []);
  const [first] = doubts;
  return {
    families: sets('families'),
    deleted: sets('deleted'),
    changed: sets('changed'),
    perhaps:
      first === undefined
        ? null
        : { families: new Set(doubts.flatMap((one) => [...one.families])), why: first.why },
  };
}

/** What nobody read may do to every table. */
export function anything(why: string): Effects {
  return { ...NO_EFFECTS, perhaps: { families: EVERY, why } };
}

/**
 * What a command of a unit does to tables, from its words as systemd prints them. What is no command of nft, or hands it a file, may do
 * anything; programs of iptables touch the families ip and ip6 only.
 */
export function effectsOfCommand(command: string): Effects {
  const words = command.split(/\s+/).filter((word) => word !== '');
  const program = (words[0] ?? '').replace(/^.*\//, '');
  if (/^(true|echo|sleep|logger|kill)$/.test(program)) return NO_EFFECTS;
  const why = `"${command.slice(0, 120)}" was not followed`;
  if (program === 'nft') {
    const rest = words.slice(1);
    return rest.some((word) => word.startsWith('-') || /["'$`]/.test(word))
      ? anything(why)
      : effectsOf(rest.join(' '));
  }
  if (/^(netfilter-persistent|ip6?tables(-nft|-legacy)?(-restore)?|ip6?tables\.init)$/.test(program))
    return { ...NO_EFFECTS, perhaps: { families: new Set(['ip', 'ip6']), why } };
  return anything(why);
}
