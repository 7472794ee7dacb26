import type { Answer, Rules } from '#core/firewall/questions/ask.ts';
import { areSameTables, type Moment } from '#core/firewall/questions/lasting.ts';
import { type MustPass, mustPass } from '#core/firewall/questions/must-pass.ts';
import { askOutbound, type Sender } from '#core/firewall/questions/outbound.ts';
import { packetWords, whyOpen, whyStopped } from '#core/firewall/questions/words.ts';
import type { Agent } from './agent.ts';
import type { CheckInput } from './check.ts';
import { gapParts, labelOf, notSeen, seen, sourceOf, unitOf } from './knowledge.ts';
import { fenceSteps } from './outbound-fence.ts';
import { isKeptHome } from './outbound-unit.ts';
import { type PacketPart, packetEvidence } from './packet-part.ts';
import { momentsOfNode } from './packet-rules.ts';
import { byHand } from './steps.ts';
import { listedNodes } from './swarm-nodes.ts';

const VERSIONS = [4, 6] as const;

/** What was asked about one agent, for both families. */
export interface Asked {
  readonly agent: Agent;
  readonly sender: Sender;
  readonly rules: Rules;
  readonly answers: Readonly<Record<4 | 6, Answer>>;
}

/** Asks whether an agent gets out, over the whole address space of both families. */
export function askAbout(agent: Agent, sender: Sender, rules: Rules): Asked {
  return {
    agent,
    sender,
    rules,
    answers: { 4: askOutbound(rules, 4, sender), 6: askOutbound(rules, 6, sender) },
  };
}

function ends(agent: Agent, uid: bigint | undefined): { from: string; to: string } {
  return { from: `${agent.name}, uid ${uid ?? agent.uid}`, to: 'internet' };
}

/** What stops a packet, or where translation sends it. */
function stoppedWords(
  { rules }: Asked,
  sample: NonNullable<(Answer & { kind: 'closed' })['sample']>,
): string {
  return sample.verdict.verdict === 'accept'
    ? 'address translation sends it to this machine or the home network instead'
    : whyStopped(rules.ruleset, sample.verdict);
}

function outPart(input: CheckInput, asked: Asked, version: 4 | 6): PacketPart {
  const { agent, rules, answers } = asked;
  const answer = answers[version];
  const source = sourceOf(input, 'firewall');
  const label = labelOf(input, agent.instance);
  if (answer.kind === 'unknown') {
    const what = `${label}IPv${version} packets of uid ${agent.uid} to public addresses`;
    const part = notSeen(
      input,
      what,
      `cannot be told: ${answer.reason}`,
      source,
      'write that rule in another way, or report it with recorded facts of this node',
    );
    const headline = `We cannot tell whether an agent on ${input.nodeName} can send data to the internet over IPv${version}.`;
    return {
      ...part,
      headline,
      packet: {
        outcome: 'unknown',
        packet: `IPv${version}, any protocol`,
        because: answer.reason,
        way: [],
      },
    };
  }
  if (answer.kind === 'closed') {
    const { sample } = answer;
    if (sample === null)
      return {
        what: `${label}IPv${version}`,
        seen: 'there is no such packet',
        status: 'not-applicable',
        source,
      };
    const why = stoppedWords(asked, sample);
    return {
      what: `${label}${packetWords(sample.packet)}`,
      seen: `stopped ${why}; and so is every other IPv${version} packet to a public address`,
      status: 'pass',
      source,
      packet: packetEvidence(rules.ruleset, sample, 'stopped', why, ends(agent, sample.packet.skuid)),
    };
  }
  const { packet, verdict } = answer.judged;
  const because = `would leave through ${packet.oifname ?? 'any interface'}: ${whyOpen(packet, verdict)}`;
  const base = {
    what: `${label}${packetWords(packet)}`,
    source,
    packet: packetEvidence(rules.ruleset, answer.judged, 'open', because, ends(agent, packet.skuid)),
    severity: 'high' as const,
    steps: fenceSteps(input),
  };
  const unit = unitOf(input, agent.instance);
  if (unit !== null && unit !== 'unseen' && isKeptHome(unit))
    return {
      ...base,
      seen: `${because}. Only its unit keeps it at home, with IPAddressDeny=, and that holds nothing which it starts elsewhere`,
      status: 'review',
      headline: `Only its unit keeps the agent on ${input.nodeName} from the internet; what it starts outside of the unit gets out.`,
    };
  return {
    ...base,
    seen: because,
    status: 'fix',
    headline: `An agent on ${input.nodeName} can still send data to the internet.`,
  };
}

/** Whether anything that an agent sends gets to a public address. */
export function outParts(input: CheckInput, asked: Asked): PacketPart[] {
  return VERSIONS.map((version) => outPart(input, asked, version));
}

/** An agent that can become root can lift every rule. */
export function rootParts(input: CheckInput, agent: Agent): PacketPart[] {
  if (!agent.canBe(0)) return [];
  const power = agent.powers.find((one) => one.uids.some((range) => range.start === 0));
  return [
    {
      what: `${labelOf(input, agent.instance)}${power?.what ?? `uid ${agent.uid}`}`,
      seen: 'the agent can be root, and root can lift every rule',
      status: 'fix',
      severity: 'high',
      source: power?.source ?? sourceOf(input, 'processes'),
      headline: `The agent on ${input.nodeName} can be root, and root can lift every rule.`,
      steps: [
        byHand(
          'First take that power away: the steps are under "Its own account". No rule holds who can change the rules.',
          true,
        ),
      ],
    },
  ];
}

