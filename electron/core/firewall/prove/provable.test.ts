import { describe, expect, it } from 'vitest';
import { UNKNOWN_HOST } from '../host.ts';
import { single } from '../interval.ts';
import { provable } from './provable.ts';
import { outboundSpace } from './space.ts';
import { ACCEPT, baseChain, DROP, rulesets, to, uid } from './testing/rules.ts';

const agent = single(1001);

describe('whether the agent can get out', () => {
  it('proves the five lines of the security model for IPv4, and shows a packet for IPv6', () => {
    const { rule, table, ruleset } = rulesets();
    const lan = ['127.0.0.0/8', '192.168.0.0/16', '10.0.0.0/8', '172.16.0.0/12'];
    const rules = [...lan.map((net) => rule(uid(1001), ...to(net), ACCEPT)), rule(uid(1001), DROP)];
    const set = ruleset(table('ip', 'filter', [baseChain('OUTPUT', rules)]));
    const four = provable(set, UNKNOWN_HOST, outboundSpace(4, agent));
    expect(four.kind).toBe('proof');
    const six = provable(set, UNKNOWN_HOST, outboundSpace(6, agent));
    expect(six.kind).toBe('open');
  });
});
