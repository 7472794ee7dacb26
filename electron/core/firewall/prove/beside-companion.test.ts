import { describe, expect, it } from 'vitest';
import { evaluatePacket } from '../evaluate/evaluate.ts';
import { single } from '../interval.ts';
import type { BaseChain, Ruleset, Statement } from '../model.ts';
import { provable } from './provable.ts';
import { inboundSpace, outboundSpace } from './space.ts';
import { HOST } from './testing/random-rules.ts';
import { ACCEPT, baseChain, condition, DROP, match, plainChain, rulesets, to, uid } from './testing/rules.ts';

const SET: Statement = {
  kind: 'setMark',
  field: 'ctMark',
  change: { kind: 'value', keep: 0n, value: 2n },
};
const CARRY: Statement = {
  kind: 'setMark',
  field: 'mark',
  change: { kind: 'copy', keep: 0n, from: 'ctMark', take: 0xffffffffn },
};
const UNMARKED = match(condition('ctMark', ...single(0)));
const SNAT: Statement = {
  kind: 'nat',
  type: 'snat',
  entries: [{ conditions: [], target: { address: [0x01020304n, 0x01020304n], port: null } }],
};
const NEW = match(condition('ctState', ...single(8)));

interface Parts {
  readonly version?: 4 | 6;
  readonly setting?: readonly Statement[];
  readonly settingAt?: Partial<BaseChain>;
  readonly asking?: readonly (readonly Statement[])[];
  readonly askingAt?: Partial<BaseChain>;
  readonly first?: readonly Statement[];
}

/** Packets without a connection are dropped at output, all others where `asking` says. */
function rules({ setting = [SET], settingAt, asking = [[UNMARKED, DROP]], askingAt, first }: Parts): Ruleset {
  const { rule, table, ruleset } = rulesets();
  const isNetdev = askingAt?.hook === 'egress';
  const at = baseChain(
    'ask',
    asking.map((one) => rule(...one)),
    { hook: 'postrouting', ...askingAt },
  );
  return ruleset(
    table('inet', 'set', [baseChain('set', [rule(...setting)], { hook: 'input', ...settingAt })]),
    table('inet', 'ask', [
      baseChain('out', [
        ...(first ? [rule(...first)] : []),
        rule({ ...NEW, negated: true } as Statement, DROP),
      ]),
      ...(isNetdev ? [] : [at]),
    ]),
    table('netdev', 'ask', isNetdev ? [at] : [plainChain('none', [])]),
  );
}

const kindOf = (parts: Parts): string =>
  provable(rules(parts), HOST, outboundSpace(parts.version ?? 4, single(1001))).kind;

it.each([
  [4, 'output', 'unknown'],
  [4, 'postrouting', 'unknown'],
  [4, 'forward', 'proof'],
  [6, 'output', 'proof'],
] as const)(
  'a redirect about what is sent on may mark its connection: IPv%i, at %s, %s',
  (version, hook, kind) => {
    const { rule, table, ruleset } = rulesets();
    const [own, other] =
      version === 4 ? [0xcb007107n, 0x08080808n] : [(0x20010db8n << 96n) + 7n, 0x2606n << 112n];
    const family = match(condition('nfproto', ...single(version)));
    const away: Statement = {
      kind: 'nat',
      type: 'dnat',
      entries: [{ conditions: [], target: { address: [other, other], port: null } }],
    };
    const priority = { priority: 10 };
    const rules = ruleset(
      table('inet', 't', [
        baseChain('before', [rule(family, away)], { type: 'nat', hook: 'prerouting', priority: -100 }),
        baseChain('set', [rule(SET)], { hook, ...priority }),
        baseChain('in', [rule(DROP)], { hook: 'input' }),
        baseChain('on', [rule(UNMARKED, DROP)], { hook: 'forward' }),
      ]),
    );
    expect(provable(rules, HOST, inboundSpace(version, own, 6n, 443)).kind).toBe(kind);
  },
);

