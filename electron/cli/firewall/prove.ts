import { PROTOCOL } from '#core/firewall/fields.ts';
import { type Provable, provable } from '#core/firewall/prove/provable.ts';
import { outboundSpace, type Space } from '#core/firewall/prove/space.ts';
import { WELL_KNOWN } from '#core/firewall/prove/telling.ts';
import { judge, type Rules } from '#core/firewall/questions/ask.ts';
import { packetOut } from '#core/firewall/questions/outbound.ts';
import { rewrittenInto, translatedInto } from '#core/firewall/questions/translated-into.ts';
import { commandName } from '#shared/domain/command-name.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from '../check-command.ts';
import { couldNot, EXIT, type ExitCode, usage } from '../failure.ts';
import { asJson } from '../report.ts';
import { during, painter, type Terminal, wantsColour } from '../terminal.ts';
import { checkProofFile, refusal } from './check-proof-file.ts';
import { assumption } from './firewall-words.ts';
import type { OwnAgent } from './own-rules.ts';
import {
  besideText,
  type Dormant,
  dormantText,
  JUDGED_BY,
  type Result,
  resultJson,
  resultText,
  SCOPE,
  type Who,
} from './prove-words.ts';
import { rulesOfFiles } from './read-rules.ts';
import { uidsOf, uidText } from './uid-argument.ts';

export interface ProveOptions {
  uid: readonly string[];
  ruleset: readonly string[];
  check?: string;
  json: boolean;
}

interface Asked {
  readonly rules: Rules;
  readonly notListed: 4 | 6 | null;
  readonly who: readonly Who[];
  /** Agents of this machine that the question is about. */
  readonly agents: readonly OwnAgent[];
  /** Agents that the question would be about, were their uids known. */
  readonly unknown: readonly string[];
  /** Whether the uids were worked out here: then a doubt about them is one about the answer. */
  readonly isWhole: boolean;
}

async function asked(place: Place, options: ProveOptions, terminal: Terminal): Promise<Asked> {
  const isGiven = options.uid.length > 0;
  if (options.ruleset.length > 0) {
    if (!isGiven && options.check === undefined) throw usage('With --ruleset, say whose packets: --uid N.');
    const who = isGiven ? [{ name: null, ...uidsOf(options.uid, null) }] : [];
    return {
      ...rulesOfFiles(options.ruleset, terminal),
      who,
      agents: [],
      unknown: [],
      isWhole: false,
    };
  }
  // What is no uid at all is said before anything is looked at.
  uidsOf(options.uid, () => 0n);
  const { ownMachine } = await import('./own-rules.ts');
  const { rules, agents, unknown, uidOf } = await ownMachine(place, terminal);
  if (isGiven) {
    const given = { name: null, ...uidsOf(options.uid, uidOf) };
    const meant = agents.filter(({ uid }) => uid === given.uid);
    return { rules, notListed: null, who: [given], agents: meant, unknown: [], isWhole: false };
  }
  if (agents.length === 0 && options.check === undefined)
    throw couldNot(
      unknown.length === 0
        ? 'No mycoSwarm was found here, so it is not known whose packets to ask about.'
        : `The number of the account of mycoSwarm is not known here: ${visible(unknown.join(', '))}.`,
      'Say whose: --uid N',
    );
  const who = agents.map(({ name, uids, uid }) => ({ name, uids, uid }));
  return { rules, notListed: null, who, agents, unknown, isWhole: true };
}

function exitCodeOf(results: readonly Result[], { agents, unknown, isWhole }: Asked): ExitCode {
  const kinds = new Set(results.map(({ found }) => found.kind));
  if (kinds.has('open')) return EXIT.found;
  const isDoubtful =
    isWhole &&
    (unknown.length > 0 || agents.some(({ beside }) => beside.some(({ kind }) => kind === 'rules')));
  return kinds.has('unknown') || isDoubtful ? EXIT.couldNot : EXIT.fine;
}

/** A proof that the checker refuses is none. */
function onlyChecked(rules: Rules, found: Provable): Provable {
  const refused = found.kind === 'proof' ? refusal(rules, found.proof) : null;
  return refused === null
    ? found
    : { kind: 'unknown', reasons: [`a proof was found, but refused: ${refused}`] };
}

function provenFor(rules: Rules, { uids, uid }: Who, family: 4 | 6): Provable {
  const space = outboundSpace(family, uids);
  const other = translatedInto(rules.ruleset, space) ?? rewrittenInto(rules.ruleset, space);
  const found = checkedFor(rules, space, uid);
  return found.kind === 'proof' && other !== null ? { kind: 'unknown', reasons: [other] } : found;
}

function checkedFor(rules: Rules, space: Space, uid: bigint): Provable {
  return onlyChecked(rules, provable(rules.ruleset, rules.host, space, { uid }));
}

function resultFor({ rules, notListed }: Asked, who: Who, family: 4 | 6): Result {
  const found = provenFor(rules, who, family);
  const to = { version: family, daddr: WELL_KNOWN[family], l4proto: PROTOCOL.tcp, dport: 443n };
  const sample =
    found.kind === 'unknown'
      ? judge(rules, packetOut(rules.host, { uid: who.uid, gid: undefined }, to))
      : null;
  return { who, family, found, assumed: assumption(notListed, family), sample };
}

function dormantFor({ rules, agents }: Asked): Dormant[] {
  return agents.flatMap(({ name, dormant }): Dormant[] => {
    const [first] = dormant?.uids ?? [];
    if (dormant === null || first === undefined) return [];
    const who = { name, uids: dormant.uids, uid: first[0] };
    const found = { 4: provenFor(rules, who, 4).kind, 6: provenFor(rules, who, 6).kind };
    return [{ who, because: dormant.because, found }];
  });
}

function asText(all: Asked, results: readonly Result[], dormant: readonly Dormant[], terminal: Terminal) {
  const paint = painter(wantsColour(terminal.out, terminal.environment));
  return [
    results.map((result) => resultText(all.rules, result, paint)).join('\n'),
    ...all.unknown.map((name) => `unknown  ${visible(name)}: its number is not known, nothing was asked.\n`),
    ...dormant.map((one) => `\n${dormantText(one)}\n`),
    `\n${SCOPE} ${commandName(terminal.environment)} ${JUDGED_BY}\n`,
    ...all.agents.map(({ name, beside }) => besideText(name, beside, paint)),
  ].join('');
}

function asDocument(all: Asked, results: readonly Result[], dormant: readonly Dormant[]) {
  return asJson({
    results: results.map(resultJson),
    unknown: all.unknown,
    notUsable: dormant.map(({ who, because, found }) => ({
      name: who.name,
      uids: uidText(who.uids),
      because,
      results: { 4: found[4], 6: found[6] },
    })),
    scope: { note: `${SCOPE} ${JUDGED_BY}`, judgedBy: JUDGED_BY },
    beside: all.agents.flatMap(({ name, beside }) => beside.map((one) => ({ name, ...one }))),
  });
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
  const all = await asked(place, options, terminal);
  if (options.check !== undefined) return checkProofFile(all.rules, options.check, options.json, terminal);
  const { results, dormant } = await during(terminal, 'Asking the rules about every packet …', () => ({
    results: all.who.flatMap((one) => ([4, 6] as const).map((family) => resultFor(all, one, family))),
    dormant: dormantFor(all),
  }));
  terminal.out.write(
    options.json ? asDocument(all, results, dormant) : asText(all, results, dormant, terminal),
  );
  return exitCodeOf(results, all);
}
