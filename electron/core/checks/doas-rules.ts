/** One rule of doas.conf(5). */
export interface DoasRule {
  action: 'permit' | 'deny';
  /** Options such as `nopass`, `persist`, `keepenv`. */
  options: readonly string[];
  /** `name`, or `:group`. */
  identity: string;
  /** Account that it allows; null for every account. */
  target: string | null;
  /** The only program that it is about; null for any. */
  program: string | null;
  text: string;
}

const WORD = /"((?:[^"\\]|\\.)*)"|\{|\}|#.*$|(?:[^\s"{}#\\]|\\.)+/g;

/** The words of a line, quotes taken away, without a comment. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(WORD)]
    .filter(([word]) => !word.startsWith('#'))
    .map(([word, quoted]) => (quoted ?? word).replace(/\\(.)/g, '$1'));
}

/** Reads one rule; null for what is none. */
function readRule(text: string): DoasRule | null {
  const [action, ...rest] = wordsOf(text);
  if (action !== 'permit' && action !== 'deny') return null;
  const options: string[] = [];
  let at = 0;
  for (; ; at += 1) {
    const word = rest[at];
    if (word === undefined) return null;
    if (word === 'setenv') {
      const end = rest.indexOf('}', at);
      if (rest[at + 1] !== '{' || end < 0) return null;
      at = end;
    } else if (/^(nopass|nolog|persist|keepenv)$/.test(word)) options.push(word);
    else break;
  }
  const identity = rest[at] ?? '';
  const tail = rest.slice(at + 1);
  const target = tail[0] === 'as' ? (tail.splice(0, 2)[1] ?? null) : null;
  const program = tail[0] === 'cmd' ? (tail[1] ?? null) : null;
  if (tail.length > 0 && tail[0] !== 'cmd') return null;
  return { action, options, identity, target, program, text };
}

const MAX_LINES = 4_096;

/**
 * Reads doas.conf(5): one rule a line, continued by a backslash at its end.
 * @returns the rules in order, and lines that are none
 */
export function readDoas(text: string): { rules: DoasRule[]; unread: string[] } {
  const rules: DoasRule[] = [];
  const unread: string[] = [];
  const lines = text.replace(/\\\r?\n/g, ' ').split('\n');
  if (lines.length > MAX_LINES) unread.push('lines beyond the first 4096');
  for (const line of lines.slice(0, MAX_LINES)) {
    if (wordsOf(line).length === 0) continue;
    const rule = readRule(line.trim().slice(0, 1_024));
    if (rule === null) unread.push(line.trim().slice(0, 128));
    else rules.push(rule);
  }
  return { rules, unread };
}

/**
 * The rules by which doas lets an account act as another. The last one that fits decides (doas.conf(5)), so a `deny` of everything takes
 * away what was permitted before it; one for a single program or account takes nothing away here: a rule too many is shown
 * rather than one too few.
 * @param who names and numbers of the account and of its groups
 */
export function permitsOf(
  rules: readonly DoasRule[],
  who: { names: ReadonlySet<string>; groups: ReadonlySet<string> },
): DoasRule[] {
  let permitted: DoasRule[] = [];
  for (const rule of rules) {
    const fits = rule.identity.startsWith(':')
      ? who.groups.has(rule.identity.slice(1))
      : who.names.has(rule.identity);
    if (!fits) continue;
    if (rule.action === 'permit') permitted.push(rule);
    else if (rule.target === null && rule.program === null) permitted = [];
  }
  return permitted;
}
