import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPacketLab, type PacketLab, whyNoPacketLab } from '../../hosts/testing/packet-lab.ts';
import { single } from '../interval.ts';
import { askOutbound } from '../questions/outbound.ts';
import { HOST, INTERFACES, ROUTES } from './setting.ts';
import { load, read } from './trial.ts';

/** What ends a rule before its verdict, and what does not: tried on the kernel, and then asked of the model. */

const AGENT = 1_001;
const reason = whyNoPacketLab();
let lab: PacketLab;

beforeAll(async () => {
  if (reason === null) lab = await openPacketLab(INTERFACES, ROUTES, false);
});

afterAll(async () => {
  await lab?.close();
});

interface Trial {
  readonly what: string;
  /** Sets and objects of table `ip t`. */
  readonly with?: readonly string[];
  readonly rules: readonly string[];
  /** Of the chain; 0 where it is not said. */
  readonly priority?: number;
  /** What becomes of a datagram that is sent three times. */
  readonly leaves: 'always' | 'never' | 'not the first' | 'the first';
  readonly says: readonly string[];
}

const FENCE = 'meta skuid 1001 drop';
const TRIALS: readonly Trial[] = [
  {
    what: 'continue in a verdict map goes on with the rule',
    rules: ['meta skuid 1001 ip daddr vmap { 0.0.0.0/0 : continue } accept', FENCE],
    leaves: 'always',
    says: ['open'],
  },
  {
    what: 'a drop behind continue drops',
    rules: ['meta skuid 1001 continue drop'],
    leaves: 'never',
    says: ['closed'],
  },
  {
    what: 'a limit of an element ends the rule when it is used up',
    with: ['set ip t s { type uid; limit rate 1/minute burst 1 packets; elements = { 1001 }; }'],
    rules: ['meta skuid @s drop'],
    leaves: 'not the first',
    says: ['open', 'unknown'],
  },
  {
    what: 'a limit of an entry of a verdict map does too',
    with: [
      'map ip t m { type uid : verdict; limit rate 1/minute burst 1 packets; elements = { 1001 : drop }; }',
    ],
    rules: ['meta skuid vmap @m'],
    leaves: 'not the first',
    says: ['open', 'unknown'],
  },
  {
    what: 'a quota of an element lets some bytes pass',
    with: ['set ip t s { type uid; quota 40 bytes; elements = { 1001 }; }'],
    rules: ['meta skuid @s accept', FENCE],
    leaves: 'the first',
    says: ['open', 'unknown'],
  },
  {
    what: 'a limit of an element that is not found is never asked',
    with: ['set ip t s { type uid; limit rate 1/minute burst 1 packets; elements = { 5 }; }'],
    rules: ['meta skuid != @s drop'],
    leaves: 'never',
    says: ['closed'],
  },
  {
    what: 'a counter of an element ends nothing',
    with: ['set ip t s { type uid; counter; elements = { 1001 }; }'],
    rules: ['meta skuid @s drop'],
    leaves: 'never',
    says: ['closed'],
  },
  {
    what: 'a counter that is looked up ends the rule where there is no entry',
    with: ['counter ip t c'],
    rules: ['meta skuid 1001 counter name ip daddr map { 1.1.1.1 : "c" } drop'],
    leaves: 'always',
    says: ['unknown'],
  },
  {
    what: 'a helper that is looked up asks for TCP',
    with: ['ct helper ip t h { type "ftp" protocol tcp; }'],
    rules: ['meta skuid 1001 ct helper set tcp dport map { 21 : "h" } drop'],
    leaves: 'always',
    says: ['open', 'unknown'],
  },
  {
    what: 'a priority that is looked up ends the rule where there is no entry',
    rules: ['meta skuid 1001 meta priority set ip daddr map { 1.1.1.1 : 1:10 } drop'],
    leaves: 'always',
    says: ['unknown'],
  },
  {
    what: 'at output there is no address of Ethernet to change',
    rules: ['meta skuid 1001 ether saddr set 02:00:00:00:00:01 drop'],
    leaves: 'always',
    says: ['unknown'],
  },
  {
    what: 'a key that a packet has not ends the rule that takes it out of a set',
    with: ['set ip t s { typeof tcp option maxseg size; flags dynamic; size 10; }'],
    rules: ['meta skuid 1001 delete @s { tcp option maxseg size } drop'],
    leaves: 'always',
    says: ['unknown'],
  },
  {
    what: 'so does one of an entry of a map',
    with: ['map ip t m { type inet_service : mark; flags dynamic; size 10; }'],
    rules: ['meta skuid 1001 delete @m { tcp dport : 5 } drop'],
    leaves: 'always',
    says: ['unknown'],
  },
  {
    what: 'a connection is expected of another one only: without one the rule ends',
    priority: -300,
    with: ['ct expectation ip t e { protocol udp; dport 8888; timeout 2m; size 1; l3proto ip; }'],
    rules: ['meta skuid 1001 ct expectation set "e" drop'],
    leaves: 'always',
    says: ['unknown'],
  },
  {
    what: 'a time to live, a priority and a helper that are written out end nothing',
    with: ['ct helper ip t h { type "ftp" protocol tcp; }'],
    rules: ['meta skuid 1001 ip ttl set 5 meta priority set 1:10 ct helper set "h" drop'],
    leaves: 'never',
    says: ['closed'],
  },
];

