import { describe, expect, it } from 'vitest';
import { type HostContext, UNKNOWN_HOST } from '../host.ts';
import { single } from '../interval.ts';
import type { Ruleset, Statement } from '../model.ts';
import { rewrittenInto } from '../questions/translated-into.ts';
import { provable } from './provable.ts';
import { outboundSpace } from './space.ts';
import { ACCEPT, baseChain, condition, DROP, match, rulesets } from './testing/rules.ts';

const SPACE = outboundSpace(4, single(1001));
const UNKNOWN: Statement = { kind: 'unmodelledVerdict', text: 'meta mark set jhash' };
const by = (pattern: string, negated = false): Statement => ({
  kind: 'match',
  alternatives: [[{ field: 'oifname', values: { kind: 'names', patterns: [pattern] } }]],
  negated,
});
const kindOf = (rules: Ruleset, host: HostContext = UNKNOWN_HOST) => provable(rules, host, SPACE).kind;

/** Two chains that together stop whatever goes by an interface that stays the same. */
function halves(...before: Statement[]): Ruleset {
  const { rule, table, ruleset } = rulesets();
  return ruleset(
    table('inet', 'f', [
      baseChain('route', before.length > 0 ? [rule(...before)] : [], { type: 'route', priority: -150 }),
      baseChain('out', [rule(by('eth*'), DROP)]),
      baseChain('post', [rule(by('eth*', true), DROP)], { hook: 'postrouting' }),
    ]),
  );
}

describe('no proof rests on', () => {
  it('an interface that a changed TOS may have changed', () => {
    expect(kindOf(halves())).toBe('proof');
    expect(kindOf(halves({ kind: 'setRoute', text: 'ip dscp set 8' }))).not.toBe('proof');
  });

  it('a mark behind a rule that is not known', () => {
    const { rule, table, ruleset } = rulesets();
    const rules = (...first: Statement[]) =>
      ruleset(
        table('inet', 'f', [
          baseChain('marks', first.length > 0 ? [rule(...first)] : [], { priority: -150 }),
          baseChain('fence', [rule(match(condition('mark', [1n, 1n])), ACCEPT), rule(DROP)]),
        ]),
      );
    expect(kindOf(rules())).toBe('proof');
    expect(kindOf(rules(UNKNOWN))).toBe('unknown');
  });

  it.each([
    [4, 0xcb007105n, 24],
    [6, (0x20010db8n << 96n) + 5n, 64],
  ] as const)(
    'a public address of the host being at home: a bound socket sends to it by another interface, IPv%i',
    (version, value, prefix) => {
      const own: HostContext = {
        ...UNKNOWN_HOST,
        interfaces: [{ name: 'eth0', addresses: [{ version, value, prefix }] }],
      };
      const { rule, table, ruleset } = rulesets();
      const local = match(condition('fibDaddrType', [2n, 2n]));
      const rules = ruleset(table('inet', 'f', [baseChain('o', [rule(local, ACCEPT), rule(DROP)])]));
      const found = provable(rules, own, outboundSpace(version, single(1001)));
      expect(found).toMatchObject({
        kind: 'open',
        packet: { daddr: value, oifname: 'other0', skuid: 1001n },
        verdict: { verdict: 'accept' },
      });
      // By the interface that has the address it goes to the host itself.
      const only = ruleset(
        table('inet', 'f', [baseChain('o', [rule(by('eth0'), local, ACCEPT), rule(DROP)])]),
      );
      expect(provable(only, own, outboundSpace(version, single(1001))).kind).not.toBe('open');
    },
  );

  it('packets for the home network that a rule may rewrite, or copy elsewhere', () => {
    const { rule, table, ruleset } = rulesets();
    const rules = (...first: Statement[]) =>
      ruleset(table('inet', 'f', [baseChain('o', [rule(...first, UNKNOWN), rule(DROP)])]));
    expect(rewrittenInto(rules(), SPACE)).toContain('home network');
    expect(rewrittenInto(rules(match(condition('skuid', [0n, 0n]))), SPACE)).toBeNull();
  });
});
