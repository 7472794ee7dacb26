import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, type TestContext } from 'vitest';
import type { Chain, ReadResult, Rule } from '../model.ts';
import { readNft } from './read-nft.ts';

const NFT = '/usr/sbin/nft';
const APART = '--- and in its own language ---';

/** A rule and where it can be loaded: `inet filter output 0`. */
interface Sample {
  readonly place: string;
  readonly rule: string;
}

function samples(name: string): Sample[] {
  const text = readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [place = '', rule = ''] = line.split(' | ', 2);
      return { place, rule: line.slice(place.length + 3) || rule };
    });
}

const TABLE = `
  counter cnt { }
  quota qta { over 100 mbytes; }
  limit lim { rate 5/second; }
  set dynset { type ipv4_addr; flags dynamic,timeout; timeout 1m; size 100; }
  set ips { type ipv4_addr; elements = { 10.0.0.1, 10.0.0.2 }; }
  set ip6s { type ipv6_addr; elements = { ::1 }; }
  set ivals { type ipv4_addr; flags interval; auto-merge; elements = { 10.0.0.0/8, 192.168.0.1-192.168.0.9, 1.1.1.1 }; }
  set ports { type inet_service; elements = { 22, 80 }; }
  set conc { type ipv4_addr . inet_service; elements = { 10.0.0.1 . 80 }; }
  set concival { type ipv4_addr . ipv4_addr . inet_service; flags interval; elements = { 10.0.0.0/8 . 10.0.0.1-10.0.0.6 . 80-90 }; }
  map markmap { type ipv4_addr : mark; elements = { 10.0.0.1 : 5 }; }
  map natmap { type inet_service : ipv4_addr . inet_service; elements = { 80 : 10.0.0.2 . 8080 }; }
  chain other { }
  map portmap { type inet_service : verdict; elements = { 22 : accept, 80 : jump other }; }
`;

/** One table for each place, called after it, and each sample a line of its own so that nft can say which one it refuses. */
function document(list: readonly Sample[]): { text: string; sampleOfLine: Map<number, Sample> } {
  const lines: string[] = [];
  const tables = new Map<string, string>();
  for (const { place } of list) {
    if (tables.has(place)) continue;
    const [family, type, hook, priority] = place.split(' ');
    const table = `${family} t${tables.size}`;
    tables.set(place, table);
    const device = family === 'netdev' ? ' device "lo"' : '';
    lines.push(
      ...`table ${table} {${TABLE}chain c { type ${type} hook ${hook}${device} priority ${priority}; }\n}`.split(
        '\n',
      ),
    );
  }
  const sampleOfLine = new Map<number, Sample>();
  for (const sample of list) {
    lines.push(`add rule ${tables.get(sample.place)} c ${sample.rule}`);
    sampleOfLine.set(lines.length, sample);
  }
  return { text: `${lines.join('\n')}\n`, sampleOfLine };
}

interface Loaded {
  readonly loaded: readonly Sample[];
  readonly json: string;
  readonly text: string;
}

