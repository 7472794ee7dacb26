import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type LabPacket,
  openPacketLab,
  type PacketLab,
  whyNoPacketLab,
} from '../../hosts/testing/packet-lab.ts';
import { parseAddress } from '../address.ts';
import { evaluatePacket } from '../evaluate/evaluate.ts';
import type { Ruleset } from '../model.ts';
import type { PacketVerdict } from '../packet.ts';
import type { TableText } from './rule-sets.ts';
import { HOST, INTERFACES, ROUTES } from './setting.ts';
import { load, read } from './trial.ts';

/** What a packet and another of the host's own that shares its connection do to each other, tried on the kernel and then asked of the model. */

const AGENT = 1_001;
const reason = whyNoPacketLab();
let lab: PacketLab;

beforeAll(async () => {
  if (reason === null) lab = await openPacketLab(INTERFACES, ROUTES, true);
});

afterAll(async () => {
  await lab?.close();
});

const table = (name: string, base: string, rules: readonly string[]): TableText => ({
  name,
  sets: [],
  chains: [{ name: 'c', base: `{ type ${base}; policy accept; }`, rules: rules.map((rule) => [rule]) }],
});
const filter = (name: string, hook: string, rules: readonly string[]): TableText =>
  table(name, `filter hook ${hook} priority 300`, rules);

/** Sends one datagram of uid 1001 by eth0 from a socket that leaves all options of groups as they are. */
const SEND = `
import os, socket, sys
group, port, loop = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.setgid(1001); os.setuid(1001)
if ":" in group:
    sender = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex("eth0"))
    sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, loop)
else:
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.1.0.1"))
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, loop)
try:
    sender.sendto(b"x", (group, port))
except PermissionError:
    print("EPERM")
`;

let lastPort = 40_000;

/** @returns whether the packet was let go; a port of its own for each, so that none meets the connection of another */
async function leaves(daddr: string, loop: boolean): Promise<boolean> {
  lastPort += 1;
  const argv = ['/usr/bin/python3', '-c', SEND, daddr, String(lastPort), loop ? '1' : '0'];
  const [sent] = await lab.run([{ argv }]);
  if (sent?.code !== 0) throw new Error(sent?.stderr);
  return !sent.stdout.includes('EPERM');
}

async function loaded(nft: readonly TableText[]): Promise<Ruleset> {
  const result = await load(lab, { nft, saves: [] });
  if (!result.ok) throw new Error(result.refusal.message);
  return read(result.listings);
}

function judged(ruleset: Ruleset, daddr: string): PacketVerdict {
  const target = parseAddress(daddr);
  if (!target) throw new Error(`${daddr} is no address`);
  return evaluatePacket(ruleset, HOST, {
    direction: 'out',
    version: target.version,
    l4proto: 17n,
    saddr: parseAddress(target.version === 4 ? '10.1.0.1' : 'fe80::10')?.value,
    daddr: target.value,
    sport: 50_000n,
    dport: 443n,
    skuid: BigInt(AGENT),
    skgid: BigInt(AGENT),
    oifname: 'eth0',
  });
}

const BROADCAST = '10.1.0.255';
const EVERYWHERE = '255.255.255.255';
/** The lab is a member of these two. */
const GROUP = '224.0.0.251';
const GROUP6 = 'ff02::fb';

/** What a copy leaves on the connection, and a rule that asks for it at postrouting. */
const LEFT_BEHIND: readonly (readonly [string, readonly TableText[], readonly string[]])[] = [
  [
    'the mark of the connection, set at input',
    [filter('inet before', 'input', ['ct mark set 2'])],
    ['ct mark 2 drop'],
  ],
  [
    'the mark of the connection, set at prerouting and carried over',
    [filter('inet before', 'prerouting', ['ct mark set ct mark or 2'])],
    ['meta mark set ct mark', 'meta mark 2 drop'],
  ],
  [
    'the mark of the connection, set at postrouting behind the question',
    [table('inet before', 'filter hook postrouting priority 310', ['ct mark set 2'])],
    ['ct mark 2 drop'],
  ],
  ['that it is confirmed', [filter('inet before', 'input', ['ct state new'])], ['ct status confirmed drop']],
  [
    'a translated source, from a rule that its socket keeps the packet from',
    [
      table('inet before', 'nat hook postrouting priority 100', [
        'meta skuid 1001 accept',
        'meta nfproto ipv4 snat ip to 10.1.0.77',
      ]),
    ],
    ['ip saddr 10.1.0.77 drop'],
  ],
];

for (const [what, setting, asking] of LEFT_BEHIND)
  for (const daddr of [BROADCAST, EVERYWHERE, GROUP])
    it(`a copy of what goes to ${daddr} may leave ${what}`, async (ctx) => {
      if (reason !== null) return ctx.skip(reason);
      const ruleset = await loaded([...setting, filter('inet after', 'postrouting', asking)]);
      expect(await leaves(daddr, true)).toBe(false);
      expect(judged(ruleset, daddr).verdict).toBe('unknown');
      // To one machine there is no copy, and no doubt.
      expect(await leaves('10.1.0.7', true)).toBe(true);
      expect(judged(ruleset, '10.1.0.7').verdict).toBe('accept');
    });

