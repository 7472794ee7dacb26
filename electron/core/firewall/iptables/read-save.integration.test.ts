import { describe, expect, it } from 'vitest';
import { mergeListings } from '../merge.ts';
import type { Rule, Table } from '../model.ts';
import { readSave } from './read-save.ts';
import { SAMPLES, type Sample } from './testing/extensions.ts';
import { inNamespace, needs } from './testing/namespace.ts';

const PROGRAMS = [
  [4, 'nf_tables', 'iptables-nft'],
  [4, 'legacy', 'iptables-legacy'],
  [6, 'nf_tables', 'ip6tables-nft'],
  [6, 'legacy', 'ip6tables-legacy'],
] as const;

interface Loaded {
  readonly accepted: readonly number[];
  readonly save: string;
  readonly nft: string;
}

/** Adds each sample by itself, marked by a comment, and lists what came of it. */
async function load(program: string, samples: ReadonlyMap<number, Sample>): Promise<Loaded> {
  const adding = [...samples].map(
    ([number, { table, chain, rule }]) =>
      `${program} -t ${table} -A ${chain} ${rule} -m comment --comment 'sample ${number}' 2>/dev/null && echo ${number} || :`,
  );
  const output = await inNamespace(
    [
      `${program} -N own`,
      `${program} -A own -j RETURN`,
      `${program} -P FORWARD DROP`,
      ...adding,
      'echo @@@',
      `${program}-save -c 2>/dev/null`,
      'echo @@@',
      'nft -j list ruleset',
    ].join('\n'),
  );
  const [accepted = '', save = '', nft = ''] = output.split('@@@\n');
  return { accepted: accepted.trim().split('\n').map(Number), save, nft };
}

function rulesOf(tables: readonly Table[]): Rule[] {
  return tables.flatMap((table) => [...table.chains.values()].flatMap((chain) => [...chain.rules]));
}

function isKnown(rule: Rule): boolean {
  return !rule.statements.some((statement) => statement.kind.startsWith('unmodelled'));
}

function numberOf(rule: Rule): number | null {
  const found = /sample (\d+)"/.exec(rule.text)?.[1];
  return found === undefined ? null : Number(found);
}

