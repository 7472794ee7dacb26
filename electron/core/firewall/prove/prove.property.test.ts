import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluatePacket } from '../evaluate/evaluate.ts';
import { contains, normalize } from '../interval.ts';
import { checkProof } from './check-proof.ts';
import { provable } from './provable.ts';
import { outboundSpace } from './space.ts';
import { HOST, packetsOf, randomRulesets } from './testing/random-rules.ts';

const RUNS = Number(process.env.PROVE_RUNS ?? 400);

it.each([4, 6] as const)(
  'agrees with every packet of a small world, IPv%i, and its proofs hold',
  (version) => {
    const counts = { proof: 0, open: 0, unknown: 0, unproven: 0 };
    const space = outboundSpace(HOST, version, normalize([[1001n, 1002n]]));
    const asked = packetsOf(version, [1001n, 1002n], (daddr) => contains(space.fields.daddr ?? [], daddr));
    fc.assert(
      fc.property(randomRulesets(version), (ruleset) => {
        const found = provable(ruleset, HOST, space);
        counts[found.kind] += 1;
        const goes = asked.find((packet) => {
          const { verdict, path } = evaluatePacket(ruleset, HOST, packet);
          return (
            verdict === 'accept' && !path.some((step) => /^(dnat to (10\.|fe80)|redirect)/.test(step.outcome))
          );
        });
        if (found.kind === 'proof') {
          expect(goes).toBeUndefined();
          try {
            checkProof(ruleset, found.proof);
          } catch (e) {
            counts.unproven += 1;
            if (process.env.SHOW) process.stderr.write(`${(e as Error).message}\n`);
            if (process.env.STRICT) throw e;
          }
        }
        if (found.kind === 'open') expect(found.verdict.verdict).toBe('accept');
      }),
      { numRuns: RUNS },
    );
    if (process.env.SHOW) process.stderr.write(`${JSON.stringify(counts)}\n`);
    expect(counts.proof).toBeGreaterThan(RUNS / 20);
    expect(counts.open).toBeGreaterThan(RUNS / 20);
  },
  60_000,
);
