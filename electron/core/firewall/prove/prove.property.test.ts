import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluatePacket } from '../evaluate/evaluate.ts';
import { contains, normalize } from '../interval.ts';
import type { Ruleset } from '../model.ts';
import { checkProof } from './check-proof.ts';
import { rulesetDigest } from './digest.ts';
import type { Proof } from './proof.ts';
import { provable } from './provable.ts';
import { outboundSpace } from './space.ts';
import { HOST, packetsOf, randomRulesets } from './testing/random-rules.ts';

/** More with PROVE_RUNS, for a long look. */
const RUNS = Number(process.env.PROVE_RUNS ?? 300);

/** A proof that names every rule and policy for all packets at once. */
function forged(ruleset: Ruleset, { question }: Proof): Proof {
  const stops = ruleset.tables.flatMap((table) =>
    [...table.chains.values()].flatMap((chain) => {
      const place = { table: `${table.family} ${table.name}`, chain: chain.name };
      return [
        { ...place, rule: null, text: null },
        ...chain.rules.map(({ id, text }) => ({ ...place, rule: id, text })),
      ];
    }),
  );
  const everything = [...stops.keys()];
  return {
    format: 'swarmkeep-firewall-proof',
    version: 1,
    ruleset: rulesetDigest(ruleset),
    question,
    stops,
    sets: [],
    regions: [{ stoppedBy: everything, redirectedBy: everything }],
  };
}

function holds(ruleset: Ruleset, proof: Proof): boolean {
  try {
    checkProof(ruleset, proof);
    return true;
  } catch {
    return false;
  }
}

it.each([4, 6] as const)(
  'agrees with every packet of a small world, and the checker with both, IPv%i',
  (version) => {
    const counts = { proof: 0, open: 0, unknown: 0, checked: 0 };
    const space = outboundSpace(HOST, version, normalize([[1001n, 1002n]]));
    const asked = packetsOf(version, [1001n, 1002n], (daddr) => contains(space.fields.daddr ?? [], daddr));
    let question: Proof | null = null;
    fc.assert(
      fc.property(randomRulesets(version), (ruleset) => {
        const found = provable(ruleset, HOST, space);
        counts[found.kind] += 1;
        const leaves = asked.find((packet) => {
          const { verdict, path } = evaluatePacket(ruleset, HOST, packet);
          const isHome = path.some((step) => /^(dnat to (10\.|fe80)|redirect)/.test(step.outcome));
          return verdict === 'accept' && !isHome;
        });
        if (found.kind === 'open') expect(found.verdict.verdict).toBe('accept');
        if (found.kind === 'proof') {
          expect(leaves).toBeUndefined();
          question ??= found.proof;
          if (holds(ruleset, found.proof)) counts.checked += 1;
        }
        if (question !== null && holds(ruleset, forged(ruleset, question))) expect(leaves).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
    expect(counts.proof).toBeGreaterThan(RUNS / 4);
    expect(counts.open).toBeGreaterThan(RUNS / 8);
    expect(counts.unknown).toBeLessThan(RUNS / 20);
    // The checker knows less of marks and connections than the prover: it may refuse, but not often.
    expect(counts.checked).toBeGreaterThan(counts.proof * 0.75);
  },
  120_000,
);
