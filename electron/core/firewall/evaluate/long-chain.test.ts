import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule, Statement } from '../model.ts';
import { inFilter, judge } from './testing/home.ts';
import { base, chain, condition, is, isNot, rule, ruleset, setMark, table, v } from './testing/models.ts';

const port = fc.bigInt(1n, 30n);
const range = fc.tuple(port, fc.bigInt(0n, 8n)).map(([low, more]) => [low, low + more] as const);
const match: fc.Arbitrary<Statement> = fc.oneof(
  range.map((values) => is('dport', values)),
  range.map((values) => is('sport', values)),
  range.map((values) => isNot('dport', values)),
  fc.bigInt(0n, 2n).map((value) => is('mark', value)),
  fc.tuple(range, range).map(
    ([one, other]): Statement => ({
      kind: 'match',
      negated: false,
      alternatives: [[condition('dport', one)], [condition('sport', other)]],
    }),
  ),
  fc.constant<Statement>({ kind: 'unmodelled', text: 'who knows' }),
);
const end = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(v('accept'), v('drop'), v('reject')) },
  { weight: 2, arbitrary: fc.bigInt(0n, 2n).map((value) => setMark(value)) },
);
const anyRule: fc.Arbitrary<Rule> = fc
  .tuple(fc.array(match, { minLength: 1, maxLength: 3 }), end)
  .map(([matches, last]) => rule([...matches, last]));

/** The same rules in chains that are too short for an index. */
function inPieces(rules: readonly Rule[]) {
  const pieces = Array.from({ length: Math.ceil(rules.length / 20) }, (_, index) =>
    chain(`piece${index}`, null, rules.slice(20 * index, 20 * index + 20)),
  );
  const jumps = pieces.map(({ name }) => rule([v(`jump ${name}`)]));
  return ruleset(table('inet', 'filter', [chain('output', base('output'), jumps), ...pieces]));
}

describe('a long chain', () => {
  it('says what the same rules say one after the other', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { minLength: 30, maxLength: 80 }), port, port, (rules, sport, dport) => {
        const whole = judge(inFilter(rules), { sport, dport });
        expect(whole.verdict).toBe(judge(inPieces(rules), { sport, dport }).verdict);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
