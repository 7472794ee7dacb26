import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluatePacket } from '#core/firewall/evaluate/evaluate.ts';
import type { HostContext } from '#core/firewall/host.ts';
import { mergeListings } from '#core/firewall/merge.ts';
import { mustPass, type Peer } from '#core/firewall/questions/must-pass.ts';
import { askOutbound, type Sender } from '#core/firewall/questions/outbound.ts';
import { askStrangers } from '#core/firewall/questions/peers.ts';
import { fenceLines } from './outbound-fence.ts';

const isRoot = process.getuid?.() === 0;
const canLoad =
  isRoot && spawnSync('unshare', ['-n', 'nft', 'list', 'ruleset'], { stdio: 'ignore' }).status === 0;

const PEER: Peer = { version: 4, value: 0xc0a8_0119n, port: 7_890 };
const FENCE = {
  uids: ['1001', '100000-165535'],
  ports: [7_890],
  nodes: [
    { version: 4 as const, address: '192.168.1.25' },
    { version: 6 as const, address: 'fd00:1::25' },
  ],
  resolvers: [],
};

/** Loads lines with nft in a network namespace of their own, as many times as asked, and lists what is there then. */
function loaded(lines: readonly string[], times = 1): string {
  const script = `for i in $(seq ${times}); do printf '%s\\n' "$@" | nft -f - || exit 9; done; nft -j list ruleset`;
  const run = spawnSync('unshare', ['-n', '/bin/sh', '-c', script, 'sh', ...lines]);
  expect([run.status, run.stderr.toString()]).toEqual([0, '']);
  return run.stdout.toString();
}

const HOST: HostContext = {
  interfaces: [
    {
      name: 'lo',
      addresses: [
        { version: 4, value: 0x7f00_0001n, prefix: 8 },
        { version: 6, value: 1n, prefix: 128 },
      ],
    },
    {
      name: 'eth0',
      addresses: [
        { version: 4, value: 0xc0a8_0118n, prefix: 24 },
        { version: 6, value: (0xfe80n << 112n) + 1n, prefix: 64 },
      ],
    },
  ],
  routes: null,
  forwarding: { 4: false, 6: false },
};
const AGENT: Sender = {
  uids: [
    [1_001n, 1_001n],
    [100_000n, 165_535n],
  ],
  uid: 1_001n,
  gid: 1_001n,
};

function rulesFrom(json: string) {
  const merged = mergeListings({ listings: [{ kind: 'nft', text: json }], missing: [] });
  if (!merged.ok) throw new Error(merged.error.message);
  expect(merged.ruleset.missing).toEqual([]);
  return { ruleset: merged.ruleset, host: HOST };
}

/** What nft lists, without what differs from load to load. */
function steady(json: string): unknown {
  const { nftables } = JSON.parse(json, (key, value) => (key === 'handle' ? undefined : value)) as {
    nftables: Record<string, unknown>[];
  };
  return nftables.filter((entry) => entry.metainfo === undefined);
}

describe('the rules that Swarmkeep writes', () => {
  it('keep the agent at home, proven over both families, on the kernel that loaded them', (context) => {
    if (!canLoad) context.skip('needs root, unshare and nft');
    const rules = rulesFrom(loaded(fenceLines(FENCE)));
    for (const version of [4, 6] as const) {
      expect(askOutbound(rules, version, AGENT)).toMatchObject({ kind: 'closed' });
      expect(
        askStrangers(rules, version, AGENT, 7_890, [
          PEER,
          { version: 6, value: (0xfd00_0001n << 96n) + 0x25n, port: 7_890 },
        ]),
      ).toMatchObject({ kind: 'closed' });
    }
    const passing = mustPass(rules, AGENT, [PEER]);
    expect(passing.map((one) => [one.what, one.packet.version, one.verdict.verdict])).toEqual([
      ['loopback', 4, 'accept'],
      ['mdns', 4, 'accept'],
      ['loopback', 6, 'accept'],
      ['mdns', 6, 'accept'],
      ['home', 4, 'accept'],
      ['home', 6, 'accept'],
      ['peer', 4, 'accept'],
    ]);
  });

  it('stop strangers, name servers of the home, and nobody but the agent', (context) => {
    if (!canLoad) context.skip('needs root, unshare and nft');
    const rules = rulesFrom(loaded(fenceLines(FENCE)));
    const verdict = (uid: bigint, daddr: bigint, l4proto: bigint, dport: bigint) =>
      evaluatePacket(rules.ruleset, rules.host, {
        direction: 'out',
        version: 4,
        skuid: uid,
        daddr,
        l4proto,
        dport,
        sport: 40_000n,
        oifname: 'eth0',
      }).verdict;
    expect(verdict(1_001n, 0xc0a8_0163n, 6n, 7_890n)).toBe('drop');
    expect(verdict(1_001n, 0xc0a8_0101n, 17n, 53n)).toBe('drop');
    expect(verdict(165_535n, 0x0808_0808n, 6n, 443n)).toBe('drop');
    expect(verdict(1_000n, 0x0808_0808n, 6n, 443n)).toBe('accept');
    expect(verdict(165_536n, 0x0808_0808n, 6n, 443n)).toBe('accept');
  });

  it('let the resolver through that the operator declared', (context) => {
    if (!canLoad) context.skip('needs root, unshare and nft');
    const rules = rulesFrom(
      loaded(fenceLines({ ...FENCE, resolvers: [{ version: 4, address: '192.168.1.1' }] })),
    );
    const to = (daddr: bigint) =>
      evaluatePacket(rules.ruleset, rules.host, {
        direction: 'out',
        version: 4,
        skuid: 1_001n,
        daddr,
        l4proto: 17n,
        dport: 53n,
        sport: 40_000n,
        oifname: 'eth0',
      }).verdict;
    expect([to(0xc0a8_0101n), to(0xc0a8_0102n), to(0x0808_0808n)]).toEqual(['accept', 'drop', 'drop']);
  });

  it('can be loaded again and again, and leave the tables of others alone', (context) => {
    if (!canLoad) context.skip('needs root, unshare and nft');
    const other = ['table inet theirs {', '  chain c { }', '}'];
    const once = steady(loaded([...other, ...fenceLines(FENCE).slice(2)]));
    expect(steady(loaded([...fenceLines(FENCE)], 3))).toEqual(steady(loaded(fenceLines(FENCE))));
    expect(JSON.stringify(once)).toContain('theirs');
  });

  it('are what the built node has in the tests of checks', (context) => {
    if (!canLoad) context.skip('needs root, unshare and nft');
    const kept = readFileSync(new URL('testing/fence-nft.json', import.meta.url), 'utf8');
    expect(steady(kept)).toEqual(steady(loaded(fenceLines({ ...FENCE, uids: ['1001'], nodes: [] }))));
  });
});
