import { describe, expect, it } from 'vitest';
import { type HostContext, UNKNOWN_HOST } from '../host.ts';
import { single } from '../interval.ts';
import type { Statement } from '../model.ts';
import { provable } from './provable.ts';
import { inboundSpace, outboundSpace } from './space.ts';
import { ACCEPT, baseChain, DROP, port, protocol, rulesets, to, uid } from './testing/rules.ts';

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

describe('whether a packet gets to another machine by translation', () => {
  const { rule, table, ruleset } = rulesets();
  const away: Statement = {
    kind: 'nat',
    type: 'dnat',
    entries: [{ conditions: [], target: { address: [0xac110002n, 0xac110002n], port: [80n, 80n] } }],
  };
  const rules = ruleset(
    table('ip', 'nat', [
      baseChain('PREROUTING', [rule(...to('203.0.113.5'), protocol(6n), port(8080), away)], {
        type: 'nat',
        hook: 'prerouting',
        priority: -100,
      }),
    ]),
    table('ip', 'filter', [baseChain('INPUT', [], { hook: 'input', policy: 'drop' })]),
  );
  const space = inboundSpace(4, 0xcb007105n, 6n, 8_080);
  const host = (forwards: boolean | null): HostContext => ({
    interfaces: [
      { name: 'eth0', addresses: [{ version: 4, value: 0xcb007105n, prefix: 24 }] },
      { name: 'docker0', addresses: [{ version: 4, value: 0xac110001n, prefix: 16 }] },
    ],
    routes: [{ version: 4, value: 0n, prefix: 0, oifname: 'eth0' }],
    forwarding: { 4: forwards, 6: null },
  });

  it('is shown where the host forwards', () => {
    expect(provable(rules, host(true), space)).toMatchObject({
      kind: 'open',
      packet: { direction: 'in', dport: 8_080n },
    });
  });

  it.each([
    [false, 'the host does not forward IPv4 now'],
    [null, 'whether the host forwards IPv4 is not known'],
  ])('is not told where forwarding is %s', (forwards, words) => {
    expect(provable(rules, host(forwards), space)).toEqual({
      kind: 'unknown',
      reasons: [expect.stringContaining(words)],
    });
  });
});
