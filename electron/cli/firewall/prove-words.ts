import { formatRanges } from '#core/firewall/address.ts';
import type { IntervalSet } from '#core/firewall/interval.ts';
import type { Provable } from '#core/firewall/prove/provable.ts';
import { provenBy } from '#core/firewall/prove/proven-by.ts';
import type { Judged, Rules } from '#core/firewall/questions/ask.ts';
import { packetWords } from '#core/firewall/questions/words.ts';
import { visible } from '#shared/domain/text.ts';
import type { Colour, Paint } from '../terminal.ts';
import type { Beside } from './beside-packets.ts';
import { assumptionWords, explained, packetJson, plainReason } from './firewall-words.ts';
import { uidText } from './uid-argument.ts';

/** Whose packets are asked about. */
export interface Who {
  readonly name: string | null;
  readonly uids: IntervalSet;
  readonly uid: bigint;
}

/** The answer for one sender and one family. */
export interface Result {
  readonly who: Who;
  readonly family: 4 | 6;
  readonly found: Provable;
  /** What the answer takes for granted; null when nothing. */
  readonly assumed: string | null;
  /** For `unknown`: a packet that a person recognises, and what is known of it. */
  readonly sample: Judged | null;
}

/** Uids that belong to a sender and are not usable, and what the rules would do with them. */
export interface Dormant {
  readonly who: Who;
  readonly because: string;
  readonly found: Readonly<Record<4 | 6, Provable['kind']>>;
}

/** What a proof is not about. */
export const SCOPE =
  'This is about packets of these uids. Programs that pass data on (a resolver, a proxy, Ollama) are judged by:';
export const JUDGED_BY = 'check --only outbound-firewall';

/** A result as JSON; its packet is as `--packets` reads it. */
export function resultJson({ who, family, found, assumed, sample }: Result): Record<string, unknown> {
  const common = {
    name: who.name,
    uids: uidText(who.uids),
    family,
    ...(assumed === null ? {} : { assumed }),
  };
  if (found.kind === 'open')
    return {
      ...common,
      result: 'open',
      packet: packetJson(found.packet),
      ...found.verdict,
      reason: plainReason(found.verdict.reason),
    };
  if (found.kind === 'unknown')
    return {
      ...common,
      result: 'unknown',
      reasons: found.reasons.map(plainReason),
      ...(sample?.verdict.verdict === 'unknown'
        ? { example: { packet: packetJson(sample.packet), reason: plainReason(sample.verdict.reason) } }
        : {}),
    };
  const redirected = found.redirected.map(({ rules, toAddress }) => ({
    rules,
    to: toAddress === null ? null : formatRanges(family, toAddress),
  }));
  return { ...common, result: 'proof', redirected, proof: found.proof };
}

function subjectOf({ name, uids }: Who): string {
  return visible(name === null ? `uid ${uidText(uids)}` : `${name} (uid ${uidText(uids)})`);
}

function unknownText({ who, family, sample }: Result, reasons: readonly string[], paint: Paint): string {
  const lines = reasons.map((reason) => `    ${visible(plainReason(reason))}\n`);
  const example =
    sample?.verdict.verdict === 'unknown'
      ? `    Such as ${visible(packetWords(sample.packet))}: ${visible(plainReason(sample.verdict.reason))}\n`
      : '';
  const because = lines.length === 0 ? '' : '    It hangs on:\n';
  const head = `${paint('blue', 'unknown')}  IPv${family}: whether ${subjectOf(who)} gets out cannot be told.\n`;
  return `${head}${because}${lines.map((line) => `  ${line}`).join('')}${example}`;
}

/** A result as a person reads it. */
export function resultText(rules: Rules, result: Result, paint: Paint): string {
  const { who, family, found, assumed } = result;
  const subject = subjectOf(who);
  if (found.kind === 'open') {
    const sure = assumed === null ? '' : `, ${assumptionWords(family, assumed)}`;
    const how = explained(
      rules,
      found.packet,
      found.verdict,
      // It was said in the line above.
      { name: who.name, assumed: null },
      paint,
    );
    return `${paint('red', 'open   ')}  IPv${family}: a packet of ${subject} gets out${sure}.\n${how}`;
  }
  if (found.kind === 'unknown') return unknownText(result, found.reasons, paint);
  const ends = provenBy(found.proof, 12).map((line) => `    ${visible(line)}\n`);
  const redirected = found.redirected
    .slice(0, 12)
    .map(
      ({ toAddress }) =>
        `    redirected to ${toAddress === null ? 'another port' : formatRanges(family, toAddress)}\n`,
    );
  return [
    `${paint('green', 'proven ')}  IPv${family}: no packet of ${subject} gets to a public address.\n`,
    ...ends,
    ...new Set(redirected),
  ].join('');
}

const HELD: Readonly<Record<Provable['kind'], string>> = {
  proof: 'no packet of theirs gets out',
  open: 'their packets would get out',
  unknown: 'whether their packets get out cannot be told',
};

/** Uids that are not usable, as a person reads them. */
export function dormantText({ who, because, found }: Dormant): string {
  const answer = found[4] === found[6] ? HELD[found[4]] : `IPv4: ${HELD[found[4]]}; IPv6: ${HELD[found[6]]}`;
  const whose = who.name === null ? '' : ` of ${who.name}`;
  return visible(`uid ${uidText(who.uids)}${whose} (/etc/subuid): ${because}. Under these rules, ${answer}.`);
}

const COLOURS: Readonly<Record<Beside['state'], Colour>> = { open: 'red', unknown: 'blue', closed: 'green' };

/** What packets do not tell, as a person reads it. */
export function besideText(name: string, beside: readonly Beside[], paint: Paint): string {
  return beside
    .map(
      ({ state, what, seen }) =>
        `    ${paint(COLOURS[state], state.padEnd(7))}  ${visible(`${name}: ${what}: ${seen}`)}\n`,
    )
    .join('');
}