describe('what the real programs print', () => {
  it.each(PROGRAMS)(
    'reads every match and target: IPv%i, %s',
    async (version, backend, program) => {
      const samples = new Map(
        [...SAMPLES.entries()].filter(([, sample]) => sample.versions.includes(version)),
      );
      const { accepted, save, nft } = await load(program, samples);
      const read = readSave(save, version, backend);
      if (!read.ok) throw new Error(read.error.message);
      const rules = rulesOf(read.tables);
      for (const number of accepted) {
        const sample = samples.get(number) as Sample;
        const own = rules.filter((rule) => numberOf(rule) === number);
        // `-s` with two addresses becomes two rules.
        expect(own.length, sample.rule).toBe(sample.rule.includes('10.0.0.1,10.0.0.2') ? 2 : 1);
        for (const rule of own)
          expect({ rule: rule.text, known: isKnown(rule) }).toEqual({ rule: rule.text, known: sample.known });
      }
      const refused = [...samples]
        .filter(([number]) => !accepted.includes(number))
        .map(([, { rule }]) => rule);
      expect(refused, 'samples that this machine does not take').toEqual([]);
      expect(read.tables.map(({ name }) => name).sort()).toEqual([
        'filter',
        'mangle',
        'nat',
        'raw',
        'security',
      ]);
      const filter = read.tables.find(({ name }) => name === 'filter');
      expect(filter?.chains.get('FORWARD')?.base).toMatchObject({
        policy: 'drop',
        hook: 'forward',
        priority: 0,
      });
      expect(filter?.chains.get('own')?.base).toBeNull();

      if (backend === 'legacy') return;
      // The same tables stand in nft's listing, with most of it opaque; together nothing more is unknown than in the save.
      const merged = mergeListings({
        listings: [
          { kind: 'nft', text: nft },
          { kind: 'save', version, backend, text: save },
        ],
        missing: [],
      });
      if (!merged.ok) throw new Error(merged.error.message);
      expect(merged.ruleset.missing).toEqual([]);
      const together = rulesOf(merged.ruleset.tables);
      expect(new Set(together.map(({ id }) => id)).size).toBe(together.length);
      const worse = together.filter((rule) => {
        const number = numberOf(rule);
        return number !== null && samples.get(number)?.known && !isKnown(rule);
      });
      expect(worse.map(({ text }) => text)).toEqual([]);
    },
    60_000,
  );

  it('finds in two listings what neither says alone', async (context) => {
    needs(context, '/usr/sbin/nft', '/usr/sbin/iptables-nft', '/usr/sbin/iptables-legacy');
    const output = await inNamespace(`
      iptables-nft -A OUTPUT -m owner --uid-owner 1001 -j DROP
      nft add rule ip filter OUTPUT ip daddr 1.2.3.4-1.2.3.9 drop
      nft add rule ip filter OUTPUT ip daddr '{ 192.0.2.1, 192.0.2.2 }' accept
      iptables-nft -A OUTPUT -s 10.0.0.0/8 -j ACCEPT
      nft add chain ip filter own '{ type filter hook output priority -5; policy drop; }'
      iptables-legacy -A OUTPUT -d 192.0.2.1 -j DROP
      nft -j list ruleset; echo @@@
      iptables-nft-save 2>&1; echo @@@
      iptables-legacy-save 2>/dev/null`);
    const [nft = '', save = '', legacy = ''] = output.split('@@@\n');
    expect(save).toContain('-A OUTPUT -d 1.2.3.9/32 -j DROP'); // what iptables-save makes of the range
    expect(save).toContain('-A OUTPUT -j ACCEPT'); // and of the set
    const listings = [
      { kind: 'nft', text: nft },
      { kind: 'save', version: 4, backend: 'unknown', text: save },
      { kind: 'save', version: 4, backend: 'unknown', text: legacy },
    ] as const;
    const merged = mergeListings({ listings, missing: [] });
    if (!merged.ok) throw new Error(merged.error.message);
    expect(merged.ruleset.missing).toEqual([]);
    const [made, old] = merged.ruleset.tables;
    expect([made?.source, old?.source]).toEqual([
      { program: 'iptables', backend: 'nf_tables' },
      { program: 'iptables', backend: 'legacy' },
    ]);
    const output4 = made?.chains.get('OUTPUT')?.rules ?? [];
    expect(output4.map(({ text }) => text)).toEqual([
      '-A OUTPUT -m owner --uid-owner 1001 -j DROP',
      'ip daddr 1.2.3.4-1.2.3.9 drop',
      expect.stringMatching(/^ip daddr \{ ?192\.0\.2\.1, 192\.0\.2\.2 ?\} accept$/),
      '-A OUTPUT -s 10.0.0.0/8 -j ACCEPT',
    ]);
    expect(output4.every(isKnown)).toBe(true);
    expect(
      JSON.stringify(output4[1]?.statements, (_, value) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    ).toContain('["16909060","16909065"]');
    expect(made?.chains.get('own')?.base).toMatchObject({ priority: -5, policy: 'drop' });

    // Each listing that is left out is missed.
    const without = (index: number) => {
      const result = mergeListings({ listings: listings.filter((_, other) => other !== index), missing: [] });
      return result.ok ? result.ruleset : null;
    };
    expect(without(0)?.missing).toContain('rules of table ip filter that only nft can list');
    expect(without(2)?.missing).toContain('rules of legacy iptables, IPv4');
    expect(rulesOf(without(1)?.tables ?? []).some((rule) => !isKnown(rule))).toBe(true);
  });

  it('says of a table that iptables cannot print that it is not in the listing', async (context) => {
    needs(context, '/usr/sbin/nft', '/usr/sbin/iptables-nft');
    const output = await inNamespace(`
      iptables-nft -A OUTPUT -m owner --uid-owner 1001 -j DROP
      nft add rule ip filter OUTPUT ct state new accept
      nft -j list ruleset; echo @@@
      iptables-nft-save`);
    const [nft = '', save = ''] = output.split('@@@\n');
    const read = readSave(save, 4, 'nf_tables');
    expect(read).toEqual({
      ok: true,
      tables: [],
      leavesOut: [{ kind: 'table', family: 'ip', name: 'filter' }],
    });
    const alone = mergeListings({
      listings: [{ kind: 'save', version: 4, backend: 'nf_tables', text: save }],
      missing: [],
    });
    expect(alone).toMatchObject({
      ruleset: { missing: ['rules of table ip filter that only nft can list'] },
    });
    const both = mergeListings({
      listings: [
        { kind: 'nft', text: nft },
        { kind: 'save', version: 4, backend: 'nf_tables', text: save },
      ],
      missing: [],
    });
    if (!both.ok) throw new Error(both.error.message);
    expect(both.ruleset.missing).toEqual([]);
    // nft knows that there is an owner match, and not which: never "drops everybody".
    expect(rulesOf(both.ruleset.tables).map(isKnown)).toEqual([false, true]);
  });

  it('reads one rule set alike, whichever program wrote it', async (context) => {
    needs(context, '/usr/sbin/nft', '/usr/sbin/iptables-nft', '/usr/sbin/iptables-legacy');
    const rules = (program: string) => `
      ${program} -P OUTPUT DROP
      ${program} -A OUTPUT -o lo -j ACCEPT
      ${program} -A OUTPUT -d 192.168.0.0/16 -p tcp -m tcp --dport 22:80 -j ACCEPT
      ${program} -A OUTPUT -m owner --uid-owner 1001 -j DROP
      ${program} -A OUTPUT ! -s 10.0.0.0/8 -p udp -j REJECT
      ${program} -A OUTPUT -m mark --mark 0x1/0xff -j RETURN`;
    const show = 'nft -j list ruleset; echo @@@';
    const native = await inNamespace(`
      nft -f - <<'END'
      table ip filter { chain OUTPUT { type filter hook output priority 0; policy drop;
        oifname lo accept
        meta l4proto tcp ip daddr 192.168.0.0/16 tcp dport 22-80 accept
        meta skuid 1001 drop
        ip saddr != 10.0.0.0/8 meta l4proto udp reject
        meta mark & 0xff == 1 return
      }
      }
END
      ${show}`);
    const compatible = await inNamespace(`${rules('iptables-nft')}; ${show}; iptables-nft-save`);
    const legacy = await inNamespace(`${rules('iptables-legacy')}; ${show}; iptables-legacy-save`);
    const meaning = (output: string): unknown => {
      const [nft = '', save = ''] = output.split('@@@\n');
      const merged = mergeListings({
        listings: [
          { kind: 'nft', text: nft },
          ...(save === '' ? [] : [{ kind: 'save', version: 4, backend: 'unknown', text: save } as const]),
        ],
        missing: [],
      });
      if (!merged.ok) throw new Error(merged.error.message);
      const chain = merged.ruleset.tables[0]?.chains.get('OUTPUT');
      const parts = chain?.rules.map((rule) =>
        rule.statements
          .map((statement) =>
            JSON.stringify(statement, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)),
          )
          .sort(),
      );
      return { base: chain?.base, parts };
    };
    expect(meaning(compatible)).toEqual(meaning(native));
    expect(meaning(legacy)).toEqual(meaning(native));
  });
});
