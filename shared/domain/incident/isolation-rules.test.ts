import { describe, expect, it } from 'vitest';
import { isolateRequest, macAddress } from '../helper/isolate.ts';
import { fenceRulesText, type OwnRules, ownRulesText } from './isolation-rules.ts';

const RULES: OwnRules = {
  scope: 'node',
  ways: [{ console: '10.0.0.9', node: '10.0.0.1', port: 22 }],
  lanPorts: [],
  accounts: ['1990', '100000-165535'],
  ports: [7_890],
  interfaces: ['eth0', 'wlan0'],
};
const FENCE = {
  isolation: 'ab'.repeat(16),
  scope: 'node',
  macs: ['02:00:00:00:00:01'],
  addresses: ['10.0.0.1', 'fd00::1'],
  port: 7_890,
  interfaces: ['eth0'],
} as const;
const accepts = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.endsWith('accept'))
    .map((line) => line.trim());

describe('rules of an isolated node', () => {
  it('let pass loopback, neighbours and the way of the console, and nothing because it was established', () => {
    const text = ownRulesText(RULES);
    expect(text).not.toMatch(/\bct\b|established|udp|53\b/);
    expect(text.match(/policy drop/g)).toHaveLength(5);
    const others = accepts(text).filter((line) => !/^(iifname|oifname) "lo"|^icmpv6 |^arp /.test(line));
    expect([...new Set(others)]).toEqual([
      'ip saddr 10.0.0.9 ip daddr 10.0.0.1 tcp dport 22 accept',
      'ip saddr 10.0.0.1 ip daddr 10.0.0.9 tcp sport 22 tcp flags & (syn | ack) != syn accept',
    ]);
  });

  it('let neighbours be asked and answered on the link only, and in few bytes', () => {
    const leaving = (text: string) =>
      [...text.matchAll(/chain (output|egress\d+) \{([^}]*(?:\{[^}]*\}[^}]*)*)\n {2}\}/g)].flatMap(
        ([, , body = '']) => accepts(body).filter((line) => /^(icmpv6|arp) /.test(line)),
      );
    const lines = leaving(ownRulesText(RULES));
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line).toMatch(/meta length <= \d\d .*limit rate 20\/second/);
    const places = (rules: OwnRules) => {
      const [line = ''] = leaving(ownRulesText(rules));
      return /ip6 daddr \{ (.*?) \}/.exec(line)?.[1]?.split(', ') ?? [];
    };
    const link = ['fe80::/10', 'ff02::1', 'ff02::1:ff00:0/104'];
    expect(places(RULES)).toEqual(link);
    const six = { console: '2001:db8::9', node: '2001:db8::1', port: 22 };
    expect(places({ ...RULES, ways: [six, { ...six, console: 'fe80::9' }] })).toEqual([
      ...link,
      '2001:db8::9',
    ]);
    // No address lies in two of the ranges: nft would refuse the whole text.
    expect(places({ ...RULES, ways: [{ ...six, console: 'fd00::9' }], lanPorts: [22] })).toEqual([
      ...link,
      'fc00::/7',
    ]);
  });

  it('open SSH alone to the LAN alone when nobody confirmed, and let nobody out', () => {
    const text = ownRulesText({ ...RULES, lanPorts: [22] });
    for (const line of accepts(text).filter((one) => one.includes('{ 10.0.0.0/8')))
      expect(line).toMatch(
        /saddr \{.*\} tcp dport \{ 22 \} accept$|daddr \{.*\} tcp sport \{ 22 \} tcp flags/,
      );
    expect(text).not.toContain('0.0.0.0/0');
  });

  it('cut off accounts, over loopback too, and leave the rest of the node alone', () => {
    const text = ownRulesText({ ...RULES, scope: 'agent' });
    expect(text).toContain('meta skuid { 1990, 100000-165535 } counter drop');
    expect(text).toContain('tcp dport { 7890 } counter drop');
    expect(text).not.toMatch(/policy drop|oifname/);
  });

  it('are one table each, taken away and made anew in one transaction', () => {
    for (const text of [ownRulesText(RULES), fenceRulesText(FENCE)]) {
      expect(text.match(/^table /gm)).toHaveLength(2);
      expect(text.match(/^delete table /gm)).toHaveLength(2);
      expect(
        [...text.matchAll(/table (?:inet|netdev) (\S+)/g)].every(([, name]) =>
          name?.startsWith('swarmkeep_'),
        ),
      ).toBe(true);
    }
    expect(ownRulesText(RULES, false)).not.toContain('hook egress');
  });

  it('drop another node by who sends at the interface, and by where it goes on the way out', () => {
    const text = fenceRulesText(FENCE);
    expect(text).not.toContain('policy drop');
    expect(text).toMatch(
      /hook ingress device "eth0"[\s\S]*?ether saddr \{ 02:00:00:00:00:01 \} counter drop/,
    );
    expect(text).toMatch(/hook egress device "eth0"[\s\S]*?ether daddr \{ 02:00:00:00:00:01 \} counter drop/);
    expect(text).toMatch(/hook input [\s\S]*?ip6 saddr \{ fd00::1 \} counter drop/);
  });
});

describe('what the helper is asked', () => {
  const ask = (what: object) => isolateRequest.safeParse({ version: 1, ask: 'isolate', what }).success;
  const fence = {
    ...{ act: 'fence', isolation: 'a'.repeat(32), scope: 'node', port: 7_890 },
    target: { macs: [], addresses: ['10.0.0.1'] },
    spares: { macs: [], addresses: [] },
  };

  it('is taken in its shape only: no words of nft get in by an address', () => {
    expect(ask(fence)).toBe(true);
    for (const address of ['10.0.0.1 } accept #', '10.0.0.0/8', '0x7f.1', 'naru', '10.0.0.1\n', ''])
      expect(ask({ ...fence, target: { macs: [], addresses: [address] } }), address).toBe(false);
    expect(ask({ ...fence, extra: 1 })).toBe(false);
    expect(
      ask({ act: 'cut', isolation: 'a'.repeat(32), scope: 'node', uids: [0], sshPort: 22, seconds: 60 }),
    ).toBe(false);
    expect(
      ask({ act: 'cut', isolation: 'a'.repeat(32), scope: 'node', uids: [], sshPort: 22, seconds: 1 }),
    ).toBe(false);
  });

  it('names no hardware address that many machines listen to', () => {
    expect(macAddress.safeParse('02:00:00:00:00:01').success).toBe(true);
    for (const mac of [
      'ff:ff:ff:ff:ff:ff',
      '01:00:5e:00:00:fb',
      '33:33:00:00:00:01',
      '00:00:00:00:00:00',
      '02:00:00:00:00:01 ',
    ])
      expect(macAddress.safeParse(mac).success, mac).toBe(false);
  });
});
