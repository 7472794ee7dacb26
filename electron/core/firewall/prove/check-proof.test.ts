import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNKNOWN_HOST } from '../host.ts';
import { single } from '../interval.ts';
import type { Condition, Ruleset, Statement } from '../model.ts';
import { checkProof } from './check-proof.ts';
import { rulesetDigest } from './digest.ts';
import { type Proof, readProof } from './proof.ts';
import { provable } from './provable.ts';
import { outboundSpace } from './space.ts';
import {
  ACCEPT,
  baseChain,
  condition,
  DROP,
  jump,
  match,
  plainChain,
  port,
  protocol,
  rulesets,
  to,
  uid,
} from './testing/rules.ts';

/** An accept for web that is shadowed for half of the addresses by one drop and for the others by another. */
function shadowed(last = DROP): Ruleset {
  const { rule, table, ruleset } = rulesets();
  const rules = [
    rule(...to('0.0.0.0/1'), protocol(6n), port(443), DROP),
    rule(...to('128.0.0.0/1'), protocol(6n), port(443), DROP),
    rule(protocol(6n), port(443), ACCEPT),
    rule(uid(1001), last),
  ];
  return ruleset(table('ip', 'filter', [baseChain('OUTPUT', rules)]));
}

const RULES = shadowed();

function proofOf(ruleset: Ruleset): Proof {
  const found = provable(ruleset, UNKNOWN_HOST, outboundSpace(4, single(1001)));
  if (found.kind !== 'proof') throw new Error(`expected a proof, got ${found.kind}`);
  return found.proof;
}

const PROOF = proofOf(RULES);

/** Chains of which each jumps 40 times to the next; the last one drops, or jumps back. */
function branches(depth: number, back: string | null = null): Ruleset {
  const { rule, table, ruleset } = rulesets();
  const chains = Array.from({ length: depth }, (_, level) =>
    plainChain(
      `c${level + 1}`,
      level + 1 < depth
        ? Array.from({ length: 40 }, () => rule(protocol(6n), jump(`c${level + 2}`)))
        : [rule(back === null ? DROP : jump(back))],
    ),
  );
  return ruleset(table('ip', 'filter', [baseChain('OUTPUT', [rule(jump('c1')), rule(DROP)]), ...chains]));
}

/** A copy of the proof, changed. */
function changed(change: (proof: Proof) => void): Proof {
  const copy = structuredClone(PROOF);
  change(copy);
  return copy;
}

