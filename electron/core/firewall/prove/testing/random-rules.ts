import fc from 'fast-check';
import type { HostContext } from '../../host.ts';
import { type Interval, normalize } from '../../interval.ts';
import type { Condition, Field, Ruleset, Statement, Verdict } from '../../model.ts';
import type { Packet } from '../../packet.ts';
import { baseChain, condition, match, plainChain, rulesets } from './rules.ts';

/** Small worlds, so that a few hundred packets are all that differ: every value near a boundary is in these lists. */
const ADDRESSES: Readonly<Record<4 | 6, readonly bigint[]>> = {
  4: [0x0a000001n, 0xcb007107n, 0x08080808n, 0x08080809n, 0x64400001n, 0xe0000200n, 0xffffffffn],
  6: [
    0xfe80n << 112n,
    0x20010db8n << 96n,
    (0x20010db8n << 96n) + 1n,
    (0x20010db8n << 96n) + 7n,
    (0xff0en << 112n) + 1n,
  ],
};
const PROTOCOLS = [1n, 6n, 17n, 47n, 58n];
const PORTS = [53n, 54n, 443n];
const UIDS = [1001n, 1002n];
const TYPES = [0n, 8n, 128n, 135n];
const NAMES = ['eth0', 'eth1', 'wlan0', 'tun0'];

export const HOST: HostContext = {
  interfaces: [
    { name: 'lo', addresses: [{ version: 4, value: 0x7f000001n, prefix: 8 }] },
    {
      name: 'eth0',
      addresses: [
        { version: 4, value: 0xc0a80102n, prefix: 24 },
        { version: 4, value: 0xcb007107n, prefix: 24 },
        { version: 6, value: (0x20010db8n << 96n) + 7n, prefix: 64 },
      ],
    },
  ],
  routes: [
    { version: 4, value: 0n, prefix: 0, oifname: 'eth0' },
    { version: 6, value: 0n, prefix: 0, oifname: 'eth0' },
  ],
  forwarding: { 4: false, 6: false },
};

/** Every packet of the small world that is in the question, with all of its fields. */
export function packetsOf(
  version: 4 | 6,
  uids: readonly bigint[],
  isAsked: (daddr: bigint) => boolean,
): Packet[] {
  const packets: Packet[] = [];
  for (const daddr of ADDRESSES[version].filter(isAsked))
    for (const l4proto of PROTOCOLS)
      for (const skuid of uids)
        for (const oifname of NAMES) {
          const base: Packet = {
            direction: 'out',
            version,
            l4proto,
            daddr,
            saddr: own(version),
            skuid,
            skgid: skuid,
            oifname,
          };
          if (l4proto === 6n || l4proto === 17n)
            for (const dport of PORTS) packets.push({ ...base, dport, sport: 40_000n });
          else if (l4proto === 1n || l4proto === 58n)
            for (const icmpType of TYPES) packets.push({ ...base, icmpType, icmpCode: 0n });
          else packets.push(base);
        }
  return packets;
}

function own(version: 4 | 6): bigint {
  return version === 4 ? 0xc0a80102n : (0x20010db8n << 96n) + 7n;
}

const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values);

function range(values: readonly bigint[]): fc.Arbitrary<Interval> {
  return fc.tuple(oneOf(values), oneOf(values), fc.boolean()).map(([a, b, wide]) => {
    const [low = a, high = a] = wide ? [a, b].toSorted((one, other) => (one < other ? -1 : 1)) : [];
    return [low, high];
  });
}

function numbers(field: Field, values: readonly bigint[]): fc.Arbitrary<Condition> {
  return fc.array(range(values), { minLength: 1, maxLength: 2 }).map((intervals) => ({
    field,
    values: { kind: 'numbers', mask: null, intervals: normalize(intervals) },
  }));
}

function conditions(version: 4 | 6): fc.Arbitrary<Condition> {
  const masked = (field: 'mark' | 'ctMark') =>
    fc.tuple(fc.constantFrom(null, 1n, 3n), fc.bigInt(0n, 3n)).map(
      ([mask, value]): Condition => ({
        field,
        values: {
          kind: 'numbers',
          mask,
          intervals: [[mask === null ? value : value & mask, mask === null ? value : value & mask]],
        },
      }),
    );
  return fc.oneof(
    numbers('daddr', ADDRESSES[version]),
    numbers('daddr', ADDRESSES[version]),
    numbers('l4proto', PROTOCOLS),
    numbers('dport', PORTS),
    numbers('skuid', UIDS),
    numbers('skgid', UIDS),
    numbers('icmpType', TYPES),
    numbers('ctState', [1n, 2n, 8n, 64n]),
    numbers('fibDaddrType', [1n, 2n, 3n, 5n]),
    numbers('nfproto', [4n, 6n]),
    numbers('tcpFlags', [2n, 16n]),
    masked('mark'),
    masked('ctMark'),
    fc
      .array(oneOf([...NAMES, 'eth*', 'e*', 'lo', '*']), { minLength: 1, maxLength: 2 })
      .map((patterns): Condition => ({ field: 'oifname', values: { kind: 'names', patterns } })),
  );
}

const CHAINS = ['a', 'b'];

function verdicts(from: number): fc.Arbitrary<Verdict> {
  const targets = CHAINS.slice(from);
  const ends = fc.constantFrom<Verdict>(
    { kind: 'accept' },
    { kind: 'drop' },
    { kind: 'reject' },
    { kind: 'return' },
  );
  if (targets.length === 0) return ends;
  return fc.oneof(
    { weight: 3, arbitrary: ends },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('jump', 'goto'), oneOf(targets))
        .map(([kind, chain]) => ({ kind, chain }) as Verdict),
    },
  );
}

