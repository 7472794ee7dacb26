import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';
import { evaluatePacket } from './evaluate/evaluate.ts';
import { PROTOCOL } from './fields.ts';
import type { HostContext } from './host.ts';
import { readSave } from './iptables/read-save.ts';
import { type Listing, mergeListings } from './merge.ts';
import type { Rule, Ruleset, Table } from './model.ts';
import type { Packet } from './packet.ts';

const FOLDER = new URL('../../../e2e/fixtures/firewall-written/', import.meta.url);
const NAMES = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

function read(name: string, file: string): string | null {
  const place = new URL(`${name}/${file}`, FOLDER);
  return existsSync(place) ? readFileSync(place, 'utf8') : null;
}

function recorded(name: string): Ruleset {
  const listings: Listing[] = [{ kind: 'nft', text: read(name, 'nft.json') ?? '' }];
  for (const version of [4, 6] as const) {
    const text = read(name, version === 4 ? 'iptables-save' : 'ip6tables-save');
    if (text !== null)
      listings.push({
        kind: 'save',
        version,
        backend: name.endsWith('legacy') ? 'legacy' : 'nf_tables',
        text,
      });
  }
  const merged = mergeListings({ listings, missing: [] });
  if (!merged.ok) throw new Error(merged.error.message);
  return merged.ruleset;
}

function rulesOf(tables: readonly Table[]): Rule[] {
  return tables.flatMap((table) => [...table.chains.values()].flatMap((chain) => [...chain.rules]));
}

function unknownIn(tables: readonly Table[]): string[] {
  return rulesOf(tables)
    .filter((rule) => rule.statements.some(({ kind }) => kind.startsWith('unmodelled')))
    .map((rule) => rule.text);
}

const address = (text: string): bigint => parseAddress(text)?.value ?? 0n;

const HOST: HostContext = {
  interfaces: [
    { name: 'lo', addresses: [{ version: 4, value: address('127.0.0.1'), prefix: 8 }] },
    {
      name: 'eth0',
      addresses: [
        { version: 4, value: address('192.168.1.5'), prefix: 24 },
        { version: 6, value: address('2001:db8:1::5'), prefix: 64 },
      ],
    },
    { name: 'tailscale0', addresses: [{ version: 4, value: address('100.101.102.103'), prefix: 32 }] },
  ],
  routes: ([4, 6] as const).map((version) => ({ version, value: 0n, prefix: 0, oifname: 'eth0' })),
  forwarding: { 4: true, 6: true },
};

describe.each(NAMES)('rules in a file: %s', (name) => {
  it('are modelled to the last statement, as they were recorded', () => {
    const ruleset = recorded(name);
    expect(unknownIn(ruleset.tables)).toEqual([]);
    expect(ruleset.missing).toEqual([]);
    expect(rulesOf(ruleset.tables).length).toBeGreaterThanOrEqual(5);
  });

  it('are modelled to the last statement, as they stand in the file', () => {
    for (const version of [4, 6] as const) {
      const text = read(name, version === 4 ? 'rules.v4' : 'rules.v6');
      if (text === null) continue;
      const file = readSave(text, version, 'unknown');
      if (!file.ok) throw new Error(file.error.message);
      expect(unknownIn(file.tables)).toEqual([]);
    }
  });
});

describe.each(['security-model', 'security-model-legacy'])(
  'the five lines of the security model: %s',
  (name) => {
    const ruleset = recorded(name);
    const verdict = (to: string, more: Partial<Packet> = {}): string => {
      const daddr = parseAddress(to);
      if (!daddr) throw new Error(to);
      const packet: Packet = {
        direction: 'out',
        version: daddr.version,
        l4proto: PROTOCOL.tcp,
        saddr: address(daddr.version === 4 ? '192.168.1.5' : '2001:db8:1::5'),
        daddr: daddr.value,
        sport: 40_000n,
        dport: 443n,
        skuid: 1_001n,
        skgid: 1_001n,
        ...more,
      };
      return evaluatePacket(ruleset, HOST, packet).verdict;
    };

    it('close IPv4 to the public for that account, and leave IPv6 open', () => {
      expect(verdict('198.51.100.7')).toBe('drop');
      expect(verdict('2001:db8::7')).toBe('accept');
    });
    it('let the LAN through and block mDNS', () => {
      expect(['192.168.1.9', '10.1.2.3', '172.16.0.1'].map((to) => verdict(to))).toEqual([
        'accept',
        'accept',
        'accept',
      ]);
      expect(verdict('224.0.0.251', { l4proto: PROTOCOL.udp, sport: 5_353n, dport: 5_353n })).toBe('drop');
    });
    it('do not concern another account, a subordinate one for instance', () => {
      expect(verdict('198.51.100.7', { skuid: 100_000n })).toBe('accept');
    });
  },
);

describe.each(['tailscale', 'tailscale-nftables'])('rules in the style of Tailscale: %s', (name) => {
  const ruleset = recorded(name);
  const verdict = (saddr: string, iifname: string, dport: bigint): string => {
    const from = parseAddress(saddr);
    if (!from) throw new Error(saddr);
    return evaluatePacket(ruleset, HOST, {
      direction: 'in',
      version: from.version,
      l4proto: PROTOCOL.udp,
      saddr: from.value,
      daddr: address(from.version === 4 ? '192.168.1.5' : '2001:db8:1::5'),
      sport: 40_000n,
      dport,
      iifname,
    }).verdict;
  };
  it('drop their addresses from elsewhere, and nothing else', () => {
    expect(verdict('100.70.0.1', 'eth0', 7_890n)).toBe('drop');
    expect(verdict('100.70.0.1', 'tailscale0', 7_890n)).toBe('accept');
    expect(verdict('100.115.92.5', 'eth0', 7_890n)).toBe('accept');
    expect(verdict('198.51.100.7', 'eth0', 7_890n)).toBe('accept');
    expect(verdict('2001:db8::7', 'eth0', 41_641n)).toBe('accept');
  });
});
