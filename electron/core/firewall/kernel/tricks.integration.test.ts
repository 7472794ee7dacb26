import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type LabPacket,
  openPacketLab,
  type PacketLab,
  whyNoPacketLab,
} from '../../hosts/testing/packet-lab.ts';
import { parseAddress } from '../address.ts';
import { evaluatePacket } from '../evaluate/evaluate.ts';
import { single } from '../interval.ts';
import type { Ruleset } from '../model.ts';
import { askOutbound } from '../questions/outbound.ts';
import type { TableText } from './rule-sets.ts';
import { HOST, INTERFACES, ROUTES } from './setting.ts';
import { load, read } from './trial.ts';

/** Ways around a fence that looks closed, each tried on the kernel and then asked of the model. */

const AGENT = 1_001;
const reason = whyNoPacketLab();
let lab: PacketLab;

beforeAll(async () => {
  if (reason === null) lab = await openPacketLab(INTERFACES, ROUTES, false);
});

afterAll(async () => {
  await lab?.close();
});

async function loaded(nft: readonly TableText[]): Promise<Ruleset> {
  const result = await load(lab, { nft, saves: [] });
  if (!result.ok) throw new Error(result.refusal.message);
  return read(result.listings);
}

const OUT = '{ type filter hook output priority 0; policy accept; }';
const output = (name: string, sets: readonly string[], rules: readonly string[], base = OUT): TableText => ({
  name,
  sets,
  chains: [{ name: 'o', base, rules: rules.map((rule) => [rule]) }],
});

const datagram = (daddr: string, dport: number, more: Partial<LabPacket> = {}): LabPacket => ({
  direction: 'out',
  version: 4,
  protocol: 17,
  saddr: '198.51.100.2',
  daddr,
  sport: 5353,
  dport,
  icmpType: 8,
  icmpCode: 0,
  uid: AGENT,
  gid: AGENT,
  broadcast: false,
  device: 'wan0',
  ...more,
});

async function seen(packet: LabPacket): Promise<readonly string[]> {
  const [sighting] = await lab.send([packet]);
  return sighting?.seen ?? [];
}

const asked = (ruleset: Ruleset, version: 4 | 6) =>
  askOutbound({ ruleset, host: { ...HOST } }, version, {
    uids: single(AGENT),
    uid: BigInt(AGENT),
    gid: BigInt(AGENT),
  });

const FILLED_BY_PACKETS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    'a set that packets fill',
    ['set ip t open { type ipv4_addr; flags dynamic,timeout; timeout 1h; }'],
    [
      'meta skuid 1001 udp dport 4000 add @open { ip daddr }',
      'meta skuid 1001 ip daddr @open accept',
      'meta skuid 1001 drop',
    ],
  ],
  [
    'marks from a map that packets fill',
    ['map ip t m { type ipv4_addr : mark; flags dynamic,timeout; timeout 1h; }'],
    [
      'meta skuid 1001 udp dport 4000 update @m { ip daddr : 0x5 }',
      'meta skuid 1001 meta mark set ip daddr map @m',
      'meta skuid 1001 meta mark 0x5 accept',
      'meta skuid 1001 drop',
    ],
  ],
];

for (const [what, sets, rules] of FILLED_BY_PACKETS)
  it(`${what} opens a fence from inside, and is not said to be closed`, async (ctx) => {
    if (reason !== null) return ctx.skip(reason);
    const ruleset = await loaded([output('ip t', sets, rules)]);
    expect(await seen(datagram('8.8.8.8', 443))).toEqual([]);
    expect(asked(ruleset, 4).kind).not.toBe('closed');
    await seen(datagram('8.8.8.8', 4_000));
    expect(await seen(datagram('8.8.8.8', 443))).toEqual(['wan0']);
  });

/** A datagram of uid 1001 from a socket that is bound to an interface, which needs no right. */
const BOUND = `
import os, socket, sys
os.setgid(1001); os.setuid(1001)
family = socket.AF_INET6 if ":" in sys.argv[2] else socket.AF_INET
sender = socket.socket(family, socket.SOCK_DGRAM)
sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, sys.argv[1].encode())
sender.sendto(b"x", (sys.argv[2], 443))
`;

it('an own address of another interface is reached through the network by a bound socket', async (ctx) => {
  if (reason !== null) return ctx.skip(reason);
  const rules = ['meta skuid 1001 fib daddr type local accept', 'meta skuid 1001 drop'];
  for (const [version, saddr, daddr] of [
    [4, '198.51.100.2', '10.1.0.1'],
    [6, '2001:db8:1::2', 'fd01::1'],
  ] as const) {
    const post = '{ type filter hook postrouting priority 0; policy accept; }';
    const counted = output('inet p', [], ['oifname "wan0" udp dport 443 counter'], post);
    const ruleset = await loaded([output('inet t', [], rules), counted]);
    const [sent, listed] = await lab.run([
      { argv: ['/usr/bin/python3', '-c', BOUND, 'wan0', daddr] },
      { argv: ['/usr/sbin/nft', 'list', 'table', 'inet', 'p'] },
    ]);
    expect(sent).toMatchObject({ code: 0 });
    expect(listed?.stdout).toContain('counter packets 1 ');
    const { verdict } = evaluatePacket(ruleset, HOST, {
      direction: 'out',
      version,
      l4proto: 17n,
      saddr: parseAddress(saddr)?.value,
      daddr: parseAddress(daddr)?.value ?? 0n,
      sport: 5_353n,
      dport: 443n,
      skuid: BigInt(AGENT),
      skgid: BigInt(AGENT),
      oifname: 'wan0',
    });
    expect(verdict).toBe('accept');
    // What is at home counts as home; the question is about public addresses, and wan0 has one.
    expect(asked(ruleset, version).kind).toBe('open');
  }
});

it('a zone of connections of its own makes no packet an old acquaintance', async (ctx) => {
  if (reason !== null) return ctx.skip(reason);
  const before = '{ type filter hook output priority -300; policy accept; }';
  const rules = ['ct state established,related accept', 'meta skuid 1001 drop'];
  const ruleset = await loaded([
    output('inet z', [], ['meta skuid 1001 ct zone set 7'], before),
    output('inet t', [], rules),
  ]);
  expect(await seen(datagram('8.8.8.8', 443))).toEqual([]);
  expect(await seen(datagram('8.8.8.8', 443))).toEqual([]);
  // Whether another account opens connections in that zone, in which the agent could go on, is not followed.
  expect(asked(ruleset, 4).kind).toBe('unknown');
});

it('a proxy at prerouting is not on the way of what is made here', async (ctx) => {
  if (reason !== null) return ctx.skip(reason);
  const ruleset = await loaded([
    output(
      'ip p',
      [],
      ['meta l4proto udp tproxy to :4000 meta mark set 1 accept'],
      '{ type filter hook prerouting priority -150; policy accept; }',
    ),
    output('ip t', [], ['meta skuid 1001 drop']),
  ]);
  expect(await seen(datagram('8.8.8.8', 443))).toEqual([]);
  expect(asked(ruleset, 4).kind).toBe('closed');
});

it('a drop in the family of bridges holds no packet that is made here', async (ctx) => {
  if (reason !== null) return ctx.skip(reason);
  const ruleset = await loaded([output('bridge t', [], ['counter drop'])]);
  expect(await seen(datagram('8.8.8.8', 443))).toEqual(['wan0']);
  expect(asked(ruleset, 4)).toMatchObject({ kind: 'open', judged: { verdict: { verdict: 'accept' } } });
});