it('there is a copy only for members of a group, and not where the socket wants none', async (ctx) => {
  if (reason !== null) return ctx.skip(reason);
  await loaded([
    filter('inet before', 'input', ['ct mark set 2']),
    filter('inet after', 'postrouting', ['ct mark 2 drop']),
  ]);
  expect(await leaves(GROUP, false)).toBe(true);
  expect(await leaves('224.0.0.200', true)).toBe(true);
  // Nobody can switch off that of a broadcast.
  expect(await leaves(BROADCAST, false)).toBe(false);
});

it('of IPv6 the copy is made behind postrouting, and the packet is not in doubt there', async (ctx) => {
  if (reason !== null) return ctx.skip(reason);
  for (const [set, ask] of [
    [filter('inet before', 'input', ['ct mark set 2']), 'ct mark 2 drop'],
    [table('inet before', 'filter hook postrouting priority 310', ['ct mark set 2']), 'ct mark 2 drop'],
    [filter('inet before', 'input', ['ct state new']), 'ct status confirmed drop'],
  ] as const) {
    const ruleset = await loaded([set, filter('inet after', 'postrouting', [ask])]);
    expect(await leaves(GROUP6, true)).toBe(true);
    expect(judged(ruleset, GROUP6).verdict).toBe('accept');
  }
});

it('what rules do to marks of connections elsewhere is no doubt', async (ctx) => {
  if (reason !== null) return ctx.skip(reason);
  const ruleset = await loaded([
    filter('inet before', 'output', ['ct mark set 2']),
    filter('inet after', 'postrouting', ['ct mark 2 drop']),
  ]);
  expect(await leaves(BROADCAST, true)).toBe(false);
  expect(judged(ruleset, BROADCAST).verdict).toBe('drop');
});

const SENT_ON: LabPacket = {
  direction: 'in',
  version: 4,
  protocol: 17,
  saddr: '9.9.9.9',
  daddr: '198.51.100.77',
  sport: 20_022,
  dport: 5_353,
  icmpType: 8,
  icmpCode: 0,
  uid: 0,
  gid: 0,
  device: 'wan0',
  broadcast: false,
};

function judgedSentOn(ruleset: Ruleset, iifname: string, version: 4 | 6 = 4): string {
  const [saddr, daddr] = version === 4 ? ['9.9.9.9', '198.51.100.77'] : ['2606:4700::11', '2001:db8:1::77'];
  return evaluatePacket(ruleset, HOST, {
    direction: 'forward',
    version,
    l4proto: 17n,
    saddr: parseAddress(saddr)?.value,
    daddr: parseAddress(daddr)?.value ?? 0n,
    sport: 20_022n,
    dport: 5_353n,
    iifname,
    oifname: 'wan0',
  }).verdict;
}

const LEFT_BY_REDIRECT: readonly (readonly [string, readonly TableText[], readonly TableText[]])[] = [
  [
    'the mark of the connection, set at output',
    [filter('inet before', 'output', ['ct mark set 2'])],
    [filter('inet after', 'forward', ['ct mark 2 drop'])],
  ],
  [
    'the mark of the connection, set at postrouting and carried over',
    [table('inet before', 'filter hook postrouting priority 310', ['ip protocol icmp ct mark set 2'])],
    [filter('inet after', 'postrouting', ['meta mark set ct mark', 'meta mark 2 drop'])],
  ],
];

for (const [what, setting, asking] of LEFT_BY_REDIRECT)
  it(`a redirect about a packet that is sent on may leave ${what}`, async (ctx) => {
    if (reason !== null) return ctx.skip(reason);
    const ruleset = await loaded([...setting, ...asking]);
    const [back, other] = [await lab.send([SENT_ON]), await lab.send([{ ...SENT_ON, device: 'eth0' }])];
    expect([[], ['wan0']]).toContainEqual(back[0]?.seen);
    expect(judgedSentOn(ruleset, 'wan0')).toBe('unknown');
    // By another interface there is no redirect, and no doubt; that of IPv6 has no connection.
    expect(other[0]?.seen).toEqual(['wan0']);
    expect(judgedSentOn(ruleset, 'eth0')).toBe('accept');
    const six = { ...SENT_ON, version: 6 as const, saddr: '2606:4700::11', daddr: '2001:db8:1::77' };
    expect((await lab.send([six]))[0]?.seen).toEqual(['wan0']);
    expect(judgedSentOn(ruleset, 'wan0', 6)).toBe('accept');
  });

it('a redirect settles no translation', async (ctx) => {
  if (reason !== null) return ctx.skip(reason);
  const ruleset = await loaded([
    table('inet before', 'nat hook postrouting priority 100', ['ip protocol icmp snat ip to 198.51.100.99']),
    filter('inet after', 'postrouting', ['ct status snat drop', 'ip saddr 198.51.100.99 drop']),
  ]);
  expect((await lab.send([SENT_ON]))[0]?.seen).toEqual(['wan0']);
  expect(judgedSentOn(ruleset, 'wan0')).toBe('accept');
});
