import { valuesOfMatchOption, valuesOfTargetOption } from './grammar.ts';
import { parseProtocol } from './protocols.ts';
import type { Extension, Option } from './rule-syntax.ts';
import type { Token } from './tokenize.ts';

/** A rule taken apart, not yet read: what stands in front of the extensions, the matches, and where it goes. */
export interface ParsedRule {
  /** `-s`, `-d`, `-i`, `-o`, `-p`, `-f`, `-4`, `-6` under their short names. */
  readonly base: readonly Option[];
  readonly matches: readonly Extension[];
  readonly target: { readonly extension: Extension; readonly goto: boolean } | null;
}

const BASE: ReadonlyMap<string, readonly [name: string, values: number]> = new Map(
  (
    [
      ['-s', 1, ['--source', '--src']],
      ['-d', 1, ['--destination', '--dst']],
      ['-i', 1, ['--in-interface']],
      ['-o', 1, ['--out-interface']],
      ['-p', 1, ['--protocol', '--proto']],
      ['-f', 0, ['--fragment']],
      ['-4', 0, ['--ipv4']],
      ['-6', 0, ['--ipv6']],
      ['-m', 1, ['--match']],
      ['-j', 1, ['--jump']],
      ['-g', 1, ['--goto']],
      ['-c', 2, ['--set-counters']],
    ] as const
  ).flatMap(([name, values, others]) => [name, ...others].map((word) => [word, [name, values]] as const)),
);

/** The match that `-p` brings with it, so that `-p tcp --dport 22` needs no `-m tcp`. */
const BY_PROTOCOL: ReadonlyMap<bigint, string> = new Map([
  [1n, 'icmp'],
  [6n, 'tcp'],
  [17n, 'udp'],
  [33n, 'dccp'],
  [58n, 'icmp6'],
  [132n, 'sctp'],
  [136n, 'udplite'],
]);

function looksLikeOption(token: Token): boolean {
  return /^-[-a-zA-Z0-9]/.test(token.text);
}

/** `-ptcp` and `--dport=22` are two words written as one (getopt_long(3)). */
function split(tokens: readonly Token[], index: number): readonly Token[] {
  const { text } = tokens[index] as Token;
  const glued = /^(-[a-zA-Z0-9])([^-].*)$/s.exec(text) ?? /^(--[a-z0-9-]+)=(.*)$/s.exec(text);
  if (!glued) return tokens;
  const words = [glued[1] as string, glued[2] as string].map((word) => ({ text: word, quoted: false }));
  return [...tokens.slice(0, index), ...words, ...tokens.slice(index + 1)];
}

interface Draft {
  base: Option[];
  matches: Extension[];
  target: { extension: Extension; goto: boolean } | null;
}

/** Which extension an option belongs to: the last one that has it, else one that its protocol brings, else one that is not known. */
function ownerOf(draft: Draft, option: string): { extension: Extension; values: number | null } | null {
  const { target, matches } = draft;
  if (target) {
    const values = valuesOfTargetOption(target.extension.name, option);
    if (values !== null) return { extension: target.extension, values };
  }
  for (const extension of [...matches].reverse()) {
    const values = valuesOfMatchOption(extension.name, option);
    if (values !== null) return { extension, values };
  }
  const asked = draft.base.find(({ name, negated }) => name === '-p' && !negated);
  const protocol = asked ? parseProtocol(asked.values[0] ?? '') : null;
  const name = typeof protocol === 'bigint' ? BY_PROTOCOL.get(protocol) : undefined;
  if (name !== undefined) {
    const values = valuesOfMatchOption(name, option);
    if (values !== null) {
      const extension = { name, options: [] };
      matches.push(extension);
      return { extension, values };
    }
  }
  const last = target?.extension ?? matches.at(-1);
  return last ? { extension: last, values: null } : null;
}

/**
 * Takes a rule apart, from behind its chain (iptables(8), PARAMETERS).
 * @returns what is wrong with it, as a phrase, when it is no rule that iptables would take
 */
export function parseRule(words: readonly Token[]): ParsedRule | { readonly error: string } {
  const draft: Draft = { base: [], matches: [], target: null };
  let tokens = words;
  let index = 0;
  let negated = false;

  /** @returns that many words from here, or as many as do not look like an option */
  const take = (count: number | null): string[] | null => {
    const values: string[] = [];
    while (count === null ? index < tokens.length : values.length < count) {
      const token = tokens[index];
      if (!token) return null;
      if (count === null && !token.quoted && (looksLikeOption(token) || token.text === '!')) break;
      values.push(token.text);
      index += 1;
    }
    return values;
  };

  while (index < tokens.length) {
    const token = tokens[index] as Token;
    if (token.text === '!' && !negated) {
      negated = true;
      index += 1;
      continue;
    }
    if (!looksLikeOption(token)) return { error: `"${token.text.slice(0, 40)}" where an option should be` };
    tokens = split(tokens, index);
    const name = (tokens[index] as Token).text;
    index += 1;
    const base = BASE.get(name);
    if (base) {
      const values = take(base[1]);
      const value = values?.[0] ?? '';
      if (!values || value === '!') return { error: `${name} without a value` };
      if (base[0] === '-m') {
        if (negated) return { error: '! in front of -m' };
        draft.matches.push({ name: value, options: [] });
      } else if (base[0] === '-j' || base[0] === '-g') {
        if (negated || draft.target) return { error: `a second or negated ${name}` };
        draft.target = { extension: { name: value, options: [] }, goto: base[0] === '-g' };
      } else if (base[0] !== '-c') {
        if (draft.base.some((option) => option.name === base[0])) return { error: `${name} twice` };
        draft.base.push({ name: base[0], negated, values });
      }
    } else {
      const owner = ownerOf(draft, name);
      if (!owner) return { error: `${name.slice(0, 40)} belongs to nothing` };
      const values = take(owner.values);
      if (!values) return { error: `${name} without a value` };
      owner.extension.options.push({ name, negated, values });
    }
    negated = false;
  }
  return negated ? { error: '! at the end' } : draft;
}
