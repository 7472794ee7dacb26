import type { Answer, Rules } from '#core/firewall/questions/ask.ts';
import { type MustPass, mustPass } from '#core/firewall/questions/must-pass.ts';
import type { Sender } from '#core/firewall/questions/outbound.ts';
import { packetWords, whyOpen, whyStopped } from '#core/firewall/questions/words.ts';
import type { Agent } from './agent.ts';
import { askOutboundOnce } from './ask-once.ts';
import type { CheckInput } from './check.ts';
import { labelOf, notSeen, sourceOf, unitOf } from './knowledge.ts';
import { fenceSteps } from './outbound-fence.ts';
import { isKeptHome } from './outbound-unit.ts';
import { type PacketPart, packetEvidence } from './packet-part.ts';
import { byHand } from './steps.ts';
import { listedNodes } from './swarm-nodes.ts';

/** Both families of addresses. */
export const VERSIONS = [4, 6] as const;

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
    answers: { 4: askOutboundOnce(rules, 4, sender), 6: askOutboundOnce(rules, 6, sender) },
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

/** What helps where a rule for the account is met too late. */
const BEFORE = 'What stops the agent has to come before that rule, or stand in a table of its own';

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
    seen: packet.connection === undefined ? because : `${because}. ${BEFORE}`,
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
