import { z } from 'zod';
import { QUESTION_FIELDS } from '../fields.ts';

/** A number of up to 128 bits: decimal, or hexadecimal with `0x` (addresses). */
const number = z.string().regex(/^(?:0x[0-9a-f]{1,32}|0|[1-9][0-9]{0,9})$/);
const intervals = z.array(z.tuple([number, number])).max(200_000);
const numberField = z.enum(QUESTION_FIELDS);
/** An interface name, `eth …` for all names that begin so and that no rule tells apart, ` …` for all other names. */
const interfaceName = z.string().max(256);
const index = z.int().min(0).max(1_000_000);

/** Values of one field, by which packets are told apart. */
export const proofSet = z.union([
  z.strictObject({ field: numberField, values: intervals }),
  z.strictObject({ field: z.enum(['oifname', 'iifname']), names: z.array(interfaceName).max(4_096) }),
]);

/** A rule (by its id and text) or, without a rule, the policy of a chain. */
export const proofStop = z.strictObject({
  table: z.string().max(512),
  chain: z.string().max(512),
  rule: z.int().nullable(),
  text: z.string().max(65_536).nullable(),
});

/**
 * A proof that every packet of a question is stopped, or sent to the host itself or its home network by address translation.
 *
 * `regions` is the way through all packets: `split: n` divides those at hand into the ones whose field lies in `sets[n]`, which
 * come first, and the others, which come when all of the first are done; anything else is a region and says who stops its
 * packets (indexes into `stops`) and which rules redirect them. So there can be no gap between regions: a missing one leaves packets over.
 */
export const proof = z.strictObject({
  format: z.literal('swarmkeep-firewall-proof'),
  version: z.literal(1),
  /** SHA-256 of the rule set that it is about; `rulesetDigest`. */
  ruleset: z.string().regex(/^[0-9a-f]{64}$/),
  question: z.strictObject({
    direction: z.enum(['out', 'in']),
    version: z.union([z.literal(4), z.literal(6)]),
    /** Values of every field of the packets that it is about. */
    fields: z.record(numberField, intervals),
    /** Every name of an interface that is told apart; '' where there is none. */
    names: z.array(interfaceName).max(8_192),
    exceptInterfaces: z.array(interfaceName).max(64),
  }),
  stops: z.array(proofStop).max(200_000),
  sets: z.array(proofSet).max(200_000),
  regions: z
    .array(
      z.union([
        z.strictObject({ split: index }),
        z.strictObject({ stoppedBy: z.array(index).max(200_000), redirectedBy: z.array(index).max(4_096) }),
      ]),
    )
    .min(1)
    .max(400_000),
});
export type Proof = z.infer<typeof proof>;
export type ProofSet = z.infer<typeof proofSet>;

/** Far more than the proof of any rule set of 10,000 rules. */
const MAX_CHARACTERS = 64 * 1_048_576;

/**
 * Reads a proof from JSON, of any origin.
 * @returns why it is none, in words
 */
export function readProof(text: string): { ok: true; proof: Proof } | { ok: false; reason: string } {
  if (text.length > MAX_CHARACTERS) return { ok: false, reason: 'it is longer than any proof' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'it is not JSON' };
  }
  const read = proof.safeParse(value);
  if (read.success) return { ok: true, proof: read.data };
  const [issue] = read.error.issues;
  const where = issue?.path.join('.') || 'the document';
  return { ok: false, reason: `it has not the shape of a proof, at ${where}: ${issue?.message ?? ''}` };
}