describe('what a copy for the host itself may do to the connection of a packet to many', () => {
  it('keeps a proof from resting on the mark of the connection at postrouting', () => {
    expect(kindOf({ setting: [DROP] })).toBe('proof');
    expect(kindOf({})).toBe('unknown');
    expect(kindOf({ settingAt: { hook: 'prerouting' } })).toBe('unknown');
    expect(kindOf({ settingAt: { hook: 'postrouting', priority: 10 } })).toBe('unknown');
    expect(kindOf({ setting: [{ kind: 'unmodelledVerdict', text: 'queue' }] })).toBe('unknown');
    expect(kindOf({ settingAt: { hook: 'forward' } })).toBe('proof');
  });

  it('cannot be undone by setting the mark again, nor carried over to the mark of the packet', () => {
    const clear: Statement = { ...SET, change: { kind: 'value', keep: 0n, value: 0n } };
    expect(kindOf({ asking: [[clear], [UNMARKED, DROP]] })).toBe('unknown');
    const unmarked = match(condition('mark', ...single(0)));
    expect(kindOf({ asking: [[CARRY], [unmarked, DROP]] })).toBe('unknown');
  });

  it.each([
    ['8.8.8.8', 'proof'],
    ['203.0.113.9', 'proof'],
    ['255.255.255.255', 'unknown'],
    ['224.0.2.1', 'unknown'],
    // The last address of a network of the host, and its first: a broadcast address to kernels before 5.14.
    ['203.0.113.255', 'unknown'],
    ['203.0.113.0', 'unknown'],
  ])('makes it doubtful whether what may go to %s only leaves: %s', (address, kind) => {
    const { rule, table, ruleset } = rulesets();
    const family = to('0.0.0.0/0').slice(0, 1);
    const only = to(address).slice(1);
    const others = rule(...family, { ...only[0], negated: true } as Statement, DROP);
    const fence = ruleset(...rules({}).tables, table('ip', 'only', [baseChain('only', [others])]));
    expect(provable(fence, HOST, outboundSpace(4, single(1001))).kind).toBe(kind);
  });

  it('is made behind postrouting for groups of IPv6', () => {
    expect(kindOf({ version: 6 })).toBe('proof');
    const egress = { hook: 'egress', devices: ['*'] } as const;
    expect(kindOf({ version: 6, askingAt: egress })).toBe('unknown');
    expect(kindOf({ version: 6, askingAt: egress, settingAt: { hook: 'forward' } })).toBe('proof');
  });

  it('keeps a proof from resting on a source that rules translate', () => {
    const { rule, table, ruleset } = rulesets();
    const family = to('0.0.0.0/0').slice(0, 1);
    const own = match(condition('saddr', [0xc0a80102n, 0xc0a80102n]));
    const post = { hook: 'postrouting', priority: 100 } as const;
    // The socket keeps the packet from the translation, but not the copy, which has none.
    const fence = (...last: Statement[]) =>
      ruleset(
        table('ip', 'f', [
          baseChain('out', [
            rule({ ...NEW, negated: true } as Statement, DROP),
            rule(own, ACCEPT),
            rule(DROP),
          ]),
          baseChain('nat', [rule(uid(1001), ACCEPT), rule(...family, ...last)], { ...post, type: 'nat' }),
          baseChain('ask', [rule(own, DROP)], { ...post, priority: 300 }),
        ]),
      );
    expect(provable(fence(ACCEPT), HOST, outboundSpace(4, single(1001))).kind).toBe('proof');
    expect(provable(fence(SNAT), HOST, outboundSpace(4, single(1001))).kind).toBe('unknown');
  });

  it('is told of a packet in the same way', () => {
    const asked = (daddr: bigint, setting: readonly Statement[] = [SET]) =>
      evaluatePacket(rules({ setting }), HOST, {
        direction: 'out',
        version: 4,
        l4proto: 17n,
        daddr,
        saddr: 0xc0a80102n,
        sport: 40_000n,
        dport: 443n,
        skuid: 1001n,
        skgid: 1001n,
        oifname: 'eth0',
      }).verdict;
    expect(asked(0x08080808n)).toBe('drop');
    expect(asked(0xffffffffn, [DROP])).toBe('drop');
    // The last address of a network of the host, its first (a broadcast address to kernels before 5.14), and a group.
    for (const daddr of [0xffffffffn, 0xc0a801ffn, 0xc0a80100n, 0xe00000fbn])
      expect(asked(daddr)).toBe('unknown');
  });
});
