import { Refused } from '../refused.ts';

/** What a text for iptables-restore is about, once it was found to be about our own chains only. */
export interface OwnChains {
  /** By table: our chains in it. */
  tables: { table: string; chains: string[]; rules: string[]; jumps: string[] }[];
}

const TABLES = /^\*(filter|raw|mangle)$/;
const OWN = /^SWARMKEEP[A-Z0-9_-]{0,19}$/;
const DECLARATION = /^:(\S+) - \[0:0\]$/;
/** The one way into a chain of ours from one of the kernel's. */
const JUMP = /^-[AI] (INPUT|OUTPUT|FORWARD|PREROUTING)( 1)? -j (\S+)$/;
const RULE = /^-A (\S+)( .*)?$/;
const TARGETS = new Set(['ACCEPT', 'DROP', 'REJECT', 'RETURN', 'LOG', 'NFLOG', 'MARK', 'CONNMARK']);
/**
 * Options that a rule may have, written out (iptables(8), iptables-extensions(8)): iptables takes every unambiguous beginning of a
 * long option and `--option=value` too, and some name a program to run, another table or another chain.
 */
const OPTIONS = new Set([
  '-p',
  '-s',
  '-d',
  '-i',
  '-o',
  '-m',
  '-j',
  '-g',
  '--jump',
  '--goto',
  '--protocol',
  '--source',
  '--destination',
  '--match',
  '--in-interface',
  '--out-interface',
  '--sport',
  '--dport',
  '--sports',
  '--dports',
  '--uid-owner',
  '--gid-owner',
  '--ctstate',
  '--comment',
  '--icmp-type',
  '--icmpv6-type',
  '--dst-type',
  '--src-type',
  '--mark',
  '--set-mark',
  '--set-xmark',
  '--reject-with',
  '--limit',
  '--limit-burst',
  '--hashlimit-upto',
  '--hashlimit-above',
  '--hashlimit-burst',
  '--hashlimit-mode',
  '--hashlimit-name',
  '--hashlimit-htable-size',
  '--hashlimit-htable-max',
  '--log-prefix',
  '--log-level',
  '--log-uid',
  '--nflog-group',
  '--nflog-prefix',
]);

/**
 * Reads a text for `iptables-restore --noflush` line by line. Refuses `bad-request` for everything but declarations of our
 * chains, rules in them that stay in them, and at most one plain jump to each from a chain of the kernel.
 */
export function guardChains(text: string): OwnChains {
  if (/[^\n\x20-\x7e]|\\/.test(text)) throw bad('characters that are not taken');
  const tables: OwnChains['tables'] = [];
  let open: OwnChains['tables'][number] | null = null;
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const table = TABLES.exec(line)?.[1];
    if (table !== undefined) {
      if (open !== null || tables.some((one) => one.table === table)) throw bad(line);
      open = { table, chains: [], rules: [], jumps: [] };
    } else if (open === null) throw bad(line);
    else if (line === 'COMMIT') {
      tables.push(open);
      open = null;
    } else takeLine(open, line);
  }
  if (open !== null || tables.length === 0) throw bad('no COMMIT');
  for (const { chains, rules, jumps } of tables) checkTargets(chains, rules, jumps);
  return { tables };
}

function takeLine(open: OwnChains['tables'][number], line: string): void {
  const declared = DECLARATION.exec(line)?.[1];
  if (declared !== undefined) {
    if (!OWN.test(declared) || open.chains.includes(declared)) throw bad(line);
    open.chains.push(declared);
    return;
  }
  if (JUMP.test(line)) {
    open.jumps.push(line);
    return;
  }
  const chain = RULE.exec(line)?.[1];
  if (chain === undefined || !OWN.test(chain)) throw bad(line);
  open.rules.push(line);
}

function checkTargets(chains: readonly string[], rules: readonly string[], jumps: readonly string[]): void {
  const own = new Set(chains);
  const reached = jumps.map((line) => JUMP.exec(line)?.[3] ?? '');
  if (reached.some((chain) => !own.has(chain)) || new Set(reached).size < reached.length)
    throw bad('a jump to another chain, or two to the same');
  for (const line of rules) {
    const words = wordsOf(line);
    if (words === null || !own.has(words[1] ?? '')) throw bad(line);
    const rest = words.slice(2);
    // A value that begins so would be read as an option as well: none is needed.
    if (rest.some((word) => word.startsWith('-') && !OPTIONS.has(word))) throw bad(line);
    rest.forEach((word, index) => {
      const target = rest[index + 1] ?? '';
      const jumpsTo = ['-j', '-g', '--jump', '--goto'].includes(word);
      if (jumpsTo && !TARGETS.has(target) && !own.has(target)) throw bad(line);
    });
  }
}

/** A word as iptables-restore takes it, with the quotes around it; one that is quoted only in part is none. */
const WORD = /\s*(?:"([^"]*)"|([^\s"]+))(?=\s|$)/y;
/** Options whose values are text, and may be quoted: anything else that is quoted would be an option or a target all the same. */
const TEXTS = new Set(['--comment', '--log-prefix', '--nflog-prefix']);

/** @returns the words of a rule without values that are text; null for a line with quotes where none belong */
function wordsOf(line: string): string[] | null {
  const words: string[] = [];
  let before = '';
  for (WORD.lastIndex = 0; WORD.lastIndex < line.length; ) {
    const found = WORD.exec(line);
    if (found === null) return null;
    const [, quoted, plain] = found;
    if (quoted !== undefined && !TEXTS.has(before)) return null;
    if (plain !== undefined) words.push(plain);
    before = plain ?? '';
  }
  return words;
}

function bad(what: string): Refused {
  return new Refused(
    'bad-request',
    `The rules may be about SWARMKEEP chains only: ${what.slice(0, 200)}. Nothing was loaded.`,
  );
}