for (const trial of TRIALS)
  it(trial.what, async (ctx) => {
    if (reason !== null) return ctx.skip(reason);
    const base = `{ type filter hook output priority ${trial.priority ?? 0}; policy accept; }`;
    const chain = { name: 'o', base, rules: trial.rules.map((rule) => [rule]) };
    const made = await load(lab, {
      nft: [{ name: 'ip t', sets: trial.with ?? [], chains: [chain] }],
      saves: [],
    });
    if (!made.ok) throw new Error(made.refusal.message);
    const left: boolean[] = [];
    for (const sport of [5_301, 5_302, 5_303]) {
      const [sighting] = await lab.send([
        {
          direction: 'out',
          version: 4,
          protocol: 17,
          saddr: '198.51.100.2',
          daddr: '8.8.8.8',
          sport,
          dport: 443,
          icmpType: 8,
          icmpCode: 0,
          uid: AGENT,
          gid: AGENT,
          broadcast: false,
          device: 'wan0',
        },
      ]);
      left.push((sighting?.seen ?? []).includes('wan0'));
    }
    const first = trial.leaves === 'always' || trial.leaves === 'the first';
    const others = trial.leaves === 'always' || trial.leaves === 'not the first';
    expect(left).toEqual([first, others, others]);
    const sender = { uids: single(AGENT), uid: BigInt(AGENT), gid: BigInt(AGENT) };
    const asked = askOutbound({ ruleset: read(made.listings), host: { ...HOST } }, 4, sender);
    expect(trial.says).toContain(asked.kind);
  });

/** A datagram of uid 1001 with a routing header of type 4 (RFC 8754), which needs no right, and one without. */
const ROUTED = `
import os, socket, struct, sys
os.setgid(1001); os.setuid(1001)
sender = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
if sys.argv[1] == "routed":
    segment = socket.inet_pton(socket.AF_INET6, sys.argv[2])
    sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RTHDR, struct.pack("!BBBBBBH", 0, 2, 4, 0, 0, 0, 0) + segment)
try: sender.sendto(b"x", (sys.argv[2], 443))
except PermissionError: pass
`;

it('a next header that nft does not list stops no packet with a routing header', async (ctx) => {
  if (reason !== null) return ctx.skip(reason);
  const chain = (name: string, hook: string, ...rules: string[]) => ({
    name,
    base: `{ type filter hook ${hook} priority 0; policy accept; }`,
    rules: rules.map((rule) => [rule]),
  });
  const fence = chain(
    'o',
    'output',
    'meta skuid 1001 ip6 nexthdr udp udp dport 0-65535 drop',
    'meta skuid 1001 meta l4proto != udp drop',
  );
  const made = await load(lab, {
    nft: [
      { name: 'ip6 t', sets: [], chains: [fence] },
      { name: 'inet p', sets: [], chains: [chain('p', 'postrouting', 'meta skuid 1001 counter')] },
    ],
    saves: [],
  });
  if (!made.ok) throw new Error(made.refusal.message);
  const left = async (how: 'plain' | 'routed') => {
    const [sent, listed] = await lab.run([
      { argv: ['/usr/bin/python3', '-c', ROUTED, how, '2001:db8:9::9'] },
      { argv: ['/usr/sbin/nft', 'list', 'table', 'inet', 'p'] },
    ]);
    expect(sent).toMatchObject({ code: 0 });
    return /counter packets (\d+) /.exec(listed?.stdout ?? '')?.[1];
  };
  expect(await left('plain')).toBe('0');
  expect(await left('routed')).toBe('1');
  const listing = made.listings.find(({ kind }) => kind === 'nft');
  expect(listing?.text).not.toContain('nexthdr');
  const sender = { uids: single(AGENT), uid: BigInt(AGENT), gid: BigInt(AGENT) };
  expect(askOutbound({ ruleset: read(made.listings), host: { ...HOST } }, 6, sender).kind).toBe('unknown');
});
