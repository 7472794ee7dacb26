import type { PacketLab } from '../../hosts/testing/packet-lab.ts';
import type { PacketVerdict } from '../packet.ts';
import { contradiction } from './forgetful.ts';
import { isListedOtherwise } from './listed-otherwise.ts';
import { randomPackets, type TestPacket } from './packets.ts';
import { type Random, randomOf } from './random.ts';
import { randomRuleSet, smaller, withoutRefused } from './random-rule-set.ts';
import { inText, type RuleSetText } from './rule-sets.ts';
import { compare, judge, load, type Refusal, type Result, read } from './trial.ts';

export interface FuzzCounts extends Record<Result, number> {
  ruleSets: number;
  /** Rule sets that the kernel's programs refused even without the rules that they named. */
  refused: number;
  /** Packets that agreed only when they were sent alone. */
  alone: number;
  /** Packets that agree under the rules that nft lists, and not under those that it loaded. */
  listedOtherwise: number;
  /** Verdicts that were held against the kernel, by verdict. */
  readonly verdicts: Record<PacketVerdict['verdict'], number>;
}

export interface Difference {
  readonly seed: number;
  /** The smallest rule set and packet found, and both answers, as text. */
  readonly text: string;
}

export interface FuzzReport {
  readonly counts: FuzzCounts;
  readonly differences: readonly Difference[];
  /** Differences between the rules that nft loaded and those that it lists. */
  readonly listedOtherwise: readonly Difference[];
  readonly refusals: readonly string[];
  /** Reasons of unknown verdicts, and how often each was given. */
  readonly reasons: ReadonlyMap<string, number>;
}

/** More rule sets rather than more packets for each: most rules are met by few packets. */
const PACKETS_PER_RULE_SET = 50;
const MOST_REPAIRS = 25;
/** Milliseconds for making one difference smaller. */
const SHRINKING_TIME = 20_000;

type Settled = Awaited<ReturnType<typeof load>> & { ok: true };

/** Loads a rule set, leaving out rules that nft or iptables-restore refuse. */
async function settle(
  lab: PacketLab,
  rules: RuleSetText,
  refusals: string[],
): Promise<{ rules: RuleSetText; loaded: Settled } | null> {
  let now = rules;
  for (let repair = 0; repair < MOST_REPAIRS; repair += 1) {
    const loaded = await load(lab, now);
    if (loaded.ok) return { rules: now, loaded };
    refusals.push(describeRefusal(now, loaded.refusal));
    const next = withoutRefused(now, loaded.refusal);
    if (!next) return null;
    now = next;
  }
  return null;
}

function describeRefusal(rules: RuleSetText, { text, line, message }: Refusal): string {
  const whole =
    text === 'nft'
      ? inText({ nft: rules.nft, saves: [] })
      : inText({ nft: [], saves: [rules.saves[text]].flatMap((one) => one ?? []) });
  return `${line === null ? '' : (whole.split('\n')[line] ?? '')}\n    ${message.trim().split('\n').slice(0, 3).join(' | ')}`;
}

type Differs = (lab: PacketLab, rules: RuleSetText, packet: TestPacket) => Promise<string | null>;

/** Whether model and kernel still differ about a packet under a rule set; what each says, or null. */
const differsHere: Differs = async (lab, rules, packet) => {
  const loaded = await load(lab, rules);
  if (!loaded.ok) return null;
  const verdict = judge(read(loaded.listings), packet);
  const [sighting] = await lab.send([packet.sent]);
  if (!sighting || compare(packet, sighting, verdict) !== 'differs') return null;
  return `model:  ${verdict.verdict}: ${verdict.reason}\nkernel: seen at [${sighting.seen.join(', ')}]${sighting.rejected ? ', the sender was told' : ''} ${sighting.error}\npath:\n${verdict.path.map((step) => `  ${step.hook} ${step.table} ${step.chain}: ${step.rule ?? ''} → ${step.outcome}`).join('\n')}`;
};

/** The same of rules that nft lists otherwise than it loaded them; what it lists, or null. */
const differsAsListed: Differs = async (lab, rules, packet) => {
  const loaded = await load(lab, rules);
  if (!loaded.ok) return null;
  const verdict = judge(read(loaded.listings), packet);
  if (!(await isListedOtherwise(lab, rules, packet, verdict))) return null;
  const [listed] = await lab.run([{ argv: ['/usr/sbin/nft', 'list', 'ruleset'] }]);
  return `nft lists:\n${listed?.stdout ?? ''}`;
};

