import { describe, expect, it } from 'vitest';
import type { MarkChange, Statement } from '../model.ts';
import { inFilter, judge } from './testing/home.ts';
import { condition, is, rule, setMark, v } from './testing/models.ts';

const ALL = 0xffff_ffffn;
const change = (kind: MarkChange, field: 'mark' | 'ctMark' = 'mark'): Statement => ({
  kind: 'setMark',
  field,
  change: kind,
});

describe('a mark', () => {
  it.each([
    ['set', { kind: 'value', keep: 0n, value: 6n }, 6n],
    ['or', { kind: 'value', keep: ALL & ~6n, value: 6n }, 7n],
    ['and', { kind: 'value', keep: 6n, value: 0n }, 2n],
    ['xor', { kind: 'value', keep: ALL, value: 6n }, 5n],
    ['copied from that of the connection', { kind: 'copy', keep: 0n, from: 'ctMark', take: ALL }, 12n],
    ['taken over in part', { kind: 'copy', keep: 3n, from: 'ctMark', take: 0xcn }, 15n],
  ] as const)('%s', (_what, kind, expected) => {
    const first = [rule([setMark(3n)]), rule([setMark(12n, 'ctMark')])];
    const rules = (asked: bigint) =>
      inFilter([...first, rule([change(kind)]), rule([is('mark', asked), v('drop')])]);
    expect(judge(rules(expected)).verdict).toBe('drop');
    expect(judge(rules(expected + 1n)).verdict).toBe('accept');
  });

  it('is looked up in a map, and a packet without an entry leaves the rule', () => {
    const mapped: Statement = {
      kind: 'mapMark',
      field: 'mark',
      entries: [
        { conditions: [condition('dport', 53n)], value: 1n },
        { conditions: [condition('dport', 80n)], value: 2n },
      ],
    };
    const rules = inFilter([rule([mapped, is('mark', 2n), v('reject')]), rule([v('drop')])]);
    expect(judge(rules, { dport: 80n }).verdict).toBe('reject');
    expect(judge(rules, { dport: 53n }).verdict).toBe('drop');
    expect(judge(rules, { dport: 1n }).verdict).toBe('drop');
    expect(judge(rules, { dport: undefined }).verdict).toBe('unknown');
  });

  it('of a connection ends the rule where there is none', () => {
    const early = (kind: MarkChange, field: 'mark' | 'ctMark') =>
      inFilter([rule([{ kind: 'notrack' }]), rule([change(kind, field), v('drop')])]);
    const untracked = {
      l4proto: 58n,
      version: 6 as const,
      icmpType: 135n,
      sport: undefined,
      dport: undefined,
    };
    expect(
      judge(early({ kind: 'copy', keep: 0n, from: 'ctMark', take: ALL }, 'mark'), untracked).verdict,
    ).toBe('accept');
    expect(judge(early({ kind: 'value', keep: 0n, value: 1n }, 'ctMark'), untracked).verdict).toBe('drop');
  });
});

describe('a verdict map', () => {
  const entry = (port: bigint, verdict: 'accept' | 'drop' | 'reject') => ({
    conditions: [condition('dport', port)],
    verdict: { kind: verdict },
  });
  const rules = inFilter(
    [rule([{ kind: 'verdictMap', entries: [entry(53n, 'accept'), entry(80n, 'reject')] }])],
    'drop',
  );

  it('gives the verdict of its entry, or none', () => {
    expect(judge(rules).verdict).toBe('accept');
    expect(judge(rules, { dport: 80n }).verdict).toBe('reject');
    expect(judge(rules, { dport: 81n }).verdict).toBe('drop');
    expect(judge(rules, { dport: undefined })).toMatchObject({ verdict: 'unknown', missing: ['dport'] });
  });
});
