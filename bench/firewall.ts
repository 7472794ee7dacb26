import { evaluatePacket } from '#core/firewall/evaluate/evaluate.ts';
import { UNKNOWN_HOST } from '#core/firewall/host.ts';
import { type Listing, mergeListings } from '#core/firewall/merge.ts';
import type { Ruleset } from '#core/firewall/model.ts';
import type { Packet } from '#core/firewall/packet.ts';
import { report, series } from './measure.ts';

const RULES = 10_000;
const ELEMENTS = 100_000;

const packet: Packet = {
  direction: 'out',
  version: 4,
  l4proto: 6n,
  saddr: 0xc0a8_0102n,
  daddr: 0x0808_0808n,
  sport: 40_000n,
  dport: 443n,
  skuid: 1001n,
  skgid: 1001n,
  oifname: 'eth0',
};

function addressOf(index: number): string {
  return `20.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
}

/** 10,000 lines of iptables that the packet has to pass, one by one, before a policy stops it. */
function longSave(rules: number): Listing {
  const lines = Array.from(
    { length: rules },
    (_, index) =>
      `-A OUTPUT -d ${addressOf(index)}/32 -p tcp -m owner --uid-owner 1001 -m tcp --dport ${1 + (index % 60_000)} -j ACCEPT`,
  );
  const text = [
    '*filter',
    ':INPUT ACCEPT [0:0]',
    ':FORWARD ACCEPT [0:0]',
    ':OUTPUT DROP [0:0]',
    ...lines,
    'COMMIT',
    '',
  ];
  return { kind: 'save', version: 4, backend: 'legacy', text: text.join('\n') };
}

const meta = (key: string) => ({ meta: { key } });
const payload = (protocol: string, field: string) => ({ payload: { protocol, field } });
const match = (left: unknown, right: unknown) => ({ match: { op: '==', left, right } });

/** A table of nft: sets of 100,000 addresses, networks and pairs of address and port, and `rules` rules that ask them. */
function longNft(rules: number, elements: number): Listing {
  const addresses = Array.from({ length: elements }, (_, index) => addressOf(2 * index));
  const at = { family: 'inet', table: 'filter' };
  const objects: unknown[] = [
    { metainfo: { version: '1.0.6', release_name: 'bench', json_schema_version: 1 } },
    { table: { family: 'inet', name: 'filter', handle: 1 } },
    { set: { ...at, name: 'hosts', type: 'ipv4_addr', handle: 2, elem: addresses } },
    {
      set: {
        ...at,
        name: 'services',
        type: ['ipv4_addr', 'inet_service'],
        handle: 3,
        elem: addresses.map((address, index) => ({ concat: [address, 1 + (index % 60_000)] })),
      },
    },
    { chain: { ...at, name: 'output', handle: 4, type: 'filter', hook: 'output', prio: 0, policy: 'drop' } },
  ];
  const daddr = payload('ip', 'daddr');
  for (let index = 0; index < rules; index += 1) {
    const expr =
      index % 100 === 0
        ? [match(daddr, '@hosts'), { accept: null }]
        : index % 100 === 1
          ? [match({ concat: [daddr, payload('tcp', 'dport')] }, '@services'), { accept: null }]
          : [match(meta('skuid'), 1001), match(daddr, addressOf(2 * index + 1)), { accept: null }];
    objects.push({ rule: { ...at, chain: 'output', handle: 10 + index, expr } });
  }
  return { kind: 'nft', text: JSON.stringify({ nftables: objects }) };
}

function load(listing: Listing): Ruleset {
  const merged = mergeListings({ listings: [listing], missing: [] });
  if (!merged.ok) throw new Error(merged.error.message);
  return merged.ruleset;
}

async function packets(name: string, ruleset: Ruleset): Promise<void> {
  let last = 0n;
  const measured = await series(
    200,
    'ms',
    () => {
      // Another address each time: what one packet found out is no use to the next.
      last += 1n;
      const began = performance.now();
      const { verdict, reason } = evaluatePacket(ruleset, UNKNOWN_HOST, {
        ...packet,
        daddr: packet.daddr + last,
      });
      const took = performance.now() - began;
      if (verdict !== 'drop') throw new Error(`${verdict}: ${reason}`);
      return took;
    },
    20,
  );
  report(`one packet, ${name}`, measured, { atMost: 5, text: '≤ 5 ms' });
}

/** Figures of the firewall model. */
export async function benchFirewall(): Promise<void> {
  for (const [name, listing] of [
    ['10,000 rules of iptables', longSave(RULES)],
    ['10,000 rules of nft, sets of 100,000', longNft(RULES, ELEMENTS)],
  ] as const) {
    const reading = await series(5, 'ms', () => void load(listing));
    report(`listing → model, ${name} (${(listing.text.length / 2 ** 20).toFixed(1)} MiB)`, reading, {
      atMost: 2_000,
      text: '≤ 2 s',
    });
    await packets(name, load(listing));
  }
}
