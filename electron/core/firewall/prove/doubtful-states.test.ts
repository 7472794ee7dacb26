import { describe, expect, it } from 'vitest';
import { evaluatePacket } from '../evaluate/evaluate.ts';
import { single } from '../interval.ts';
import type { BaseChain, Rule, Ruleset, Statement } from '../model.ts';
import type { Packet } from '../packet.ts';
import { checkProof } from './check-proof.ts';
import { rulesetDigest } from './digest.ts';
import { provable } from './provable.ts';
import { outboundSpace } from './space.ts';
import { HOST } from './testing/random-rules.ts';
import { ACCEPT, baseChain, condition, DROP, match, protocol, rulesets, uid } from './testing/rules.ts';

const SPACE = outboundSpace(4, single(1001));
/** The same of connections of the agent's own only. */
const NEW_ONES = { ...SPACE, fields: { ...SPACE.fields, connection: single(0) } };
const WEB: Packet = {
  direction: 'out',
  version: 4,
  l4proto: 6n,
  daddr: 0x08080808n,
  saddr: 0xc0a80102n,
  sport: 40_000n,
  dport: 443n,
  skuid: 1001n,
  skgid: 1001n,
  oifname: 'eth0',
};
const IP4 = match(condition('nfproto', [4n, 4n]));
const asks = (field: 'ctState' | 'mark' | 'ctStatus', value: bigint, mask: bigint | null = null) =>
  match({ field, values: { kind: 'numbers', mask, intervals: [[value, value]] } });
const mark = (value: bigint): Statement => ({
  kind: 'setMark',
  field: 'mark',
  change: { kind: 'value', keep: 0n, value },
});
const FROM_CONNECTION: Statement = {
  kind: 'setMark',
  field: 'mark',
  change: { kind: 'copy', keep: 0n, from: 'ctMark', take: 0xffff_ffffn },
};
const through = (...patterns: string[]) => match({ field: 'oifname', values: { kind: 'names', patterns } });
const NETMAP: Statement = { kind: 'unmodelledVerdict', text: '-j NETMAP --to 8.8.8.0/24' };

type Layout = readonly (readonly [Partial<BaseChain>, readonly Statement[][]])[];

function made(layout: Layout): Ruleset {
  const { rule, table, ruleset } = rulesets();
  const chains = layout.map(([base, rules], index) =>
    baseChain(
      `c${index}`,
      rules.map((statements): Rule => rule(...statements)),
      base,
    ),
  );
  return ruleset(table('inet', 'f', chains));
}

/** What another rule may have done before a drop that looks certain. */
const DOUBTFUL: readonly (readonly [string, Layout])[] = [
  [
    'a mark set for invalid packets beside connection tracking, which may not have seen them yet',
    [
      [{ priority: -200 }, [[protocol(6n), asks('ctState', 1n), mark(1n)]]],
      [{}, [[asks('mark', 1n), ACCEPT], [DROP]]],
    ],
  ],
  [
    'packets taken from tracking beside it',
    [
      [{ priority: -200 }, [[{ kind: 'notrack' }]]],
      [{}, [[asks('ctState', 64n), ACCEPT], [DROP]]],
    ],
  ],
  [
    'a mark that was not known before it was changed, by which the way is looked up again',
    [
      [{ priority: -160 }, [[FROM_CONNECTION]]],
      [{ priority: -150, type: 'route' }, [[FROM_CONNECTION]]],
      [{ hook: 'postrouting' }, [[through('eth0', 'eth1', 'wlan0', 'tun0'), DROP]]],
      [{ priority: 10 }, [[through('eth0'), ACCEPT], [DROP]]],
    ],
  ],
  [
    'a destination that an unknown rule translates, of which the connection keeps a note',
    [
      [{ type: 'nat', priority: -100 }, [[IP4, NETMAP]]],
      [{}, [[asks('ctStatus', 0x20n, 0x20n), ACCEPT], [DROP]]],
    ],
  ],
];

describe('no proof rests on a drop behind', () => {
  it.each(DOUBTFUL)('%s', (_, layout) => {
    const ruleset = made(layout);
    // The mark of the agent's own new connections is known: copied twice it stays what it was.
    const spaces = layout.some(([{ type }]) => type === 'route') ? [SPACE] : [SPACE, NEW_ONES];
    for (const space of spaces) expect(provable(ruleset, HOST, space).kind).not.toBe('proof');
    // Nor does the checker take one that names every rule.
    const real = provable(made([[{}, [[uid(1001), DROP]]]]), HOST, SPACE);
    if (real.kind !== 'proof') throw new Error('expected a proof');
    const { question } = real.proof;
    const stops = ruleset.tables.flatMap((table) =>
      [...table.chains.values()].flatMap(({ name, rules }) =>
        rules.map(({ id, text }) => ({ table: 'inet f', chain: name, rule: id, text })),
      ),
    );
    const all = [...stops.keys()];
    const forged = {
      ...real.proof,
      ruleset: rulesetDigest(ruleset),
      question: { ...question, names: ['', 'eth0', 'eth1', 'wlan0', 'tun0', 'lo', ' …'] },
      stops,
      sets: [],
      regions: [{ stoppedBy: all, redirectedBy: all }],
    };
    expect(() => checkProof(ruleset, forged)).toThrow('gets through');
  });

  it('is not said of packets of which the evaluator is certain', () => {
    for (const [what, layout] of DOUBTFUL)
      expect(evaluatePacket(made(layout), HOST, { ...WEB, connection: 'ofAnother' }).verdict, what).not.toBe(
        'drop',
      );
  });
});

describe('a translation that leads out', () => {
  const to = (address: bigint): Statement => ({
    kind: 'nat',
    type: 'dnat',
    entries: [{ conditions: [], target: { address: [address, address], port: null } }],
  });
  const translating = (address: bigint) =>
    made([
      [{ type: 'nat', priority: -100 }, [[IP4, to(address)]]],
      [
        {},
        [
          [match(condition('daddr', [address, address])), DROP],
          [uid(1001), DROP],
        ],
      ],
    ]);

  it('is no part of a proof, though its packets are stopped behind it', () => {
    const found = provable(translating(0x08080809n), HOST, SPACE);
    expect(found).toMatchObject({ kind: 'unknown' });
    expect(JSON.stringify(found)).toContain('address translation may send packets out: rule 1');
    expect(provable(translating(0x0a000005n), HOST, SPACE).kind).toBe('proof');
  });
});
