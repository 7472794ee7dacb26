import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPacketLab, type PacketLab, whyNoPacketLab } from '../../hosts/testing/packet-lab.ts';
import { parseAddress } from '../address.ts';
import { isListedOtherwise } from './listed-otherwise.ts';
import type { TestPacket } from './packets.ts';
import type { RuleSetText } from './rule-sets.ts';
import { INTERFACES, ROUTES } from './setting.ts';
import { compare, judge, load, read } from './trial.ts';

const reason = whyNoPacketLab();
let lab: PacketLab;

beforeAll(async () => {
  if (reason === null) lab = await openPacketLab(INTERFACES, ROUTES, false);
});

afterAll(async () => {
  await lab?.close();
});

const SYN: TestPacket = {
  sent: {
    direction: 'in',
    version: 6,
    protocol: 6,
    saddr: 'fd10::3',
    daddr: '2001:db8:1::2',
    sport: 80,
    dport: 7890,
    icmpType: 128,
    icmpCode: 0,
    uid: 0,
    gid: 0,
    device: 'wan0',
    broadcast: false,
  },
  asked: {
    direction: 'in',
    version: 6,
    l4proto: 6n,
    saddr: parseAddress('fd10::3')?.value ?? 0n,
    daddr: parseAddress('2001:db8:1::2')?.value ?? 0n,
    sport: 80n,
    dport: 7_890n,
    iifname: 'wan0',
  },
};

const rules = (rule: string, hook = 'input'): RuleSetText => ({
  nft: [
    {
      name: 'inet t',
      sets: [],
      chains: [
        { name: 'c', base: `{ type filter hook ${hook} priority 0; policy accept; }`, rules: [[rule]] },
      ],
    },
  ],
  saves: [],
});

/** What the model says of the packet, and whether the kernel does as it says. */
async function tried(set: RuleSetText, packet = SYN) {
  const loaded = await load(lab, set);
  if (!loaded.ok) throw new Error(loaded.refusal.message);
  const verdict = judge(read(loaded.listings), packet);
  const [sighting] = await lab.send([packet.sent]);
  if (!sighting) throw new Error('nothing was sent');
  return { verdict, seen: sighting.seen, result: compare(packet, sighting, verdict) };
}

it('a rule that contradicts itself is listed without the contradiction, and that is told apart', async (ctx) => {
  if (reason !== null) return ctx.skip(reason);
  const contradiction = rules('ip6 saddr fd10::/16 meta nfproto ipv4 reject with tcp reset');
  const { verdict, result } = await tried(contradiction);
  expect(result).toBe('differs');
  expect(await isListedOtherwise(lab, contradiction, SYN, verdict)).toBe(true);
});

/** An outgoing packet of IPv6 with the number of IPv4's ICMP. */
const PING: TestPacket = {
  sent: { ...SYN.sent, direction: 'out', protocol: 1, saddr: '2001:db8:1::2', daddr: '2606:4700::11' },
  asked: {
    direction: 'out',
    version: 6,
    l4proto: 1n,
    saddr: parseAddress('2001:db8:1::2')?.value ?? 0n,
    daddr: parseAddress('2606:4700::11')?.value ?? 0n,
    icmpType: 128n,
    icmpCode: 0n,
    skuid: 0n,
    skgid: 0n,
    oifname: 'wan0',
  },
};

it.for([
  ['meta nfproto ipv4 reject with tcp reset', 'input', SYN],
  ['meta nfproto ipv4 ct protocol tcp drop', 'input', SYN],
  ['meta nfproto ipv4 meta l4proto icmp drop', 'output', PING],
] as const)('the family that nft leaves out of "%s" is not known', async ([rule, hook, packet], ctx) => {
  if (reason !== null) return ctx.skip(reason);
  const here = await tried(rules(rule, hook), packet);
  expect(here).toMatchObject({ seen: [packet === PING ? 'wan0' : 'local'], result: 'unknown' });
  // Asked of the other family it holds; of icmp nft lists that.
  const other = await tried(rules(rule.replace('ipv4', 'ipv6'), hook), packet);
  expect(other).toMatchObject({ seen: [], result: packet === PING ? 'agrees' : 'unknown' });
});

it('a wrong verdict about rules that are listed as they are is no excuse', async (ctx) => {
  if (reason !== null) return ctx.skip(reason);
  const plain = rules('ip6 saddr fd10::/16 tcp dport 22 drop');
  const { verdict, result } = await tried(plain);
  expect(result).toBe('agrees');
  expect(await isListedOtherwise(lab, plain, SYN, { ...verdict, verdict: 'drop' })).toBe(false);
  // Nor is a difference that is gone when the packet is sent once more.
  expect(await isListedOtherwise(lab, plain, SYN, verdict)).toBe(false);
});
