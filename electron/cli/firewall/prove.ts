import { formatRanges } from '#core/firewall/address.ts';
import type { Interval, IntervalSet } from '#core/firewall/interval.ts';
import { normalize } from '#core/firewall/interval.ts';
import { type Provable, provable } from '#core/firewall/prove/provable.ts';
import { provenBy } from '#core/firewall/prove/proven-by.ts';
import { outboundSpace } from '#core/firewall/prove/space.ts';
import type { Rules } from '#core/firewall/questions/ask.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from '../check-command.ts';
import { couldNot, EXIT, type ExitCode, usage } from '../failure.ts';
import { asJson } from '../report.ts';
import { type Paint, painter, type Terminal, wantsColour } from '../terminal.ts';
import { checkProofFile, refusal } from './check-proof-file.ts';
import { explained, packetJson } from './firewall-words.ts';
import type { NamedSender } from './own-rules.ts';
import { rulesOfFiles } from './read-rules.ts';

export interface ProveOptions {
  uid: readonly string[];
  ruleset: readonly string[];
  check?: string;
  json: boolean;
}

interface Asked {
  readonly name: string | null;
  readonly uids: IntervalSet;
  readonly uid: bigint;
}

const HIGHEST_UID = 4_294_967_294n;

/** Reads `--uid`: numbers and ranges, several with commas between. The first one is the agent itself. */
export function uidsOf(texts: readonly string[]): Pick<Asked, 'uids' | 'uid'> {
  const ranges = texts
    .flatMap((text) => text.split(','))
    .map((text): Interval => {
      const parts = /^\s*(\d{1,10})(?:-(\d{1,10}))?\s*$/.exec(text);
      const low = BigInt(parts?.[1] ?? -1);
      const high = BigInt(parts?.[2] ?? low);
      if (!parts || low > high || high > HIGHEST_UID)
        throw usage(
          `${visible(text)} is no uid and no range of them.`,
          'Such as: --uid 1001 --uid 100000-165535',
        );
      return [low, high];
    });
  return { uids: normalize(ranges), uid: ranges[0]?.[0] ?? 0n };
}

async function asked(
  place: Place,
  options: ProveOptions,
  terminal: Terminal,
): Promise<{ rules: Rules; who: Asked[] }> {
  const given = options.uid.length > 0 ? [{ name: null, ...uidsOf(options.uid) }] : null;
  if (options.ruleset.length > 0) {
    if (given === null && options.check === undefined)
      throw usage('With --ruleset, say whose packets: --uid N.');
    return { rules: rulesOfFiles(options.ruleset, terminal), who: given ?? [] };
  }
  const { ownRules } = await import('./own-rules.ts');
  const { rules, senders } = await ownRules(place, terminal);
  if (given === null && senders.length === 0 && options.check === undefined)
    throw couldNot(
      'No mycoSwarm was found here, so it is not known whose packets to ask about.',
      'Say whose: --uid N',
    );
  return { rules, who: given ?? senders.map(({ name, uids, uid }: NamedSender) => ({ name, uids, uid })) };
}

interface Result {
  readonly who: Asked;
  readonly family: 4 | 6;
  readonly found: Provable;
}

function exitCodeOf(results: readonly Result[]): ExitCode {
  const kinds = new Set(results.map(({ found }) => found.kind));
  return kinds.has('open') ? EXIT.found : kinds.has('unknown') ? EXIT.couldNot : EXIT.fine;
}

function uidText(uids: IntervalSet): string {
  return uids.map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`)).join(', ');
}

function jsonOf({ who, family, found }: Result): Record<string, unknown> {
  const common = { name: who.name, uids: uidText(who.uids), family };
  if (found.kind === 'open')
    return { ...common, result: 'open', packet: packetJson(found.packet), ...found.verdict };
  if (found.kind === 'unknown') return { ...common, result: 'unknown', reasons: found.reasons };
  const redirected = found.redirected.map(({ rules, toAddress }) => ({
    rules,
    to: toAddress === null ? null : formatRanges(family, toAddress),
  }));
  return { ...common, result: 'proof', redirected, proof: found.proof };
}

function textOf(rules: Rules, { who, family, found }: Result, paint: Paint): string {
  const subject = visible(
    who.name === null ? `uid ${uidText(who.uids)}` : `${who.name} (uid ${uidText(who.uids)})`,
  );
  if (found.kind === 'open')
    return `${paint('red', 'open   ')}  IPv${family}: a packet of ${subject} gets out.\n${explained(rules, found.packet, found.verdict, who.name, paint)}`;
  if (found.kind === 'unknown') {
    const reasons = found.reasons.map((reason) => `    ${visible(reason)}\n`).join('');
    return `${paint('blue', 'unknown')}  IPv${family}: whether ${subject} gets out cannot be told.\n${reasons}`;
  }
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

/** A proof that the checker refuses is none. */
function onlyChecked(rules: Rules, found: Provable): Provable {
  const refused = found.kind === 'proof' ? refusal(rules, found.proof) : null;
  return refused === null
    ? found
    : { kind: 'unknown', reasons: [`a proof was found, but refused: ${refused}`] };
}

/**
 * `swarmkeep firewall prove`: whether anything that these uids send can get to a public address, over all packets of both families.
 * Each proof is checked before it is shown, by a program that shares nothing with the prover.
 * @returns 0 proven for both families, else 1 when a packet gets out, else 2
 * @throws CommandFailure
 */
export async function prove(place: Place, options: ProveOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.check !== undefined && options.uid.length > 0)
    throw usage('A proof says itself whose packets it is about: give --check without --uid.');
  const { rules, who } = await asked(place, options, terminal);
  if (options.check !== undefined) return checkProofFile(rules, options.check, options.json, terminal);
  const results = who.flatMap((one) =>
    ([4, 6] as const).map((family): Result => {
      const space = outboundSpace(rules.host, family, one.uids);
      const found = provable(rules.ruleset, rules.host, space, { uid: one.uid });
      return { who: one, family, found: onlyChecked(rules, found) };
    }),
  );
  if (options.json) terminal.out.write(asJson({ results: results.map(jsonOf) }));
  else {
    const paint = painter(wantsColour(terminal.out, terminal.environment));
    terminal.out.write(results.map((result) => textOf(rules, result, paint)).join('\n'));
  }
  return exitCodeOf(results);
}
