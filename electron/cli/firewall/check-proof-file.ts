import { formatRanges } from '#core/firewall/address.ts';
import { QUESTION_FIELDS } from '#core/firewall/fields.ts';
import { type IntervalSet, isSubset, subtract, union } from '#core/firewall/interval.ts';
import { checkProof } from '#core/firewall/prove/check-proof.ts';
import { type Proof, readProof } from '#core/firewall/prove/proof.ts';
import { allowed, outboundSpace } from '#core/firewall/prove/space.ts';
import type { Rules } from '#core/firewall/questions/ask.ts';
import { commandName } from '#shared/domain/command-name.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot, EXIT, type ExitCode } from '../failure.ts';
import { asJson } from '../report.ts';
import { painter, type Terminal, wantsColour } from '../terminal.ts';
import { JUDGED_BY, SCOPE } from './prove-words.ts';
import { readTextFile } from './read-file.ts';

const MAX_BYTES = 64 * 1_048_576;
/** For all proofs of a file together; those of rule sets that people have take some milliseconds. */
const MILLISECONDS = 10_000;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Proofs in a file: a proof alone, or what `firewall prove --json` printed. */
function proofsIn(text: string): string[] {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || !('results' in value) || !Array.isArray(value.results))
    return [text];
  return value.results
    .slice(0, 64)
    .flatMap((one: unknown) =>
      typeof one === 'object' && one !== null && 'proof' in one ? [JSON.stringify(one.proof)] : [],
    );
}

function numbers(proof: Proof, field: keyof Proof['question']['fields']): IntervalSet {
  return proof.question.fields[field].map(([low, high]) => [BigInt(low), BigInt(high)] as const);
}

/** Whether a proof is about every packet by which its uids could get out, as `firewall prove` asks. */
function isWhole(proof: Proof): boolean {
  const { version, direction, exceptInterfaces } = proof.question;
  const uids = numbers(proof, 'skuid');
  const whole = outboundSpace(version, uids);
  return (
    direction === 'out' &&
    exceptInterfaces.every((name) => whole.exceptInterfaces.includes(name)) &&
    uids.length > 0 &&
    QUESTION_FIELDS.every((field) => isSubset(allowed(whole, field), numbers(proof, field)))
  );
}

function uidWords(uids: IntervalSet): string {
  return uids.map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`)).join(', ');
}

/** What a proof is about, for it may be about less than one thinks. */
function questionWords(proof: Proof): string {
  const { version, direction } = proof.question;
  const who = uidWords(numbers(proof, 'skuid'));
  if (isWhole(proof)) return `IPv${version}: no packet of uid ${who} gets to a public address`;
  const to = formatRanges(version, numbers(proof, 'daddr'));
  return `IPv${version}, ${direction}: a part of the packets only, uid ${who}, to ${to}`;
}

/** What proofs that hold leave open of the question of `firewall prove`: one family, or everything. */
function notProven(proofs: readonly Proof[]): string[] {
  const proven = (version: 4 | 6) =>
    proofs
      .filter((proof) => proof.question.version === version && isWhole(proof))
      .reduce<IntervalSet>((uids, proof) => union(uids, numbers(proof, 'skuid')), []);
  const uids = { 4: proven(4), 6: proven(6) };
  if (uids[4].length + uids[6].length === 0) return ['nothing is proven of all packets of any uid'];
  return ([4, 6] as const).flatMap((version) => {
    const rest = subtract(uids[version === 4 ? 6 : 4], uids[version]);
    return rest.length === 0 ? [] : [`IPv${version}: nothing is proven of uid ${uidWords(rest)}`];
  });
}

/**
 * `swarmkeep firewall prove --check`: whether proofs hold for rules, and are about all packets of both families.
 * @returns 0 when all of them hold and leave nothing open, 1 when one is refused, else 2
 * @throws CommandFailure when the file holds no proof
 */
export function checkProofFile(rules: Rules, file: string, json: boolean, terminal: Terminal): ExitCode {
  const texts = proofsIn(readTextFile(file, MAX_BYTES));
  if (texts.length === 0) throw couldNot(`${visible(file)} holds no proof.`);
  const paint = painter(wantsColour(terminal.out, terminal.environment));
  const until = performance.now() + MILLISECONDS;
  const held: Proof[] = [];
  const checked = texts.map((text) => {
    const read = readProof(text);
    if (!read.ok) return { holds: false, question: null, reason: read.reason };
    const reason = refusal(rules, read.proof, until);
    if (reason === null) held.push(read.proof);
    return {
      holds: reason === null,
      question: reason === null ? questionWords(read.proof) : null,
      reason,
    };
  });
  const missing = notProven(held);
  if (json)
    terminal.out.write(
      asJson({
        proofs: checked,
        notProven: missing,
        scope: { note: `${SCOPE} ${JUDGED_BY}`, judgedBy: JUDGED_BY },
      }),
    );
  else
    for (const { holds, question, reason } of checked)
      terminal.out.write(
        `${holds ? paint('green', 'holds  ') : paint('red', 'refused')}  ${visible(question ?? reason ?? '')}\n`,
      );
  if (!json)
    for (const words of missing) terminal.out.write(`${paint('yellow', 'missing')}  ${visible(words)}\n`);
  if (!json) terminal.out.write(`\n${SCOPE} ${commandName(terminal.environment)} ${JUDGED_BY}\n`);
  if (!checked.every(({ holds }) => holds)) return EXIT.found;
  return missing.length === 0 ? EXIT.fine : EXIT.couldNot;
}

/**
 * Why the checker refuses a proof; null when it holds.
 * @param until when it gives up, as `performance.now()` counts
 */
export function refusal(rules: Rules, proof: Proof, until = performance.now() + MILLISECONDS): string | null {
  try {
    checkProof(rules.ruleset, proof, until);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'it could not be checked';
  }
}
