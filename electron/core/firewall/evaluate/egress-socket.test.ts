import { describe, expect, it } from 'vitest';
import { UNKNOWN_HOST } from '../host.ts';
import type { Statement } from '../model.ts';
import type { Packet } from '../packet.ts';
import { provable } from '../prove/provable.ts';
import { outboundSpace } from '../prove/space.ts';
import { baseChain, condition, DROP, match, rulesets, uid } from '../prove/testing/rules.ts';
import { evaluatePacket } from './evaluate.ts';

const PACKET: Packet = {
  direction: 'out',
  version: 4,
  l4proto: 17n,
  daddr: 0x0808_0808n,
  sport: 40_000n,
  dport: 53n,
  skuid: 1_001n,
  skgid: 1_001n,
  oifname: 'eth0',
};

/** One rule that drops, at egress of every interface that there is. */
function dropped(...statements: Statement[]) {
  const { rule, table, ruleset } = rulesets();
  const base = { hook: 'egress', devices: ['*'] } as const;
  const rules = ruleset(table('netdev', 't', [baseChain('e', [rule(...statements, DROP)], base)]));
  return {
    one: evaluatePacket(rules, UNKNOWN_HOST, PACKET),
    all: provable(rules, UNKNOWN_HOST, outboundSpace(4, [[1_001n, 1_001n]])).kind,
  };
}

/** A datagram that waits for the address of its neighbour has no socket any more when that was closed. */
describe('at egress', () => {
  it.each([
    ['the account', uid(1_001)],
    ['another account than that', match(condition('skuid', [0n, 1_000n], [1_002n, 0xffff_ffffn]))],
    ['the group', match(condition('skgid', [1_001n, 1_001n]))],
    ['a socket', match(condition('socket', [1n, 1n]))],
  ])('a rule for %s stops nothing for certain', (what, asked) => {
    const isOther = what.startsWith('another');
    const { one, all } = dropped(isOther && asked.kind === 'match' ? { ...asked, negated: true } : asked);
    expect(one.verdict).toBe('unknown');
    expect(one.reason).toContain('socket');
    expect(all).not.toBe('proof');
  });

  it('a rule for another account stops it never, and one for everybody always', () => {
    expect(dropped(uid(1_002)).one.verdict).toBe('accept');
    expect(dropped().one.verdict).toBe('drop');
    expect(dropped().all).toBe('proof');
  });
});