/** Takes away piece after piece for as long as the difference stays (delta debugging). */
async function minimise(
  lab: PacketLab,
  rules: RuleSetText,
  packet: TestPacket,
  differs: Differs,
): Promise<string> {
  let now = rules;
  let answer = await differs(lab, now, packet);
  if (answer === null) return `(only in its batch)\n${inText(now)}`;
  const end = performance.now() + SHRINKING_TIME;
  for (let shrunk = true; shrunk; ) {
    shrunk = false;
    for (const candidate of smaller(now)) {
      if (performance.now() > end) break;
      const still = await differs(lab, candidate, packet);
      if (still === null) continue;
      [now, answer, shrunk] = [candidate, still, true];
      break;
    }
  }
  return `${inText(now)}\n${answer}`;
}

function describePacket({ sent, asked }: TestPacket): string {
  return `packet: ${asked.direction} ${JSON.stringify(sent)}`;
}

async function agreesAlone(lab: PacketLab, packet: TestPacket, verdict: PacketVerdict): Promise<boolean> {
  const [sighting] = await lab.send([packet.sent]);
  return sighting !== undefined && compare(packet, sighting, verdict) === 'agrees';
}

interface OpenReport extends FuzzReport {
  readonly differences: Difference[];
  readonly listedOtherwise: Difference[];
  readonly refusals: string[];
  readonly reasons: Map<string, number>;
}

/** One seed is one rule set with its packets. */
async function trySeed(lab: PacketLab, seed: number, report: OpenReport): Promise<void> {
  const random: Random = randomOf(seed);
  const settled = await settle(lab, randomRuleSet(random), report.refusals);
  const { counts } = report;
  counts.ruleSets += 1;
  if (!settled) {
    counts.refused += 1;
    return;
  }
  const ruleset = read(settled.loaded.listings);
  const packets = randomPackets(random, PACKETS_PER_RULE_SET);
  const sightings = await lab.send(packets.map(({ sent }) => sent));
  const suspects: { packet: TestPacket; verdict: PacketVerdict }[] = [];
  for (const [index, packet] of packets.entries()) {
    const verdict = judge(ruleset, packet);
    const sighting = sightings[index];
    const result = sighting ? compare(packet, sighting, verdict) : 'notSent';
    // Protocols without ports can meet each other behind address translation: what counts is the packet alone.
    const final = result === 'differs' && (await agreesAlone(lab, packet, verdict)) ? 'agrees' : result;
    if (final !== result) counts.alone += 1;
    counts[final] += 1;
    if (result !== 'notSent') counts.verdicts[verdict.verdict] += 1;
    if (result === 'unknown')
      report.reasons.set(verdict.reason, (report.reasons.get(verdict.reason) ?? 0) + 1);
    if (final === 'differs') suspects.push({ packet, verdict });
    const contrary = contradiction(random, ruleset, packet, verdict);
    if (contrary !== null)
      report.differences.push({
        seed,
        text: `${describePacket(packet)}\n${contrary}\n${inText(settled.rules)}`,
      });
  }
  const found: Record<'differences' | 'listedOtherwise', TestPacket[]> = {
    differences: [],
    listedOtherwise: [],
  };
  for (const { packet, verdict } of suspects) {
    const otherwise = await isListedOtherwise(lab, settled.rules, packet, verdict);
    found[otherwise ? 'listedOtherwise' : 'differences'].push(packet);
  }
  counts.differs -= found.listedOtherwise.length;
  counts.listedOtherwise += found.listedOtherwise.length;
  for (const [kind, differs] of [
    ['differences', differsHere],
    ['listedOtherwise', differsAsListed],
  ] as const) {
    const [first] = found[kind];
    if (first)
      report[kind].push({
        seed,
        text: `${found[kind].length} of ${packets.length} packets differ; the first:\n${describePacket(first)}\n${await minimise(lab, settled.rules, first, differs)}`,
      });
  }
}

/**
 * Holds the evaluator against the kernel with random rule sets and packets.
 * @param packets at least so many are sent
 * @param mostDifferences stop after so many
 */
export async function fuzz(
  lab: PacketLab,
  firstSeed: number,
  packets: number,
  mostDifferences: number,
): Promise<FuzzReport> {
  const counts: FuzzCounts = {
    ruleSets: 0,
    refused: 0,
    alone: 0,
    listedOtherwise: 0,
    agrees: 0,
    unknown: 0,
    may: 0,
    notSent: 0,
    differs: 0,
    verdicts: { accept: 0, drop: 0, reject: 0, unknown: 0 },
  };
  const report = {
    counts,
    differences: [] as Difference[],
    listedOtherwise: [] as Difference[],
    refusals: [] as string[],
    reasons: new Map<string, number>(),
  };
  const sent = () => counts.agrees + counts.unknown + counts.may + counts.differs + counts.listedOtherwise;
  for (let seed = firstSeed; sent() < packets && report.differences.length < mostDifferences; seed += 1)
    await trySeed(lab, seed, report);
  return report;
}
