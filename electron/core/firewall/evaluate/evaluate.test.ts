import { describe, expect, it } from 'vitest';
import type { Ruleset, Statement } from '../model.ts';
import { MANNER_OPEN } from './evaluate.ts';
import { inFilter, judge } from './testing/home.ts';
import { base, chain, condition, is, isNot, rule, ruleset, setMark, table, v } from './testing/models.ts';

const UNMODELLED: Statement = { kind: 'unmodelled', text: 'osf name "Linux"' };
const may = (whenQuiet: boolean | null): Statement => ({
  kind: 'may',
  text: 'limit rate 1/second',
  whenQuiet,
});

describe('rules and chains', () => {
  it('let a packet pass where no chain looks at it', () => {
    expect(judge(ruleset())).toEqual({
      verdict: 'accept',
      path: [],
      reason: 'No chain looks at it.',
      missing: [],
    });
  });

  it('give the verdict of the first rule that matches, else the policy', () => {
    const rules = inFilter(
      [rule([is('skuid', 1001n), is('dport', 53n), v('accept')]), rule([is('skuid', 1001n), v('reject')])],
      'drop',
    );
    expect(judge(rules).verdict).toBe('accept');
    expect(judge(rules, { dport: 80n }).verdict).toBe('reject');
    expect(judge(rules, { skuid: 5n })).toMatchObject({
      verdict: 'drop',
      reason: 'The policy of chain output in table inet filter drops it.',
      path: [{ table: 'inet filter', chain: 'output', hook: 'output', rule: null, outcome: 'policy drop' }],
    });
  });

  it('end a rule that asks for what the packet has not, also under a negation', () => {
    expect(judge(inFilter([rule([isNot('dport', 53n), v('drop')])]), { l4proto: 47n }).verdict).toBe(
      'accept',
    );
    const input = ruleset(
      table('inet', 'f', [chain('i', base('input'), [rule([isNot('skuid', 0n), v('drop')])])]),
    );
    expect(judge(input, { direction: 'in', iifname: 'eth0' }).verdict).toBe('accept');
  });

  it('end a negated choice of several when any field cannot be answered', () => {
    const neither: Statement = {
      kind: 'match',
      negated: true,
      alternatives: [[condition('dport', 99n)], [condition('l4proto', 6n)]],
    };
    expect(judge(inFilter([rule([neither, v('drop')])])).verdict).toBe('drop');
    expect(judge(inFilter([rule([neither, v('drop')])]), { l4proto: 47n }).verdict).toBe('accept');
  });

  it('let other alternatives hold where one asks for what the packet has not', () => {
    const either: Statement = {
      kind: 'match',
      negated: false,
      alternatives: [[condition('dport', 53n)], [condition('l4proto', 47n)]],
    };
    expect(judge(inFilter([rule([either, v('drop')])]), { l4proto: 47n }).verdict).toBe('drop');
  });

  it('go on within the rule where a verdict or an entry of a map says so', () => {
    const map = (kind: 'continue' | 'return'): Statement => ({
      kind: 'verdictMap',
      entries: [{ conditions: [condition('dport', 53n)], verdict: { kind } }],
    });
    const rules = (kind: 'continue' | 'return') =>
      inFilter([rule([map(kind), v('accept')]), rule([v('continue'), v('drop')])]);
    expect(judge(rules('continue')).verdict).toBe('accept');
    expect(judge(rules('continue'), { dport: 80n }).verdict).toBe('drop');
    expect(judge(rules('return')).verdict).toBe('accept');
  });

  it('accept ends its base chain only, drop everything', () => {
    const rules = ruleset(
      table('inet', 'late', [
        chain('o', base('output', { priority: 10 }), [rule([is('dport', 53n), v('drop')])]),
      ]),
      table('inet', 'early', [chain('o', base('output', { priority: -10 }), [rule([v('accept')])])]),
    );
    expect(judge(rules).verdict).toBe('drop');
    expect(judge(rules, { dport: 80n }).verdict).toBe('accept');
  });

  const called = (last: readonly ReturnType<typeof rule>[], how: string) =>
    ruleset(
      table('inet', 'f', [
        chain('o', base('output', { policy: 'drop' }), [rule([v(`${how} own`)]), rule([v('accept')])]),
        chain('own', null, last),
      ]),
    );

  it('come back behind a jump, at the end of the chain and by return', () => {
    expect(judge(called([], 'jump')).verdict).toBe('accept');
    expect(judge(called([rule([v('return')]), rule([v('drop')])], 'jump')).verdict).toBe('accept');
    expect(judge(called([rule([v('drop')])], 'jump')).verdict).toBe('drop');
  });

  it('do not come back behind a goto: the policy decides', () => {
    expect(judge(called([], 'goto')).verdict).toBe('drop');
    expect(judge(called([rule([v('return')])], 'goto')).verdict).toBe('drop');
    expect(judge(called([rule([v('accept')])], 'goto')).verdict).toBe('accept');
  });

  it('cannot be told behind a jump to nowhere, in a circle, or deeper than the kernel goes', () => {
    const nowhere = inFilter([rule([v('jump gone')])]);
    expect(judge(nowhere)).toMatchObject({ verdict: 'unknown', reason: expect.stringContaining('gone') });
    const circle = (how: string) =>
      ruleset(
        table('inet', 'f', [
          chain('o', base('output'), [rule([v(`${how} a`)])]),
          chain('a', null, [rule([v(`${how} a`)])]),
        ]),
      );
    expect(judge(circle('jump')).verdict).toBe('unknown');
    expect(judge(circle('goto')).verdict).toBe('unknown');
    const deep = (levels: number) =>
      ruleset(
        table('inet', 'f', [
          chain('o', base('output'), [rule([v('jump c1')])]),
          ...Array.from({ length: levels }, (_, index) =>
            chain(
              `c${index + 1}`,
              null,
              index + 1 < levels ? [rule([v(`jump c${index + 2}`)])] : [rule([v('drop')])],
            ),
          ),
        ]),
      );
    expect(judge(deep(16)).verdict).toBe('drop');
    expect(judge(deep(17)).verdict).toBe('unknown');
  });

  it('ask only the tables of the family, and none that is dormant', () => {
    const drop = [chain('o', base('output'), [rule([v('drop')])])];
    expect(judge(ruleset(table('ip6', 'f', drop))).verdict).toBe('accept');
    expect(judge(ruleset(table('ip', 'f', drop))).verdict).toBe('drop');
    expect(judge(ruleset({ ...table('ip', 'f', drop), dormant: true })).verdict).toBe('accept');
  });

  it('keep a mark for the chains behind', () => {
    const rules = (value: bigint) =>
      ruleset(
        table('inet', 'f', [
          chain('mangle', base('output', { priority: -150 }), [rule([setMark(value)])]),
          chain('filter', base('postrouting'), [rule([is('mark', 7n), v('drop')])]),
        ]),
      );
    expect(judge(rules(7n)).verdict).toBe('drop');
    expect(judge(rules(8n)).verdict).toBe('accept');
  });
});