describe('a proof', () => {
  it('holds for its rules, also when it was written down and read again', () => {
    expect(PROOF.regions.length).toBeGreaterThan(3);
    expect(() => checkProof(RULES, PROOF)).not.toThrow();
    const read = readProof(JSON.stringify(PROOF));
    if (!read.ok) throw new Error(read.reason);
    expect(() => checkProof(RULES, read.proof)).not.toThrow();
  });

  it('is refused for other rules, and for rules of which a part was not seen', () => {
    expect(() => checkProof(shadowed(ACCEPT), PROOF)).toThrow('other rules');
    expect(() => checkProof({ ...RULES, missing: ['the rules of legacy iptables'] }, PROOF)).toThrow(
      'other rules',
    );
  });

  it('is refused with a gap: a region that is left out', () => {
    const last = PROOF.regions.length - 1;
    expect(() =>
      checkProof(
        RULES,
        changed((proof) => proof.regions.splice(last, 1)),
      ),
    ).toThrow('no region');
    expect(() =>
      checkProof(
        RULES,
        changed((proof) => proof.regions.push({ stoppedBy: [0], redirectedBy: [] })),
      ),
    ).toThrow('too many regions');
  });

  it('is refused when a region names no rule, or another one', () => {
    for (const [index, region] of PROOF.regions.entries()) {
      if ('split' in region) continue;
      const with_ = (stoppedBy: number[]) =>
        changed((proof) => {
          proof.regions[index] = { stoppedBy, redirectedBy: [] };
        });
      expect(() => checkProof(RULES, with_([]))).toThrow('gets through');
      expect(() => checkProof(RULES, with_([999]))).toThrow('gets through');
    }
    expect(() =>
      checkProof(
        RULES,
        changed((proof) => {
          for (const stop of proof.stops) stop.text = 'another rule';
        }),
      ),
    ).toThrow('gets through');
  });

  it('is refused when its question says one thing and its regions another', () => {
    const wider = changed((proof) => {
      proof.question.fields.skuid = [['1001', '1002']];
    });
    expect(() => checkProof(RULES, wider)).toThrow();
    const nameless = changed((proof) => {
      proof.question.names = ['', 'lo'];
    });
    expect(() => checkProof(RULES, nameless)).toThrow('without a name');
    const disorder = changed((proof) => {
      proof.question.fields.daddr.reverse();
    });
    expect(() => checkProof(RULES, disorder)).toThrow('not in order');
  });

  it('cannot be forged for rules that let something out', () => {
    const open = shadowed(ACCEPT);
    const stops = [...(open.tables[0]?.chains.get('OUTPUT')?.rules ?? [])].map(({ id, text }) => ({
      table: 'ip filter',
      chain: 'OUTPUT',
      rule: id,
      text,
    }));
    const policy = { table: 'ip filter', chain: 'OUTPUT', rule: null, text: null };
    const forged = changed((proof) => {
      proof.ruleset = rulesetDigest(open);
      proof.stops = [...stops, policy];
      proof.regions = proof.regions.map((region) =>
        'split' in region ? region : { stoppedBy: [0, 1, 2, 3, 4], redirectedBy: [0, 1, 2, 3, 4] },
      );
    });
    expect(() => checkProof(open, forged)).toThrow('gets through');
  });

  it('holds where marks, maps and connections decide, and not where they do not', () => {
    const mark = (value: bigint, keep = 0n): Statement => ({
      kind: 'setMark',
      field: 'mark',
      change: { kind: 'value', keep, value },
    });
    const marked = (value: bigint) => match(condition('mark', [value, value]));
    const connectionMark: Statement = {
      kind: 'setMark',
      field: 'ctMark',
      change: { kind: 'value', keep: 0n, value: 5n },
    };
    const map = (...verdicts: [Condition[], 'accept' | 'drop'][]): Statement => ({
      kind: 'verdictMap',
      entries: verdicts.map(([conditions, kind]) => ({ conditions, verdict: { kind } })),
    });
    const web = condition('dport', [443n, 443n]);
    const agents = condition('skuid', [1001n, 1001n]);
    const state = (value: bigint) => match(condition('ctState', [value, value]));
    const bits: Statement = match({
      field: 'mark',
      values: { kind: 'numbers', mask: 2n, intervals: [[2n, 2n]] },
    });
    const cases: readonly (readonly [boolean, ...Statement[][]])[] = [
      [true, [mark(3n)], [marked(3n), DROP]],
      [true, [mark(3n)], [mark(1n, 0xffff_ffffn)], [marked(2n), DROP]],
      [true, [mark(2n)], [protocol(6n), mark(1n, 0xffff_ffffn)], [bits, DROP]],
      [true, [mark(1n)], [protocol(6n), mark(2n, 0xffff_ffffn)], [marked(2n), ACCEPT], [DROP]],
      [false, [protocol(6n), mark(3n)], [marked(3n), DROP]],
      [false, [protocol(6n), mark(3n)], [marked(0n), DROP]],
      [false, [protocol(6n), mark(1n)], [bits, DROP], [marked(0n), DROP]],
      [false, [mark(3n)], [mark(1n, 0xffff_ffffn)], [marked(3n), DROP]],
      [true, [map([[agents], 'drop'], [[web], 'accept'])]],
      [false, [map([[web], 'accept'], [[agents], 'drop'])], [DROP]],
      [false, [map([[web], 'drop'], [[agents], 'accept'])], [DROP]],
      [true, [match(condition('ctMark', [5n, 5n])), ACCEPT], [DROP]],
      [false, [connectionMark], [match(condition('ctMark', [5n, 5n])), ACCEPT], [DROP]],
      [true, [state(64n), ACCEPT], [DROP]],
      [false, [{ kind: 'notrack' }], [state(64n), ACCEPT], [DROP]],
      [false, [state(1n), ACCEPT], [DROP]],
    ];
    for (const [holds, ...rules] of cases) {
      const { rule, table, ruleset } = rulesets();
      const made = rules.map((statements) => rule(...statements));
      const all = ruleset(table('ip', 'filter', [baseChain('OUTPUT', made)]));
      const stops = [null, ...made].map((one) => ({
        table: 'ip filter',
        chain: 'OUTPUT',
        rule: one?.id ?? null,
        text: one?.text ?? null,
      }));
      const forged = changed((proof) => {
        proof.ruleset = rulesetDigest(all);
        proof.stops = stops;
        proof.regions = [{ stoppedBy: [...stops.keys()], redirectedBy: [] }];
      });
      const check = () => checkProof(all, forged);
      const text = JSON.stringify(rules, (_, one) => (typeof one === 'bigint' ? `${one}` : one));
      if (holds) expect(check, text).not.toThrow();
      else expect(check, text).toThrow('gets through');
    }
  });

  it('is checked once for each chain, however many ways lead there', () => {
    const branching = branches(15);
    const proof = proofOf(branching);
    const start = performance.now();
    // 40 to the power of 15 ways.
    expect(() => checkProof(branching, proof, start + 20_000)).not.toThrow();
    expect(() => checkProof(branching, { ...proof, stops: [] })).toThrow('gets through');
  }, 30_000);

  it('is refused behind more jumps than the kernel takes, and in a circle', () => {
    for (const rules of [branches(18), branches(3, 'c1')]) {
      const forged = changed((proof) => {
        proof.ruleset = rulesetDigest(rules);
        proof.regions = [{ stoppedBy: [0], redirectedBy: [] }];
      });
      expect(() => checkProof(rules, forged, performance.now() + 20_000)).toThrow('a jump leads nowhere');
    }
  }, 30_000);

  it('is refused when its time is over', () => {
    expect(() => checkProof(RULES, PROOF, performance.now() - 1)).toThrow('it takes too long');
  });

  it('is refused in bounded memory, however many cuts it makes', () => {
    const { rule, table, ruleset } = rulesets();
    const many = Array.from({ length: 10_000 }, () => rule(DROP));
    const long = ruleset(table('ip', 'filter', [baseChain('OUTPUT', many)]));
    const cuts = Array.from({ length: 40_000 }, (_, index) => ({ split: index }));
    const sets = cuts.map((_, index) => ({
      field: 'sport' as const,
      values: [['0', `${65_534 - (index % 60_000)}`] as [string, string]],
    }));
    const hostile = changed((proof) => {
      proof.ruleset = rulesetDigest(long);
      proof.sets = sets;
      proof.regions = cuts;
    });
    const before = process.memoryUsage().heapUsed;
    expect(() => checkProof(long, hostile, performance.now() + 20_000)).toThrow('it takes too much memory');
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(400 * 1_048_576);
  }, 30_000);

  it('is refused when it is about what comes in, which rests on the prover alone', () => {
    const inward = changed((proof) => {
      proof.question.direction = 'in';
    });
    expect(() => checkProof(RULES, inward)).toThrow('not about what goes out');
  });

  it('is refused after random damage, or still says what is true', () => {
    const text = JSON.stringify(PROOF);
    fc.assert(
      fc.property(
        fc.nat(text.length - 1),
        fc.constantFrom('0', '1', '7', ']', ',', '"', 'x', '[9]', ''),
        (at, put) => {
          const read = readProof(text.slice(0, at) + put + text.slice(at + 1));
          if (!read.ok) return;
          try {
            checkProof(RULES, read.proof);
          } catch {
            return;
          }
          // What holds must be about packets that these rules stop: those of uid 1001 over IPv4, or fewer.
          expect(read.proof.question.version).toBe(4);
          expect(read.proof.question.fields.skuid).toEqual([['1001', '1001']]);
        },
      ),
      { numRuns: 3_000 },
    );
  }, 60_000);

  it.each([
    '',
    'null',
    '[]',
    '{"format":"swarmkeep-firewall-proof"}',
    '{"__proto__":{"format":1}}',
    '['.repeat(200_000),
    '{"regions":[{"split":-1}]}',
  ])('is not %.40s', (text) => {
    expect(readProof(text).ok).toBe(false);
  });
});
