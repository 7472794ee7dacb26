import { formatRanges } from '#core/firewall/address.ts';
import { domain } from '#core/firewall/fields.ts';
import { type IntervalSet, isSubset } from '#core/firewall/interval.ts';
import { checkProof } from '#core/firewall/prove/check-proof.ts';
import { type Proof, readProof } from '#core/firewall/prove/proof.ts';
import { outboundSpace } from '#core/firewall/prove/space.ts';
import type { Rules } from '#core/firewall/questions/ask.ts';
import { visible } from '#shared/domain/text.ts';
import { commandName } from '../command-name.ts';
import { couldNot, EXIT, type ExitCode } from '../failure.ts';
import { asJson } from '../report.ts';
import { painter, type Terminal, wantsColour } from '../terminal.ts';
import { JUDGED_BY, SCOPE } from './prove-words.ts';
import { readTextFile } from './read-file.ts';

const MAX_BYTES = 64 * 1_048_576;

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

/** What a proof is about, for it may be about less than one thinks. */
function questionWords(proof: Proof): string {
  const { version, direction, exceptInterfaces } = proof.question;
  const uids = numbers(proof, 'skuid');
  const whole = outboundSpace(version, uids);
  const everything =
    direction === 'out' &&
    exceptInterfaces.every((name) => name === 'lo') &&
    uids.length > 0 &&
    isSubset(whole.fields.daddr ?? [], numbers(proof, 'daddr')) &&
    (['skgid', 'l4proto', 'dport', 'saddr', 'sport', 'icmpType', 'icmpCode'] as const).every((field) =>
      isSubset(domain(field, version), numbers(proof, field)),
    );
  const who = uids.map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`)).join(', ');
  if (everything) return `IPv${version}: no packet of uid ${who} gets to a public address`;
  const to = formatRanges(version, numbers(proof, 'daddr'));
  return `IPv${version}, ${direction}: a part of the packets only, uid ${who}, to ${to}`;
}

/**
 * `swarmkeep firewall prove --check`: whether proofs hold for rules.
 * @returns 0 when all of them hold, 1 when one is refused
 * @throws CommandFailure when the file holds no proof
 */
export function checkProofFile(rules: Rules, file: string, json: boolean, terminal: Terminal): ExitCode {
  const texts = proofsIn(readTextFile(file, MAX_BYTES));
  if (texts.length === 0) throw couldNot(`${visible(file)} holds no proof.`);
  const paint = painter(wantsColour(terminal.out, terminal.environment));
  const checked = texts.map((text) => {
    const read = readProof(text);
    if (!read.ok) return { holds: false, question: null, reason: read.reason };
    const reason = refusal(rules, read.proof);
    return {
      holds: reason === null,
      question: reason === null ? questionWords(read.proof) : null,
      reason,
    };
  });
  if (json)
    terminal.out.write(
      asJson({ proofs: checked, scope: { note: `${SCOPE} ${JUDGED_BY}`, judgedBy: JUDGED_BY } }),
    );
  else
    for (const { holds, question, reason } of checked)
      terminal.out.write(
        `${holds ? paint('green', 'holds  ') : paint('red', 'refused')}  ${visible(question ?? reason ?? '')}\n`,
      );
  if (!json) terminal.out.write(`\n${SCOPE} ${commandName(terminal.environment)} ${JUDGED_BY}\n`);
  return checked.every(({ holds }) => holds) ? EXIT.fine : EXIT.found;
}

/** Why the checker refuses a proof; null when it holds. */
export function refusal(rules: Rules, proof: Proof): string | null {
  try {
    checkProof(rules.ruleset, proof);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'it could not be checked';
  }
}
