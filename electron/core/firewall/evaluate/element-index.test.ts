import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition, Field } from '../model.ts';
import { candidates } from './element-index.ts';
import { ABSENT, type Known, notGiven, number } from './known.ts';
import { everyAnswer } from './match.ts';
import { condition } from './testing/models.ts';

const interval = fc
  .tuple(fc.bigInt(0n, 60n), fc.bigInt(0n, 20n))
  .map(([low, more]) => [low, low + more] as const);
const conditionOf = (field: 'daddr' | 'dport' | 'mark') =>
  fc.array(interval, { minLength: 1, maxLength: 2 }).map((ranges) => condition(field, ...ranges));
const element = fc
  .tuple(
    fc.option(conditionOf('daddr'), { nil: null }),
    fc.option(conditionOf('dport'), { nil: null }),
    fc.option(conditionOf('mark'), { nil: null }),
  )
  .map((all) => all.filter((one): one is Condition => one !== null));
const known: fc.Arbitrary<Known> = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt(0n, 85n).map(number) },
  { weight: 1, arbitrary: fc.constant(ABSENT) },
  { weight: 1, arbitrary: fc.constant(notGiven('dport')) },
);

describe('the index of a long list', () => {
  it('leaves out only what does not hold, and keeps the order', () => {
    fc.assert(
      fc.property(
        fc.array(element, { minLength: 24, maxLength: 80 }),
        fc.array(fc.tuple(known, known, known), { minLength: 1, maxLength: 10 }),
        (list, packets) => {
          for (const [daddr, dport, mark] of packets) {
            const look = (field: Field) => ({ daddr, dport, mark })[field as 'daddr'] ?? ABSENT;
            const found = candidates(list, (one) => one, look);
            const holding = list.filter((one) => everyAnswer(one, look) !== 'no');
            expect(found.filter((one) => everyAnswer(one, look) !== 'no')).toEqual(holding);
          }
        },
      ),
    );
  });
});
