import fc from 'fast-check';
import type { Deed, ModelOptions } from './model-run.ts';

const pack = fc.constantFrom('', '.gz', '.zst') as fc.Arbitrary<'' | '.gz' | '.zst'>;
/** A rotation of one kind, packed or not, with something written while it goes on or not. */
export const rotation = (kind: 'rename' | 'copy') =>
  fc.record({ kind: fc.constant(kind), pack, between: fc.nat(2), empty: fc.boolean() });
const write = fc.record({
  kind: fc.constant('write' as const),
  lines: fc.integer({ min: 1, max: 6 }),
  torn: fc.boolean(),
});
const stop = fc.constant({ kind: 'stop' as const });
const quiet = fc.constant({ kind: 'quiet' as const });

/**
 * Any history of a log: what is written, rotated, and when nobody watches, and how far the follower comes in between.
 * @param kept how many rotated files there may be
 */
export const historyOf = (
  rotations: fc.Arbitrary<Deed>,
  kept: readonly number[] = [40],
): fc.Arbitrary<ModelOptions> =>
  fc.record({
    deeds: fc.array(
      fc.oneof(
        { arbitrary: write as fc.Arbitrary<Deed>, weight: 4 },
        { arbitrary: rotations, weight: 4 },
        { arbitrary: stop as fc.Arbitrary<Deed>, weight: 2 },
        { arbitrary: quiet as fc.Arbitrary<Deed>, weight: 1 },
      ),
      { minLength: 3, maxLength: 24 },
    ),
    ending: fc.constant([{ kind: 'write', lines: 1, torn: false }]),
    delays: fc.array(fc.oneof(fc.nat(3), fc.nat(14)), { minLength: 1, maxLength: 7 }),
    naming: fc.constantFrom('numbers', 'dates'),
    kept: fc.constantFrom(...kept),
    delayed: fc.boolean(),
    remote: fc.boolean(),
    banner: fc.constantFrom('', 'a short banner\n', `${'a long banner '.repeat(45)}\n`),
  }) as fc.Arbitrary<ModelOptions>;

/** A copy that cannot be taken for anything else, so that what was presumed before it is told. */
export const PLAIN_COPY: Deed[] = [
  { kind: 'quiet' },
  { kind: 'write', lines: 2, torn: false },
  { kind: 'quiet' },
  { kind: 'copy', pack: '', between: 0, empty: false },
  { kind: 'write', lines: 2, torn: false },
  { kind: 'quiet' },
];
