import { describe, expect, it } from 'vitest';
import { parseAddress } from '../address.ts';
import type { HostContext } from '../host.ts';
import { type Listing, mergeListings } from '../merge.ts';
import type { Ruleset } from '../model.ts';
import { listing } from '../nft/testing/listing.ts';
import { askOutbound, type Sender } from './outbound.ts';

/** Each of these let a real packet out of a namespace while a rule set looked closed. */
const AGENT: Sender = { uids: [[1_001n, 1_001n]], uid: 1_001n, gid: 1_001n };
const HOST: HostContext = {
  interfaces: [
    {
      name: 'eth0',
      addresses: [
        { version: 4, value: parseAddress('10.77.0.1')?.value ?? 0n, prefix: 24 },
        { version: 6, value: parseAddress('fd77::1')?.value ?? 0n, prefix: 64 },
      ],
    },
  ],
  routes: [],
  forwarding: { 4: false, 6: false },
};

function merged(listings: Listing[]): Ruleset {
  const found = mergeListings({ listings, missing: [] });
  if (!found.ok) throw new Error(found.error.message);
  return found.ruleset;
}

function save(version: 4 | 6, text: string): Ruleset {
  return merged([{ kind: 'save', version, backend: 'legacy', text }]);
}

/** One chain at the hook output whose policy is accept. */
function output(rules: readonly object[][], more: readonly object[] = []): Ruleset {
  const place = { family: 'inet', table: 't' };
  const base = { type: 'filter', hook: 'output', prio: 0, policy: 'accept' };
  const text = listing(
    { table: { family: 'inet', name: 't', handle: 1 } },
    { chain: { ...place, name: 'c', handle: 1, ...base } },
    ...more,
    ...rules.map((expr, index) => ({ rule: { ...place, chain: 'c', handle: 10 + index, expr } })),
  );
  return merged([{ kind: 'nft', text }]);
}

const kindOf = (ruleset: Ruleset, version: 4 | 6) =>
  askOutbound({ ruleset, host: HOST }, version, AGENT).kind;

const DROP = { drop: null };
const isPayload = (protocol: string, field: string, right: unknown, op = '==') => ({
  match: { op, left: { payload: { protocol, field } }, right },
});

describe('translation on the way out', () => {
  const nat = (rule: string, inFilter = '-o lo -j ACCEPT') =>
    save(
      4,
      `*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${rule}\nCOMMIT\n` +
        `*filter\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT ${inFilter}\n-A OUTPUT -m owner --uid-owner 1001 -j DROP\nCOMMIT\n`,
    );

  it('is nothing to fear without a rule, and with one that comes in', () => {
    expect(kindOf(nat(''), 4)).toBe('closed');
    const inbound = '-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 8.8.8.8:443';
    expect(kindOf(nat(inbound), 4)).toBe('closed');
  });

  it.each([
    [
      'from this machine',
      '-A OUTPUT -d 127.0.0.1/32 -p tcp -m tcp --dport 8888 -j DNAT --to-destination 8.8.8.8:443',
    ],
    ['from the home network', '-A OUTPUT -d 10.77.0.99/32 -j DNAT --to-destination 8.8.8.8'],
    [
      'through a chain',
      ':OUT - [0:0]\n-A OUTPUT -j OUT\n-A OUT -d 10.77.0.99/32 -j DNAT --to-destination 8.8.8.8',
    ],
  ])('to a public address, %s, is not called closed', (_what, rule) => {
    expect(kindOf(nat(rule), 4)).toBe('unknown');
  });

  it.each([
    ['REDIRECT --to-ports 12345', '127.0.0.0/8'],
    ['DNAT --to-destination 192.168.1.77:3129', '192.168.0.0/16'],
  ])('of public packets by %s is not called closed: a program there may carry them on', (target, home) => {
    const rule = `-A OUTPUT ! -d 10.0.0.0/8 -p tcp -j ${target}`;
    const ruleset = nat(rule, `-d ${home} -j ACCEPT`);
    expect(kindOf(ruleset, 4)).toBe('unknown');
  });
});

describe('what a program may set without any right', () => {
  it('is the next header of IPv6', () => {
    const protocols = { set: ['tcp', 'udp'] };
    const rules = [
      [isPayload('ip6', 'nexthdr', protocols), DROP],
      [{ match: { op: '!=', left: { meta: { key: 'l4proto' } }, right: protocols } }, DROP],
    ];
    expect(kindOf(output(rules), 6)).not.toBe('closed');
  });

  it('is an extension header', () => {
    const rules = '-A OUTPUT -m rt --rt-type 4 -j ACCEPT\n-A OUTPUT -m owner --uid-owner 1001 -j DROP';
    expect(kindOf(save(6, `*filter\n:OUTPUT ACCEPT [0:0]\n${rules}\nCOMMIT\n`), 6)).not.toBe('closed');
  });

  it('is the source of IPv6', () => {
    const rule = '-A OUTPUT -m addrtype --src-type LOCAL -j DROP';
    expect(kindOf(save(6, `*filter\n:OUTPUT ACCEPT [0:0]\n${rule}\nCOMMIT\n`), 6)).toBe('unknown');
  });
});

it('does not take the flags of a first packet for SYN alone: ECN adds two', () => {
  const exact = [
    [{ match: { op: '!=', left: { meta: { key: 'l4proto' } }, right: 'tcp' } }, DROP],
    [isPayload('tcp', 'flags', 'syn'), DROP],
  ];
  expect(kindOf(output(exact), 4)).toBe('unknown');
});

it('does not rest on set elements that end by themselves', () => {
  const set = (element: object) => ({
    set: {
      family: 'inet',
      table: 't',
      name: 'a',
      handle: 2,
      type: 'ipv4_addr',
      flags: ['interval'],
      elem: [element],
    },
  });
  const everything = { prefix: { addr: '0.0.0.0', len: 0 } };
  const rules = [[isPayload('ip', 'daddr', '@a'), DROP]];
  expect(kindOf(output(rules, [set(everything)]), 4)).toBe('closed');
  const timed = { elem: { val: everything, timeout: 9, expires: 8 } };
  expect(kindOf(output(rules, [set(timed)]), 4)).not.toBe('closed');
});
