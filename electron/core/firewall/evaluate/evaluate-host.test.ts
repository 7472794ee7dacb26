import { describe, expect, it } from 'vitest';
import type { Ruleset, Statement } from '../model.ts';
import type { Packet } from '../packet.ts';
import { evaluatePacket } from './evaluate.ts';
import { HOME, inFilter, judge, ONE, out } from './testing/home.ts';
import { base, chain, is, named, rule, ruleset, table, v } from './testing/models.ts';

describe('interfaces', () => {
  const drops = (pattern: string): Ruleset => inFilter([rule([named('oifname', pattern), v('drop')])]);

  it('are compared whole, or as far as the star', () => {
    expect(judge(drops('eth0')).verdict).toBe('drop');
    expect(judge(drops('eth')).verdict).toBe('accept');
    expect(judge(drops('et*')).verdict).toBe('drop');
    expect(judge(drops('w*')).verdict).toBe('accept');
  });

  it('that are not given are some interface that is not lo', () => {
    expect(judge(drops('lo'), { oifname: undefined }).verdict).toBe('accept');
    expect(judge(drops('eth0'), { oifname: undefined })).toMatchObject({
      verdict: 'unknown',
      missing: ['oifname'],
    });
    expect(judge(drops('*'), { oifname: undefined }).verdict).toBe('drop');
  });

  it('that a packet has not have the empty name, so a negation matches', () => {
    const input: Statement = {
      kind: 'match',
      negated: true,
      alternatives: [[{ field: 'iifname', values: { kind: 'names', patterns: ['eth0'] } }]],
    };
    expect(judge(inFilter([rule([input, v('drop')])])).verdict).toBe('drop');
  });

  it('bind chains of netdev at egress, behind all others', () => {
    const fence = (device: string) =>
      ruleset({
        ...table('netdev', 'fence', [
          chain('e', base('egress', { devices: [device] }), [rule([is('nfproto', 4n), v('drop')])]),
        ]),
      });
    expect(judge(fence('eth0')).verdict).toBe('drop');
    expect(judge(fence('eth1')).verdict).toBe('accept');
    expect(judge(fence('eth0'), { oifname: undefined }).verdict).toBe('unknown');
  });

  it('leave open what a chain at egress does when its interfaces are not listed', () => {
    const rules = (how: string) =>
      ruleset(table('netdev', 'n', [chain('e', base('egress'), [rule([is('skuid', 1001n), v(how)])])]));
    expect(judge(rules('drop'))).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringContaining('to which interfaces chain e is bound'),
    });
    expect(judge(rules('accept')).verdict).toBe('accept');
    const limited = ruleset(
      table('netdev', 'n', [
        chain('e', base('egress'), [rule([{ kind: 'may', text: 'limit', whenQuiet: true }, v('drop')])]),
      ]),
    );
    expect(judge(limited).reason).toBe('It may pass: "limit" lets some packets through.');
  });
});

describe('a packet for the host itself', () => {
  it('leaves by lo and comes back in, without its socket', () => {
    const rules = ruleset(
      table('inet', 'f', [
        chain('i', base('input', { policy: 'drop' }), [
          rule([is('skuid', 1001n), v('accept')]),
          rule([named('iifname', 'lo'), is('dport', 80n), v('accept')]),
        ]),
      ]),
    );
    const toLoopback: Partial<Packet> = { daddr: 0x7f00_0001n, saddr: 0x7f00_0001n, oifname: undefined };
    expect(judge(rules, toLoopback).verdict).toBe('drop');
    expect(judge(rules, { ...toLoopback, dport: 80n }).verdict).toBe('accept');
    expect(judge(rules).verdict).toBe('accept');
  });
});

describe('the host', () => {
  it('is asked only where it matters', () => {
    const local = inFilter([rule([is('fibDaddrType', 2n), v('drop')])]);
    expect(evaluatePacket(local, HOME, out).verdict).toBe('accept');
    expect(judge(local, { oifname: 'lo', daddr: ONE }).verdict).toBe('drop');
    const broadcast = inFilter([rule([is('fibDaddrType', 3n), v('drop')])]);
    expect(judge(broadcast).verdict).toBe('unknown');
    expect(evaluatePacket(broadcast, HOME, out).verdict).toBe('accept');
    expect(evaluatePacket(broadcast, HOME, { ...out, daddr: 0x0a09_00ffn }).verdict).toBe('drop');
    expect(judge(broadcast, { daddr: 0xffff_ffffn }).verdict).toBe('drop');
  });

  it('gives the source of what it sends when the question does not', () => {
    const own = inFilter([rule([is('saddr', [0x0a09_0000n, 0x0a09_00ffn]), v('drop')])]);
    expect(evaluatePacket(own, HOME, { ...out, saddr: undefined })).toMatchObject({
      verdict: 'unknown',
      missing: ['saddr'],
    });
    const foreign = inFilter([rule([is('saddr', 0x0808_0808n), v('drop')])]);
    expect(evaluatePacket(foreign, HOME, { ...out, saddr: undefined }).verdict).toBe('accept');
  });
});
