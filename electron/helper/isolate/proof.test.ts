import { describe, expect, it } from 'vitest';
import { readRules } from './kernel-rules.ts';
import { judgeProbe } from './prove.ts';

describe('what became of a probe', () => {
  it('is stopped only by the word of the kernel about that very packet', () => {
    expect(judgeProbe('ETIMEDOUT', { before: 2, after: 0 })).toBe('stopped');
    expect(judgeProbe('EPERM', null)).toBe('stopped');
    expect(judgeProbe('ETIMEDOUT', { before: 0, after: 0 })).toBe('unknown');
    expect(judgeProbe('ENETUNREACH', { before: 0, after: 0 })).toBe('unknown');
    expect(judgeProbe('ETIMEDOUT', null)).toBe('unknown');
  });

  it('is open when the packet came out, whoever answered or not', () => {
    expect(judgeProbe('ETIMEDOUT', { before: 1, after: 1 })).toBe('open');
    expect(judgeProbe('sent', { before: 1, after: 1 })).toBe('open');
    expect(judgeProbe('open', null)).toBe('open');
    expect(judgeProbe('ECONNREFUSED', null)).toBe('open');
  });
});

describe('rules as the kernel lists them', () => {
  it('are read in each form that ours have, and passed over in any other', () => {
    const match = (left: object, right: unknown, op = '==') => ({ match: { op, left, right } });
    const payload = (protocol: string, field: string) => ({ payload: { protocol, field } });
    const rule = (expr: object[], more: object = {}) => ({ rule: { chain: 'input', expr, ...more } });
    const text = JSON.stringify({
      nftables: [
        { metainfo: {} },
        rule([
          match(payload('ip', 'saddr'), { set: ['10.0.0.1', { prefix: { addr: '10.1.0.0', len: 16 } }] }),
          match(payload('tcp', 'dport'), 22),
          { accept: null },
        ]),
        rule(
          [
            match({ meta: { key: 'skuid' } }, { set: [1990, { range: [100_000, 165_535] }] }),
            { counter: { packets: 3, bytes: 9 } },
          ],
          {
            comment: '1',
          },
        ),
        rule([match(payload('ip', 'saddr'), '10.0.0.9', '!='), { drop: null }]),
        { rule: { chain: 7 } },
      ],
    });
    const [first, second, third, ...rest] = readRules(text);
    expect(first).toMatchObject({ accepts: true, packets: 0 });
    expect(first?.matches).toEqual(
      new Map([
        ['ip saddr', ['10.0.0.1', '10.1.0.0/16']],
        ['tcp dport', ['22']],
      ]),
    );
    expect(second).toMatchObject({ accepts: false, packets: 3, comment: '1' });
    expect(second?.matches.get('meta skuid')).toEqual(['1990', '100000-165535']);
    expect(third?.matches.size).toBe(0);
    expect(rest).toEqual([]);
    for (const bad of ['', '{', '[]', '{"nftables":7}']) expect(readRules(bad)).toEqual([]);
  });
});
