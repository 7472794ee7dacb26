import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluatePacket } from '../evaluate/evaluate.ts';
import { contains, isSubset, normalize, union } from '../interval.ts';
import type { Rule, Ruleset, Statement } from '../model.ts';
import type { Packet, PacketVerdict } from '../packet.ts';
import { checkProof } from './check-proof.ts';
import { homeAddresses } from './derived.ts';
import { rulesetDigest } from './digest.ts';
import type { Proof } from './proof.ts';
import { provable } from './provable.ts';
import { outboundSpace, ownAddresses } from './space.ts';
import { HOST, packetsOf, randomRulesets } from './testing/random-rules.ts';
import { DROP, plainChain } from './testing/rules.ts';

/** More with PROVE_RUNS, for a long look. */
const RUNS = Number(process.env.PROVE_RUNS ?? 300);
/** The seed that a failure told, to see it again. */
const SEED = process.env.PROVE_SEED;

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

/** Whether a rule sends packets to this host or its home network. */
function leadsHome(statement: Statement, version: 4 | 6): boolean {
  if (statement.kind !== 'nat') return false;
  const home = union(homeAddresses(version), ownAddresses(HOST, version));
  return statement.entries.every(
    ({ target }) => statement.type === 'redirect' || (target.address && isSubset([target.address], home)),
  );
}

/**
 * The rules with a drop in place of every translation that leads home: what is accepted then is what leaves. The translations stay in
 * a chain that nothing leads to, so that the kernel tracks connections as before.
 */
function withoutHome(ruleset: Ruleset, version: 4 | 6): Ruleset {
  const replaced: Rule[] = [];
  const drop = (rule: Rule): Rule => {
    if (!rule.statements.some((one) => leadsHome(one, version))) return rule;
    replaced.push(rule);
    return {
      ...rule,
      statements: rule.statements.map((one) => (leadsHome(one, version) ? DROP : one)),
    };
  };
  const tables = ruleset.tables.map((table) => {
    const chains = [...table.chains.values()].map((chain) => ({ ...chain, rules: chain.rules.map(drop) }));
    const kept = plainChain('kept', replaced);
    return { ...table, chains: new Map([...chains, kept].map((chain) => [chain.name, chain])) };
  });
  return { ...ruleset, tables };
}

const SENT_OUT = 'address translation may send packets out: ';

const inWords = (value: unknown): string =>
  JSON.stringify(value, (_, one) =>
    typeof one === 'bigint' ? `${one}n` : one instanceof Map ? [...one.values()] : one,
  );

/** Whether it cannot be told of a packet that it does not leave. */
function mayLeave({ verdict, reason }: PacketVerdict): boolean {
  return verdict === 'unknown' && !reason.endsWith(' It does not pass either way.');
}

/** How many of the random rule sets are a share of all, at most: a small sample strays from it by a few standard deviations. */
const mostOf = (share: number) => RUNS * share + 4 * Math.sqrt(RUNS * share);

/** Says what failed, how to see it again, and the smallest rule set that shows it. */
function told(details: fc.RunDetails<[Ruleset]>): void {
  if (!details.failed) return;
  const { seed, counterexamplePath, numRuns, counterexample, errorInstance } = details;
  throw new Error(
    `${errorInstance instanceof Error ? errorInstance.message : 'interrupted'}\nPROVE_SEED=${seed} (path ${counterexamplePath}, after ${numRuns} rule sets)\n${inWords(counterexample?.[0])}`,
  );
}

it.each([4, 6] as const)(
  'agrees with every packet of a small world, and the checker with both, IPv%i',
  (version) => {
    const counts = { proof: 0, open: 0, unknown: 0, sentOut: 0, checked: 0 };
    const space = outboundSpace(version, normalize([[1001n, 1002n]]));
    const asked = packetsOf(version, [1001n, 1002n], (daddr) => contains(space.fields.daddr ?? [], daddr));
    let question: Proof | null = null;
    fc.assert(
      fc.property(randomRulesets(version), (ruleset) => {
        const found = provable(ruleset, HOST, space);
        // What a rule sends to another public address is said to be open or unknown, and is told apart by that rule.
        const isSentOut = found.kind === 'unknown' && found.reasons.some((why) => why.startsWith(SENT_OUT));
        counts[isSentOut ? 'sentOut' : found.kind] += 1;
        const abroad = withoutHome(ruleset, version);
        let doubtful: Packet | undefined;
        const leaves = asked.find((packet) => {
          const judged = evaluatePacket(abroad, HOST, packet);
          if (mayLeave(judged)) doubtful ??= packet;
          return judged.verdict === 'accept';
        });
        if (found.kind === 'open' && evaluatePacket(abroad, HOST, found.packet).verdict === 'drop')
          throw new Error(`the prover shows a packet that does not leave: ${inWords(found.packet)}`);
        if (found.kind === 'proof') {
          if (leaves)
            throw new Error(`the prover proves that nothing leaves, yet this does: ${inWords(leaves)}`);
          // Of one packet the evaluator knows all that can be known.
          if (doubtful)
            throw new Error(`the prover proves that nothing leaves, yet this may: ${inWords(doubtful)}`);
          question ??= found.proof;
          if (holds(ruleset, found.proof)) counts.checked += 1;
        }
        const out = leaves ?? doubtful;
        if (out && question !== null && holds(ruleset, forged(ruleset, question)))
          throw new Error(`the checker accepts a forged proof, yet this leaves, or may: ${inWords(out)}`);
      }),
      { numRuns: RUNS, reporter: told, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
    );
    process.stderr.write(process.env.PROVE_RUNS ? `IPv${version}: ${inWords(counts)}\n` : '');
    expect(counts.proof).toBeGreaterThan(RUNS / 4);
    expect(counts.open).toBeGreaterThan(RUNS / 8);
    expect(counts.unknown).toBeLessThan(mostOf(1 / 20));
    expect(counts.sentOut).toBeLessThan(mostOf(1 / 20));
    // The checker knows less of untracked packets, of marks of connections and of types of addresses: it may refuse, but not often.
    expect(counts.proof - counts.checked).toBeLessThan(mostOf(0.06 * (counts.proof / RUNS)));
    // All for which a person reads "unknown": not told, sent out, or refused by the checker.
    expect(counts.unknown + counts.sentOut + counts.proof - counts.checked).toBeLessThan(mostOf(1 / 10));
  },
  120_000 + RUNS * 50,
);
