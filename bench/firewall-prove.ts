import { UNKNOWN_HOST } from '#core/firewall/host.ts';
import { type Interval, type IntervalSet, normalize, single } from '#core/firewall/interval.ts';
import type { Chain, Condition, Rule, Ruleset, Statement } from '#core/firewall/model.ts';
import { checkProof } from '#core/firewall/prove/check-proof.ts';
import { provable } from '#core/firewall/prove/provable.ts';
import { outboundSpace } from '#core/firewall/prove/space.ts';
import {
  ACCEPT,
  baseChain,
  condition,
  DROP,
  match,
  port,
  protocol,
  rulesets,
  uid,
} from '#core/firewall/prove/testing/rules.ts';
import { inWords, report, series } from './measure.ts';

const RULES = 10_000;
const IP4 = match(condition('nfproto', [4n, 4n]));

/** Numbers that are the same in every run (mulberry32 by Tommy Ettinger, public domain). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

type Make = (rule: (...statements: Statement[]) => Rule, next: (below: number) => number) => Chain;

const address = (next: (below: number) => number) => BigInt(next(0xdfff_ffff));
const to = (...ranges: Interval[]) => match(condition('daddr', ...ranges));

function ordered(a: bigint, b: bigint): Interval {
  return a < b ? [a, b] : [b, a];
}

function network(next: (below: number) => number): Interval {
  const bits = BigInt(next(16));
  const low = (address(next) >> bits) << bits;
  return [low, low + (1n << bits) - 1n];
}

/** Half of the rules drop; the other half would accept the same packets, or a part of them. */
function shadowed(tests: (next: (below: number) => number) => Statement[]): Make {
  return (rule, next) => {
    const all = Array.from({ length: RULES / 2 }, () => [IP4, ...tests(next)]);
    return baseChain(
      'o',
      [...all.map((one) => rule(...one, DROP)), ...all.map((one) => rule(...one, ACCEPT))],
      {
        policy: 'drop',
      },
    );
  };
}

const somePort = (next: (below: number) => number, width: number) => {
  const low = next(65_536 - width);
  return port(low, low + next(width));
};

const SHAPES: Readonly<Record<string, Make>> = {
  'one field, all dropped in pieces, policy accept': (rule) => {
    const step = 0x1_0000_0000n / BigInt(RULES);
    const piece = (index: number): Interval => [BigInt(index) * step, BigInt(index + 1) * step - 1n];
    const rules = Array.from({ length: RULES }, (_, index) => rule(IP4, to(piece(index)), DROP));
    return baseChain('o', [...rules, rule(IP4, to([BigInt(RULES) * step, 0xffff_ffffn]), DROP)]);
  },
  'one field, a block list, policy accept (open)': (rule, next) =>
    baseChain(
      'o',
      Array.from({ length: RULES }, () => rule(IP4, to(network(next)), DROP)),
    ),
  'one field, accepts behind drops': shadowed((next) => [to(network(next))]),
  'address and port, accepts behind drops': shadowed((next) => [
    to(network(next)),
    protocol(6n),
    somePort(next, 1),
  ]),
  'address, port and group, accepts behind drops': shadowed((next) => {
    const group = BigInt(next(97));
    return [
      to(network(next)),
      match(condition('skgid', [group, group + 2n])),
      protocol(6n),
      somePort(next, 8),
    ];
  }),
  'ranges that overlap, address and port, accepts behind drops': shadowed((next) => {
    const low = address(next);
    return [to([low, low + BigInt(next(1 << 20))]), protocol(6n), somePort(next, 2_000)];
  }),
  'wide ranges that overlap, accept and drop mixed (open)': (rule, next) =>
    baseChain('o', [
      ...Array.from({ length: RULES }, () =>
        rule(
          IP4,
          to(ordered(address(next), address(next))),
          protocol(6n),
          somePort(next, 30_000),
          next(2) ? ACCEPT : DROP,
        ),
      ),
      rule(DROP),
    ]),
  'accepts for another uid, then a drop': (rule, next) =>
    baseChain('o', [
      ...Array.from({ length: RULES }, () => rule(uid(1_000), IP4, to(network(next)), ACCEPT)),
      rule(uid(1_001), DROP),
    ]),
  'sets of 100,000 addresses, accept a part of what is dropped': (rule, next) => {
    const set = normalize(Array.from({ length: 100_000 }, () => single(address(next))[0] as Interval));
    const part = set.filter((_, index) => index % 3 === 0);
    const inSet = (intervals: IntervalSet) =>
      match({ field: 'daddr', values: { kind: 'numbers', mask: null, intervals } });
    return baseChain('o', [rule(IP4, inSet(set), DROP), rule(IP4, inSet(part), ACCEPT)], { policy: 'drop' });
  },
  'sets of 20,000 address and port pairs, accept a part of what is dropped': (rule, next) => {
    const pair = (): Condition[] => [
      condition('daddr', ...single(address(next))),
      condition('dport', ...single(next(65_536))),
    ];
    const all = Array.from({ length: 20_000 }, pair);
    const anyOf = (alternatives: Condition[][]): Statement => ({
      kind: 'match',
      alternatives,
      negated: false,
    });
    return baseChain(
      'o',
      [
        rule(IP4, protocol(6n), anyOf(all), DROP),
        rule(IP4, protocol(6n), anyOf(all.slice(0, 5_000)), ACCEPT),
      ],
      { policy: 'drop' },
    );
  },
};

function made(make: Make): Ruleset {
  const { rule, table, ruleset } = rulesets();
  return ruleset(table('inet', 'bench', [make(rule, numbers(1))]));
}

/** Whole-space questions about rule sets of 10,000 rules in several shapes. */
export async function benchFirewallProve(): Promise<void> {
  const space = outboundSpace(4, single(1_001));
  for (const [name, make] of Object.entries(SHAPES)) {
    const ruleset = made(make);
    let found = provable(ruleset, UNKNOWN_HOST, space);
    const asked = await series(
      3,
      'ms',
      () => {
        found = provable(ruleset, UNKNOWN_HOST, space);
        return undefined;
      },
      0,
    );
    const { kind } = found;
    let extra = kind === 'unknown' ? found.reasons.join('; ') : kind;
    if (found.kind === 'proof') {
      const { proof } = found;
      const checked = await series(1, 'ms', () => void checkProof(ruleset, proof), 0);
      extra = `proof of ${proof.regions.length} regions and cuts, ${Math.round(JSON.stringify(proof).length / 1024)} KiB, checked in ${inWords(checked)}`;
    }
    report(`whole space, 10,000 rules: ${name}`, asked, { atMost: 2_000, text: '≤ 2 s' }, extra);
  }
}