const STRICT: Readonly<Record<MustPass['what'], string>> = {
  loopback: 'this machine too: the agent does not reach its own model server',
  home: 'the home network too',
  mdns: 'mDNS too: nodes lose sight of each other',
  peer: 'a node of the swarm too',
};

const FREE: Readonly<Record<MustPass['what'], string>> = {
  loopback: 'this machine stays within reach',
  home: 'the home network stays within reach',
  mdns: 'nodes find each other by mDNS',
  peer: 'a node of the swarm stays within reach',
};

/** What must still get through. */
export function strictParts(input: CheckInput, { agent, sender, rules }: Asked): PacketPart[] {
  const source = sourceOf(input, 'firewall');
  const label = labelOf(input, agent.instance);
  return mustPass(rules, sender, listedNodes(input)).map((one): PacketPart => {
    const { packet, verdict, what } = one;
    const words = packetWords(packet);
    if (verdict.verdict === 'accept') {
      const way = { from: `${agent.name}, uid ${agent.uid}`, to: packetWords(packet) };
      return {
        what: `${label}${words}`,
        seen: FREE[what],
        status: 'pass',
        source,
        packet: { ...packetEvidence(rules.ruleset, one, 'passes', FREE[what], way), way: [] },
      };
    }
    if (verdict.verdict === 'unknown')
      return notSeen(
        input,
        `${label}${words}`,
        `cannot be told: ${verdict.reason}`,
        source,
        'write that rule in another way, or report it with recorded facts of this node',
      );
    return {
      what: `${label}${words}`,
      seen: `${STRICT[what]}, stopped ${whyStopped(rules.ruleset, verdict)}`,
      status: 'review',
      severity: 'medium',
      source,
      headline: `The rules on ${input.nodeName} keep the agent from more than the internet: ${STRICT[what]}.`,
      steps: fenceSteps(input),
      packet: { outcome: 'too-strict', packet: words, because: STRICT[what], way: [] },
    };
  });
}

/** Programs that make rules of their own at boot, from files that are not evaluated here. */
function managersAtBoot(input: CheckInput): string[] {
  const managers = seen(input, 'firewall')?.managers ?? [];
  return managers
    .filter(({ name, enabledAtBoot }) => (name === 'ufw' || name === 'firewalld') && enabledAtBoot !== false)
    .map(({ name }) => name);
}

function momentPart(input: CheckInput, asked: Asked, moment: Moment, held: readonly (4 | 6)[]): PacketPart {
  const source = 'systemctl show; files of the units that load rules';
  const node = input.nodeName;
  const what = `${labelOf(input, asked.agent.instance)}${moment.when}`;
  const rules: Rules = { ruleset: { tables: moment.tables, missing: [] }, host: asked.rules.host };
  const isSame = areSameTables(moment.tables, asked.rules.ruleset.tables);
  const answers = held.map(
    (version) =>
      [version, isSame ? asked.answers[version] : askOutbound(rules, version, asked.sender)] as const,
  );
  const lost = answers.filter(([, { kind }]) => kind !== 'closed');
  if (lost.length === 0 && moment.doubts.length === 0)
    return { what, seen: 'the rules are there again', status: 'pass', source };
  const elsewhere = [...managersAtBoot(input), ...(seen(input, 'firewall')?.boot?.elsewhere ?? [])];
  const unclear = lost.find(([, { kind }]) => kind === 'unknown')?.[1];
  const why =
    moment.doubts.length > 0
      ? moment.doubts.slice(0, 3).join('; ')
      : unclear?.kind === 'unknown'
        ? unclear.reason
        : moment.maybe.length > 0
          ? moment.maybe.slice(0, 3).join('; ')
          : elsewhere.length > 0
            ? `they may be made by ${elsewhere.slice(0, 3).join(', ')}, which is not evaluated`
            : null;
  if (why !== null)
    return {
      ...notSeen(input, `rules ${what}`, why, source, 'load the rules of the agent by a unit of their own'),
      headline: `We cannot tell whether the rules that hold the agent on ${node} are there ${moment.when}.`,
      packet: {
        outcome: 'unknown',
        packet: moment.when,
        because: why,
        way: [],
      },
    };
  const families =
    lost.length === held.length ? '' : ` (IPv${lost.map(([version]) => version).join(', IPv')})`;
  return {
    what,
    seen: `${moment.because}${families}`,
    status: 'fix',
    severity: 'medium',
    source,
    headline: `The rules that hold the agent on ${node} are gone ${moment.when}.`,
    steps: fenceSteps(input),
    packet: {
      outcome: 'not-kept',
      packet: moment.when,
      because: `${moment.because}${families}`,
      way: [],
    },
  };
}

/** Whether what is stopped now is stopped after a reboot and after reloads as well. */
export function lastingParts(input: CheckInput, asked: Asked): PacketPart[] {
  const held = VERSIONS.filter((version) => asked.answers[version].kind === 'closed');
  if (held.length === 0) return [];
  const moments = momentsOfNode(input);
  if (moments !== null) return moments.map((moment) => momentPart(input, asked, moment, held));
  const [gap] = gapParts(input, 'firewall', (what) => /^rules that are loaded at boot/.test(what));
  const part =
    gap ??
    notSeen(
      input,
      'what loads the rules at boot',
      'it was not looked at',
      sourceOf(input, 'firewall'),
      'look at this node again',
    );
  return [
    {
      ...part,
      headline: `We cannot tell whether the rules that hold the agent on ${input.nodeName} are there after a reboot.`,
      wouldHelp: part.wouldHelp ?? 'look at this node again',
      packet: { outcome: 'unknown', packet: 'after a reboot', because: part.seen, way: [] },
    },
  ];
}