/** Loads rules in a network namespace that ends with the command. Samples that this kernel does not know are left out. */
function load(list: readonly Sample[]): Loaded {
  let left = list;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const { text, sampleOfLine } = document(left);
    const script = `ip link set lo up; ${NFT} -f - && ${NFT} -j list ruleset && echo '${APART}' && ${NFT} -a list ruleset`;
    const run = spawnSync('unshare', ['-n', '/bin/sh', '-c', script], {
      input: text,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (run.status === 0) {
      const [json = '', own = ''] = run.stdout.split(APART);
      return { loaded: left, json, text: own };
    }
    const refused = new Set(
      [...run.stderr.matchAll(/^\/dev\/stdin:(\d+):/gm)].map(([, line]) => sampleOfLine.get(Number(line))),
    );
    if (!left.some((sample) => refused.has(sample))) throw new Error(run.stderr.slice(0, 2_000));
    left = left.filter((sample) => !refused.has(sample));
  }
  throw new Error('nft refuses more at every attempt.');
}

function chains(result: ReadResult): Map<string, Chain> {
  if (!result.ok) throw new Error(result.error.message);
  return new Map(
    result.tables.flatMap((table) =>
      [...table.chains.values()].map((chain) => [`${table.family} ${table.name} ${chain.name}`, chain]),
    ),
  );
}

function listed(result: ReadResult): Rule[] {
  return [...chains(result).values()].flatMap(({ rules }) => rules.filter(({ handle }) => handle !== null));
}

function isUnmodelled(rule: Rule): boolean {
  return rule.statements.some(({ kind }) => kind === 'unmodelled' || kind === 'unmodelledVerdict');
}

/** The lines of `nft -a list ruleset` by table, chain and handle. */
function ownWords(text: string): Map<string, string> {
  const words = new Map<string, string>();
  let table = '';
  let chain = '';
  for (const line of text.split('\n')) {
    table = /^table (\S+ \S+) \{/.exec(line)?.[1] ?? table;
    chain = /^\tchain (\S+) \{/.exec(line)?.[1] ?? chain;
    const rule = /^\t\t(.*) # handle (\d+)$/.exec(line);
    if (rule) words.set(`${table} ${chain} ${rule[2]}`, (rule[1] ?? '').replace(/\s+/g, ' ').trim());
  }
  return words;
}

function needs(context: TestContext): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    context.skip('needs root on Linux for a network namespace');
  if (!existsSync(NFT)) context.skip(`needs ${NFT}`);
}

describe('rules that nft really lists', () => {
  it('are read without anything that is not modelled', (context) => {
    needs(context);
    const list = samples('modelled-rules.txt');
    const { loaded, json } = load(list);
    expect(loaded.length).toBeGreaterThan(list.length * 0.9);
    const rules = listed(readNft(json));
    expect(new Set(rules.map(({ handle, text }) => `${handle} ${text}`)).size).toBeGreaterThanOrEqual(
      new Set(loaded.map(({ rule }) => rule)).size * 0.95,
    );
    expect(rules.filter(isUnmodelled).map(({ text }) => text)).toEqual([]);
  });

  it('say so when they ask for what is not modelled, each of them', (context) => {
    needs(context);
    const list = samples('unmodelled-rules.txt');
    const { loaded, json } = load(list);
    expect(loaded.length).toBeGreaterThan(list.length * 0.9);
    const rules = listed(readNft(json));
    // A rule that is read twice, with ports and without, may say it in one of the two only.
    const outspoken = new Set(rules.filter(isUnmodelled).map(({ text }) => text));
    expect(rules.map(({ text }) => text).filter((text) => !outspoken.has(text))).toEqual([]);
    for (const rule of rules)
      for (const statement of rule.statements)
        if (statement.kind === 'unmodelled' || statement.kind === 'unmodelledVerdict')
          expect(rule.text).toContain(statement.text);
  });

  it('are written as nft writes them', (context) => {
    needs(context);
    const { json, text } = load([...samples('modelled-rules.txt'), ...samples('unmodelled-rules.txt')]);
    const words = ownWords(text);
    const differing: { ours: string; theirs: string | undefined }[] = [];
    for (const [place, chain] of chains(readNft(json)))
      for (const rule of chain.rules) {
        if (rule.handle === null) continue;
        const theirs = words.get(`${place} ${rule.handle}`);
        if (theirs !== rule.text) differing.push({ ours: rule.text, theirs });
      }
    expect(words.size).toBeGreaterThan(300);
    expect(differing).toEqual([]);
  });

  it('are seen as too little without the right to look', (context) => {
    needs(context);
    const run = spawnSync(
      'setpriv',
      ['--reuid=65534', '--regid=65534', '--clear-groups', NFT, '-j', 'list', 'ruleset'],
      {
        encoding: 'utf8',
      },
    );
    expect(run.status).not.toBe(0);
    expect(readNft(run.stdout)).toMatchObject({ ok: false, error: { code: 'empty' } });
  });
});
