import { describe, expect, it } from 'vitest';
import { UNKNOWN_HOST } from '../host.ts';
import type { Packet } from '../packet.ts';
import { evaluatePacket } from './evaluate.ts';
import { base, chain, is, rule, ruleset, table, v } from './testing/models.ts';

const packet: Packet = {
  direction: 'out',
  version: 4,
  l4proto: 17n,
  saddr: 0x0a090001n,
  daddr: 0x0a090002n,
  sport: 4000n,
  dport: 53n,
  skuid: 1001n,
  skgid: 1001n,
  oifname: 'eth0',
};
const judge = (rules: ReturnType<typeof ruleset>, changes: Partial<Packet> = {}) =>
  evaluatePacket(rules, UNKNOWN_HOST, { ...packet, ...changes });

describe('a packet and one chain', () => {
  it('passes without any chain', () => expect(judge(ruleset()).verdict).toBe('accept'));

  it('gets the verdict of the first rule that matches, or the policy', () => {
    const rules = ruleset(
      table('inet', 'filter', [
        chain('output', base('output', { policy: 'drop' }), [
          rule([is('skuid', 1001n), is('dport', 53n), v('accept')]),
          rule([is('skuid', 1001n), v('reject')]),
        ]),
      ]),
    );
    expect(judge(rules).verdict).toBe('accept');
    expect(judge(rules, { dport: 80n }).verdict).toBe('reject');
    expect(judge(rules, { skuid: 5n })).toMatchObject({
      verdict: 'drop',
      path: [{ table: 'inet filter', chain: 'output', hook: 'output', rule: null, outcome: 'policy drop' }],
    });
  });
});
