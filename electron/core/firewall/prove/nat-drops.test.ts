import { describe, expect, it } from 'vitest';
import { evaluatePacket } from '../evaluate/evaluate.ts';
import { single } from '../interval.ts';
import type { Rule, Ruleset, Statement } from '../model.ts';
import type { Packet } from '../packet.ts';
import { checkProof } from './check-proof.ts';
import { rulesetDigest } from './digest.ts';
import type { Proof } from './proof.ts';
import { provable } from './provable.ts';
import { outboundSpace } from './space.ts';
import { HOST } from './testing/random-rules.ts';
import { ACCEPT, baseChain, condition, DROP, match, protocol, rulesets, uid } from './testing/rules.ts';

const SPACE = outboundSpace(4, single(1001));
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
const NAT = { type: 'nat', priority: -100 } as const;
const ICMP = protocol(1n);
const NEW = match(condition('ctState', ...single(8)));
const NOTRACK: Statement = { kind: 'notrack' };
const UNKNOWN: Statement = { kind: 'unmodelled', text: 'ct helper "ftp"' };

type Make = (
  rule: (...statements: Statement[]) => Rule,
  table: ReturnType<typeof rulesets>['table'],
) => Ruleset;

function made(make: Make): Ruleset {
  const { rule, table } = rulesets();
  return make(rule, table);
}

const ruleset = (...tables: Ruleset['tables']): Ruleset => ({ tables, missing: [] });

const LEAVING: readonly (readonly [string, Make, Packet])[] = [
  [
    'a drop where no rule makes the kernel track connections',
    (rule, table) => ruleset(table('ip', 'n', [baseChain('o', [rule(DROP)], NAT)])),
    WEB,
  ],
  [
    'such a drop with ICMP stopped elsewhere, so that every other packet has a connection',
    (rule, table) =>
      ruleset(
        table('ip', 'n', [baseChain('o', [rule(DROP)], NAT)]),
        table('ip', 'f', [baseChain('o', [rule(ICMP, DROP)])]),
      ),
    WEB,
  ],
  [
    'a policy of drop',
    (_, table) => ruleset(table('ip', 'n', [baseChain('o', [], { ...NAT, policy: 'drop' })])),
    WEB,
  ],
  [
    'a drop that tracking is needed for by the other family only',
    (rule, table) =>
      ruleset(
        table('ip', 'n', [baseChain('o', [rule(DROP)], NAT)]),
        table('ip6', 'f', [baseChain('o', [rule(NEW, ACCEPT)])]),
      ),
    WEB,
  ],
  [
    'a drop for packets that a rule in front takes from tracking',
    (rule, table) =>
      ruleset(
        table('ip', 'n', [baseChain('o', [rule(DROP)], NAT)]),
        table('ip', 'f', [baseChain('i', [rule(NEW, ACCEPT)], { hook: 'input' })]),
        table('ip', 'r', [baseChain('o', [rule(uid(1001), NOTRACK)], { priority: -300 })]),
      ),
    WEB,
  ],
  [
    'a drop for ICMP that belongs to no connection',
    (rule, table) =>
      ruleset(
        table('ip', 'n', [baseChain('o', [rule(DROP)], NAT)]),
        table('ip', 'f', [baseChain('i', [rule(NEW, ACCEPT)], { hook: 'input' })]),
      ),
    { ...WEB, l4proto: 1n, icmpType: 3n, icmpCode: 1n, sport: undefined, dport: undefined },
  ],
];