function matches(version: 4 | 6): fc.Arbitrary<Statement> {
  const plain = fc
    .tuple(
      fc.array(fc.array(conditions(version), { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }),
      fc.boolean(),
    )
    .map(([alternatives, negated]): Statement => ({ kind: 'match', alternatives, negated }));
  return fc.oneof(
    { weight: 12, arbitrary: plain },
    { weight: 1, arbitrary: fc.constant<Statement>({ kind: 'may', text: 'limit', whenQuiet: true }) },
  );
}

function effects(
  version: 4 | 6,
  place: 'base' | 'early' | 'nat' | 'called',
  from: number,
): fc.Arbitrary<Statement> {
  const entry = fc.array(conditions(version), { minLength: 1, maxLength: 2 });
  const all: fc.Arbitrary<Statement>[] = [
    verdicts(from).map((verdict) => ({ kind: 'verdict', verdict })),
    verdicts(from).map((verdict) => ({ kind: 'verdict', verdict })),
    fc
      .tuple(fc.constantFrom('mark', 'ctMark'), fc.constantFrom(0n, 2n, 0xffffffffn), fc.bigInt(0n, 3n))
      .map(
        ([field, keep, value]) =>
          ({ kind: 'setMark', field, change: { kind: 'value', keep, value } }) as Statement,
      ),
    fc
      .array(
        fc.tuple(
          entry,
          fc.oneof(
            { weight: 3, arbitrary: verdicts(from) },
            { weight: 1, arbitrary: fc.constant<Verdict>({ kind: 'continue' }) },
          ),
        ),
        { minLength: 1, maxLength: 2 },
      )
      .map(
        (entries): Statement => ({
          kind: 'verdictMap',
          entries: entries.map(([list, verdict]) => ({ conditions: list, verdict })),
        }),
      ),
  ];
  if (place === 'early') all.push(fc.constant({ kind: 'notrack' }), fc.constant({ kind: 'zone' }));
  if (place === 'nat')
    all.push(
      fc
        .tuple(fc.constantFrom('dnat', 'redirect'), fc.constantFrom(0x0a000005n, 0x08080809n))
        .map(([type, address]): Statement => {
          const to =
            version === 4
              ? address
              : address === 0x08080809n
                ? (0x20010db8n << 96n) + 1n
                : (0xfe80n << 112n) + 1n;
          const target = { address: type === 'redirect' ? null : ([to, to] as const), port: null };
          return { kind: 'nat', type: type as 'dnat' | 'redirect', entries: [{ conditions: [], target }] };
        }),
    );
  return fc.oneof(...all);
}

/** Rule sets of a few rules over the small world, with everything that the model has and that can be told exactly. */
export function randomRulesets(version: 4 | 6): fc.Arbitrary<Ruleset> {
  const rules = (place: 'base' | 'early' | 'nat' | 'called', from: number, maxLength: number) =>
    fc.array(
      fc.tuple(
        fc.array(matches(version), { maxLength: 2 }),
        effects(version, place, from),
        fc.option(verdicts(from), { freq: 3 }),
      ),
      { maxLength },
    );
  const policy = fc.constantFrom('accept', 'drop');
  return fc
    .record({
      a: rules('called', 1, 3),
      b: rules('called', 2, 3),
      first: rules('base', 0, 5),
      firstPolicy: policy,
      type: fc.constantFrom('filter', 'route'),
      second: rules('base', 0, 3),
      secondPolicy: policy,
      early: fc.option(rules('early', 2, 2)),
      nat: fc.option(rules('nat', 2, 2)),
      natPolicy: fc.constantFrom('accept', 'accept', 'accept', 'accept', 'drop'),
      post: fc.option(rules('base', 2, 2)),
      arriving: fc.option(rules('base', 2, 2)),
    })
    .map((parts) => {
      const { rule, table, ruleset } = rulesets();
      // Every reader writes the family of the address in front.
      const family = match(condition('nfproto', [BigInt(version), BigInt(version)]));
      const made = (list: typeof parts.first) =>
        list.map(([tests, effect, last]) => {
          // Behind a map, and nowhere else, a rule may still decide where it went on.
          const then: Statement[] =
            effect.kind === 'verdictMap' && last ? [{ kind: 'verdict', verdict: last }] : [];
          return rule(...(effect.kind === 'nat' ? [family] : []), ...tests, effect, ...then);
        });
      const chains = [
        plainChain('a', made(parts.a)),
        plainChain('b', made(parts.b)),
        baseChain('first', made(parts.first), {
          policy: parts.firstPolicy as 'accept' | 'drop',
          type: parts.type as 'filter',
        }),
        baseChain('second', made(parts.second), {
          policy: parts.secondPolicy as 'accept' | 'drop',
          priority: 10,
        }),
        ...(parts.early ? [baseChain('early', made(parts.early), { priority: -300 })] : []),
        ...(parts.nat
          ? [
              baseChain('nat', made(parts.nat), {
                type: 'nat',
                priority: -100,
                policy: parts.natPolicy as 'accept' | 'drop',
              }),
            ]
          : []),
        ...(parts.post ? [baseChain('post', made(parts.post), { hook: 'postrouting', priority: 0 })] : []),
        // Only copies of what goes to many come by here.
        ...(parts.arriving ? [baseChain('arriving', made(parts.arriving), { hook: 'input' })] : []),
      ];
      return ruleset(table('inet', 'world', chains));
    });
}