describe('what happens sometimes', () => {
  it('passes when it can pass, and says so', () => {
    const told = judge(inFilter([rule([may(true), v('accept')])], 'drop'));
    expect(told).toMatchObject({ verdict: 'accept', reason: expect.stringContaining('may pass') });
    expect(told.path.map(({ outcome }) => outcome)).toContain('may pass');
    expect(judge(inFilter([rule([may(false), v('drop')])])).verdict).toBe('accept');
  });

  it('is stopped when both ways are stopped, as it is when nothing else flows', () => {
    const rules = (quiet: boolean) => inFilter([rule([may(quiet), v('reject')])], 'drop');
    expect(judge(rules(true)).verdict).toBe('reject');
    expect(judge(rules(false)).verdict).toBe('drop');
  });

  it('passes for certain when one of its ways does, whatever is not known about the other', () => {
    const rules = inFilter([rule([may(null), v('accept')]), rule([UNMODELLED, v('drop')])], 'drop');
    expect(judge(rules).verdict).toBe('accept');
  });
});

describe('what cannot be told', () => {
  it('is unknown where the ways end differently, and names the rule', () => {
    const told = judge(inFilter([rule([UNMODELLED, v('drop')], 'osf name "Linux" drop')]));
    expect(told.verdict).toBe('unknown');
    expect(told.reason).toBe(
      'Whether rule "osf name "Linux" drop" in chain output of table inet filter matches cannot be told: what "osf name "Linux"" does is not modelled.',
    );
    expect(told.path[0]?.outcome).toBe('cannot tell');
  });

  it('is no matter where both ways end alike', () => {
    expect(judge(inFilter([rule([UNMODELLED, v('drop')])], 'drop')).verdict).toBe('drop');
    expect(judge(inFilter([rule([UNMODELLED, v('accept')])])).verdict).toBe('accept');
  });

  it('says that it does not pass where only the manner is unknown', () => {
    const told = judge(inFilter([rule([UNMODELLED, v('reject')])], 'drop'));
    expect(told).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringContaining('does not pass either way'),
    });
  });

  it('names a field of the packet that is missing, only where it matters', () => {
    const rules = inFilter(
      [rule([is('dport', 53n), v('accept')]), rule([is('skuid', 1n), v('drop')])],
      'drop',
    );
    expect(judge(rules, { dport: undefined })).toMatchObject({ verdict: 'unknown', missing: ['dport'] });
    expect(judge(rules, { skuid: undefined })).toMatchObject({ verdict: 'accept', missing: [] });
    expect(judge(rules, { dport: 80n, skuid: undefined })).toMatchObject({ verdict: 'drop', missing: [] });
  });

  it.each([
    ['queue', { kind: 'unmodelledVerdict', text: 'queue to 0' } as const],
    ['tproxy', { kind: 'unmodelledVerdict', text: 'tproxy to :1' } as const],
  ])('ends at a verdict that is not modelled: %s', (_name, statement) => {
    expect(judge(inFilter([rule([statement])]))).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringContaining(statement.text),
    });
  });

  it('is everything when a part of the rules was not seen', () => {
    const seen = { ...inFilter([rule([v('drop')])]), missing: ['rules of legacy iptables, IPv6'] };
    expect(judge(seen)).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringContaining('rules of legacy iptables, IPv6'),
    });
  });

  it('is followed with work that grows with the rules, not with the ways', () => {
    const marks = Array.from({ length: 40 }, (_, bit) => rule([UNMODELLED, setMark(BigInt(bit % 4))]));
    const many = Array.from({ length: 4_000 }, () => rule([UNMODELLED, is('mark', 1n), v('drop')]));
    // More than half a million rules looked at would be another reason.
    expect(judge(inFilter([...marks, ...many]))).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringContaining('is not modelled'),
    });
  }, 20_000);

  it('gives up, and says so, where the ways are too many', () => {
    const doubling = Array.from({ length: 40 }, (_, bit) =>
      rule([
        UNMODELLED,
        {
          kind: 'setMark',
          field: 'mark',
          change: { kind: 'value', keep: 0xffff_ffffn, value: 1n << BigInt(bit % 32) },
        },
      ]),
    );
    const long = Array.from({ length: 200 }, () => rule([is('mark', 0x1234_5678n), v('drop')]));
    const rules = inFilter([...doubling, ...long]);
    expect(judge(rules)).toMatchObject({ verdict: 'unknown', reason: expect.stringContaining('more ways') });
  }, 20_000);
});