/** Tracking is on, ICMP is stopped elsewhere: the kernel does drop these, but nothing rests on that. */
const UNSURE: readonly (readonly [string, Make])[] = [
  [
    'a drop with a rule about connections in another table',
    (rule, table) =>
      ruleset(
        table('ip', 'n', [baseChain('o', [rule(DROP)], NAT)]),
        table('ip', 'f', [baseChain('o', [rule(ICMP, DROP), rule(NEW, ACCEPT)])]),
      ),
  ],
  [
    'a policy of drop with such a rule',
    (rule, table) =>
      ruleset(
        table('ip', 'n', [baseChain('o', [], { ...NAT, policy: 'drop' })]),
        table('ip', 'f', [baseChain('o', [rule(ICMP, DROP), rule(NEW, ACCEPT)])]),
      ),
  ],
  [
    'a drop by a verdict map, and a jump to one',
    (rule, table) =>
      ruleset(
        table('ip', 'n', [
          baseChain(
            'o',
            [
              rule({
                kind: 'verdictMap',
                entries: [{ conditions: [], verdict: { kind: 'jump', chain: 'c' } }],
              }),
            ],
            NAT,
          ),
          {
            name: 'c',
            base: null,
            rules: [rule({ kind: 'verdictMap', entries: [{ conditions: [], verdict: { kind: 'drop' } }] })],
          },
        ]),
        table('ip', 'f', [baseChain('o', [rule(ICMP, DROP), rule(NEW, ACCEPT)])]),
      ),
  ],
  [
    'a drop where only a rule that is not modelled might need connections',
    (rule, table) =>
      ruleset(
        table('ip', 'n', [baseChain('o', [rule(DROP)], NAT)]),
        table('ip', 'f', [baseChain('o', [rule(ICMP, DROP), rule(UNKNOWN, ACCEPT)])]),
      ),
  ],
];

/** A proof that names every rule and policy there is. */
function forged(rules: Ruleset): Proof {
  const { rule, table, ruleset } = rulesets();
  const found = provable(ruleset(table('ip', 'f', [baseChain('o', [rule(DROP)])])), HOST, SPACE);
  if (found.kind !== 'proof') throw new Error(found.kind);
  const stops = rules.tables.flatMap(({ family, name, chains }) =>
    [...chains.values()].flatMap((chain) => {
      const place = { table: `${family} ${name}`, chain: chain.name };
      return [
        { ...place, rule: null, text: null },
        ...chain.rules.map(({ id, text }) => ({ ...place, rule: id, text })),
      ];
    }),
  );
  const everything = [...stops.keys()];
  return {
    ...found.proof,
    ruleset: rulesetDigest(rules),
    stops,
    regions: [{ stoppedBy: everything, redirectedBy: everything }],
  };
}

it('is refused when it rests on what packets without a connection have not', () => {
  const stopped = (
    rule: (...statements: Statement[]) => Rule,
    field: 'ctMark' | 'ctStatus' | 'ctDirection',
  ) =>
    rule(
      {
        kind: 'match',
        negated: true,
        alternatives: [[condition('mark', ...single(1)), condition(field, ...single(0))]],
      },
      DROP,
    );
  for (const field of ['ctMark', 'ctStatus', 'ctDirection'] as const) {
    const rules = made((rule, table) => ruleset(table('ip', 'f', [baseChain('o', [stopped(rule, field)])])));
    expect(provable(rules, HOST, SPACE).kind).toBe('open');
    expect(() => checkProof(rules, forged(rules))).toThrow('gets through');
  }
});

describe('chains of type nat', () => {
  it.each(LEAVING)('let through: %s', (_, make, packet) => {
    const rules = made(make);
    expect(evaluatePacket(rules, HOST, packet).verdict).toBe('accept');
    expect(provable(rules, HOST, SPACE)).toMatchObject({ kind: 'open', verdict: { verdict: 'accept' } });
    expect(() => checkProof(rules, forged(rules))).toThrow('gets through');
  });

  it.each(UNSURE)('prove nothing by %s', (_, make) => {
    const rules = made(make);
    const found = provable(rules, HOST, SPACE);
    // What has no connection passes them, such as ICMPv6 in IPv4.
    if (found.kind === 'open') expect(found.packet.l4proto).toBe(58n);
    else expect(found.kind).toBe('unknown');
    expect(() => checkProof(rules, forged(rules))).toThrow('gets through');
  });

  it('do not stand in the way of a proof by other chains', () => {
    const rules = made((rule, table) =>
      ruleset(
        table('ip', 'n', [baseChain('o', [rule(protocol(6n), DROP)], { ...NAT, policy: 'drop' })]),
        table('ip', 'f', [baseChain('o', [rule(NEW, uid(1001), DROP), rule(uid(1001), DROP)])]),
      ),
    );
    const found = provable(rules, HOST, SPACE);
    if (found.kind !== 'proof') throw new Error(found.kind);
    expect(() => checkProof(rules, found.proof)).not.toThrow();
    expect(found.proof.stops.map(({ table }) => table)).not.toContain('ip n');
  });
});
