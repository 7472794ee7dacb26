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
  /** Tables that lose their rules and keep the policies of their chains, as `ip filter`: what `iptables -F` does. */
  readonly emptied: ReadonlySet<string>;
  /** Families of which anything may be erased, and why that is not known; null where all was read. */
  readonly perhaps: { readonly families: ReadonlySet<string>; readonly why: string } | null;
}

/** Nothing is touched. */
export const NO_EFFECTS: Effects = {
  families: new Set(),
  deleted: new Set(),
  changed: new Set(),
  emptied: new Set(),
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
  return {
    ...NO_EFFECTS,
    families,
    deleted,
    changed,
    perhaps: why === null ? null : { families: EVERY, why },
  };
}

/** One after the other. */
export function joinEffects(all: readonly Effects[]): Effects {
  const sets = (key: 'families' | 'deleted' | 'changed' | 'emptied') =>
    new Set(all.flatMap((one) => [...one[key]]));
  const doubts = all.flatMap((one) => one.perhaps ?? []);
  const [first] = doubts;
  return {
    families: sets('families'),
    deleted: sets('deleted'),
    changed: sets('changed'),
    emptied: sets('emptied'),
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

const IPTABLES = /^ip(6?)tables(-nft)?$/;
const IDLE_OPTION = /^(-[LSNZCVh]|--(list|list-rules|new-chain|zero|check|version|help))$/;
const CHANGING_OPTION =
  /^(-[ADIRPXEF]|--(append|delete|insert|replace|policy|delete-chain|rename-chain|flush))$/;

/** What iptables(8) does with these words; null where that is not known. */
function effectsOfIptables(family: 'ip' | 'ip6', words: readonly string[]): Effects | null {
  const named = words.findIndex((word) => word === '-t' || word === '--table');
  const table = `${family} ${named < 0 ? 'filter' : (words[named + 1] ?? '')}`;
  if (words.some((word) => IDLE_OPTION.test(word))) return NO_EFFECTS;
  const at = words.findIndex((word) => CHANGING_OPTION.test(word));
  if (at < 0) return null;
  const ofWhole = words[at + 1] === undefined || words[at + 1]?.startsWith('-');
  return /^(-F|--flush)$/.test(words[at] ?? '') && ofWhole
    ? { ...NO_EFFECTS, emptied: new Set([table]) }
    : { ...NO_EFFECTS, changed: new Set([table]) };
}

/** The commands of a line: those of `sh -c`, else itself. systemd prints the words without quotes. */
export function commandsIn(line: string): string[] {
  const inner = /^\S*\/?(?:ba|da)?sh\s+-\w*c\s+(.*)$/s.exec(line.trim())?.[1];
  return inner === undefined
    ? [line]
    : inner.split(/;|&&|\|\||\n/).map((one) => one.trim().replace(/^["']|["']$/g, ''));
}

function effectsOfOne(command: string): Effects {
  const words = command.split(/\s+/).filter((word) => word !== '');
  const program = (words[0] ?? '').replace(/^.*\//, '');
  if (/^(true|echo|sleep|logger|kill|)$/.test(program)) return NO_EFFECTS;
  const why = `"${command.slice(0, 120)}" was not followed`;
  const isPlain = !words.some((word) => /["'$`|<>()]/.test(word));
  if (program === 'nft') {
    const rest = words.slice(1);
    return rest.some((word) => word.startsWith('-')) || !isPlain ? anything(why) : effectsOf(rest.join(' '));
  }
  const [, six] = IPTABLES.exec(program) ?? [];
  const known = six !== undefined && isPlain ? effectsOfIptables(six === '6' ? 'ip6' : 'ip', words) : null;
  if (known !== null) return known;
  if (/^(netfilter-persistent|ip6?tables(-nft|-legacy)?(-restore)?|ip6?tables\.init)$/.test(program))
    return { ...NO_EFFECTS, perhaps: { families: new Set(['ip', 'ip6']), why } };
  return anything(why);
}

/**
 * What a command of a unit does to tables, from its words as systemd prints them. What is no command of nft or iptables, or hands nft a file,
 * may do anything; what is not known of programs of iptables touches the families ip and ip6 only.
 */
export function effectsOfCommand(command: string): Effects {
  return joinEffects(commandsIn(command).map(effectsOfOne));
}

/**
 * What a command does to tables when a unit starts. Unlike one at its stop it is expected to set things up: what names no program of rules is
 * left out, and so is what they only list.
 */
export function effectsOfStart(command: string): Effects {
  const [program = '', ...rest] = command.split(/\s+/);
  const name = program.replace(/^.*\//, '');
  const isRules = /^(nft|ip6?tables(-nft|-legacy)?)$/.test(name);
  if (name === 'netfilter-persistent' && rest.includes('flush')) return effectsOfOne(command);
  if (!isRules) return NO_EFFECTS;
  if (
    name === 'nft' &&
    !rest.some((word) => /^(flush|delete|destroy|add|create|insert|replace|reset)$/.test(word))
  )
    return NO_EFFECTS;
  return effectsOfOne(command);
}