describe('chains of equal priority', () => {
  const marks = (name: string) => table('inet', name, [chain('o', base('output'), [rule([setMark(1n)])])]);
  const asks = (name: string) =>
    table('inet', name, [chain('o', base('output'), [rule([is('mark', 1n), v('drop')])])]);

  it('of one table run the newest first, as the kernel registers them', () => {
    const order = (first: string, second: string) => {
      const chains = { marks: [rule([setMark(1n)])], asks: [rule([is('mark', 1n), v('drop')])] };
      return ruleset(
        table('inet', 'f', [
          chain(first, base('output'), chains[first as 'marks']),
          chain(second, base('output'), chains[second as 'marks']),
        ]),
      );
    };
    expect(judge(order('marks', 'asks')).verdict).toBe('accept');
    expect(judge(order('asks', 'marks')).verdict).toBe('drop');
  });

  it('of two tables run in an order that is not known: unknown where it makes a difference', () => {
    for (const rules of [ruleset(marks('a'), asks('b')), ruleset(asks('b'), marks('a'))])
      expect(judge(rules)).toMatchObject({ verdict: 'unknown', reason: expect.stringContaining('order') });
    const drops = table('inet', 'c', [chain('o', base('output'), [rule([is('dport', 53n), v('drop')])])]);
    expect(judge(ruleset(drops, marks('a'))).verdict).toBe('drop');
  });

  it('of two tables that stop in different manners: stopped, and whether the sender is told is not certain', () => {
    const stops = (name: string, how: string, priority = 0) =>
      table('ip', name, [chain('o', base('output', { priority }), [rule([is('dport', 53n), v(how)])])]);
    const told = (rules: Ruleset) => judge(rules).reason.endsWith(MANNER_OPEN);
    expect(judge(ruleset(stops('a', 'drop'), stops('b', 'reject'))).verdict).toMatch(/^(drop|reject)$/);
    expect(told(ruleset(stops('a', 'drop'), stops('b', 'reject')))).toBe(true);
    expect(told(ruleset(stops('a', 'drop'), stops('b', 'drop')))).toBe(false);
    expect(told(ruleset(stops('a', 'drop'), stops('b', 'reject', 5)))).toBe(false);
  });
});
