import { parseAddress } from '#core/firewall/address.ts';
import type { Rules } from '#core/firewall/questions/ask.ts';
import type { Sender } from '#core/firewall/questions/outbound.ts';
import { packetWords, whyOpen, whyStopped } from '#core/firewall/questions/words.ts';
import type { Finding } from '#shared/domain/finding.ts';
import { type Agent, agentOf } from './agent.ts';
import { askStrangersOnce } from './ask-once.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import { AS_ADMINISTRATOR, labelOf, notSeen, seen, sourceOf } from './knowledge.ts';
import { aroundParts, elsewhereParts } from './outbound-around.ts';
import { fenceSteps } from './outbound-fence.ts';
import { rootParts } from './outbound-parts.ts';
import { senderOf } from './outbound-sender.ts';
import { type PacketPart, packetEvidence, withPackets } from './packet-part.ts';
import { listingsOfNode, rulesOf } from './packet-rules.ts';
import type { Part } from './part.ts';
import { byHand } from './steps.ts';
import { apiPorts, type ListedNode, listedNodes } from './swarm-nodes.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

function portPart(
  input: CheckInput,
  agent: Agent,
  sender: Sender,
  rules: Rules,
  question: { version: 4 | 6; port: number; nodes: readonly ListedNode[] },
): PacketPart {
  const { version, port, nodes } = question;
  const answer = askStrangersOnce(rules, version, sender, port, nodes);
  const source = sourceOf(input, 'firewall');
  const label = labelOf(input, agent.instance);
  if (answer.kind === 'unknown')
    return notSeen(
      input,
      `${label}tcp port ${port} over IPv${version}`,
      `cannot be told: ${answer.reason}`,
      source,
      'write that rule in another way, or report it with recorded facts of this node',
    );
  const ends = { from: `${agent.name}, uid ${agent.uid}`, to: 'a stranger' };
  if (answer.kind === 'closed') {
    if (answer.sample === null)
      return {
        what: `${label}tcp port ${port}, IPv${version}`,
        seen: 'no such packet',
        status: 'not-applicable',
        source,
      };
    const why = whyStopped(rules.ruleset, answer.sample.verdict);
    return {
      what: `${label}${packetWords(answer.sample.packet)}`,
      seen: `stopped ${why}; and so is port ${port} of every other machine that is not listed`,
      status: 'pass',
      source,
      packet: packetEvidence(rules.ruleset, answer.sample, 'stopped', why, ends),
    };
  }
  const { packet, verdict } = answer.judged;
  const because = `would reach a machine that is no listed node: ${whyOpen(packet, verdict)}`;
  return {
    what: `${label}${packetWords(packet)}`,
    seen: because,
    status: 'fix',
    severity: 'high',
    source,
    headline:
      nodes.length === 0
        ? `The agent on ${input.nodeName} would hand the swarm secret to any machine that announces itself.`
        : `The agent on ${input.nodeName} would hand the swarm secret to machines that are not in your list.`,
    packet: packetEvidence(rules.ruleset, answer.judged, 'open', because, ends),
    steps: [
      byHand(
        nodes.length === 0
          ? 'Put your other nodes into Swarmkeep first, or declare them as peers by their addresses: only these stay within reach.'
          : `These nodes stay within reach: ${nodes.map((node) => `${node.name} (${node.address})`).join(', ')}. Put missing ones into Swarmkeep first.`,
      ),
      ...fenceSteps(input),
    ],
  };
}

/** Machines that announced themselves or speak with the node, and are not in the operator's list. They decide nothing by themselves. */
function strangers(input: CheckInput, nodes: readonly ListedNode[]): Part[] {
  const peers = seen(input, 'mycoswarm')?.peersSeen ?? [];
  const own = (seen(input, 'interfaces')?.interfaces ?? []).flatMap((face) =>
    face.addresses.map((entry) => entry.address),
  );
  const declared = input.declarations.filter(({ kind }) => kind === 'peer').map(({ value }) => value);
  const known = new Set(nodes.map((node) => `${node.version} ${node.value}`));
  const unlisted = peers.filter(({ name, address: text }) => {
    const address = parseAddress(text);
    if (address === null || own.includes(text) || declared.includes(text)) return false;
    return !known.has(`${address.version} ${address.value}`) && !(name !== '' && declared.includes(name));
  });
  const byAddress = new Map(unlisted.map((peer) => [peer.address, peer]));
  return [...byAddress.values()].slice(0, 64).map(({ name, address, source }) => ({
    what: name === '' ? address : `${name} at ${address}`,
    seen: 'announced itself or spoke with this node, and is not in your list',
    status: 'not-applicable',
    source,
    declarable: { kind: 'peer', value: address },
  }));
}

function agentParts(input: CheckInput, agent: Agent, nodes: readonly ListedNode[]): PacketPart[] {
  const root = rootParts(input, agent);
  const elsewhere = elsewhereParts(input, agent);
  if (elsewhere.length > 0) return [...root, ...elsewhere, ...agent.doubts];
  const sender = senderOf(input, agent);
  const rules = rulesOf(input);
  if (!rules.ok) return [...root, rules.part, ...agent.doubts];
  if (sender === null) {
    const what = `${labelOf(input, agent.instance)}the account of mycoSwarm`;
    const why = 'its number is not known, so no rule can be asked';
    return [
      ...root,
      notSeen(input, what, why, sourceOf(input, 'processes'), AS_ADMINISTRATOR),
      ...agent.doubts,
    ];
  }
  const asked = apiPorts(input).flatMap((port) =>
    ([4, 6] as const).map((version) => portPart(input, agent, sender, rules.rules, { version, port, nodes })),
  );
  return [...asked, ...root, ...aroundParts(input, agent), ...agent.doubts];
}

/** The agent reaches the API of the operator's own nodes and of nobody else: who only announces itself is sent nothing. */
export const peerAllowlist: Check = {
  id: 'peer-allowlist',
  run(input): Finding {
    const absent = withoutMycoswarm('peer-allowlist', input);
    if (absent !== null) return absent;
    const nodes = listedNodes(input);
    const agents = input.facts.profile.instances.map((instance) => agentOf(input, instance));
    const parts: PacketPart[] = [
      ...agents.flatMap((agent) => agentParts(input, agent, nodes)),
      ...nodes.map(
        (node): Part => ({
          what: `${node.address}:${node.port}`,
          seen: `listed: ${node.name}`,
          status: 'not-applicable',
          source: 'nodes and declarations in Swarmkeep',
        }),
      ),
      ...strangers(input, nodes),
    ];
    const node = input.nodeName;
    const ports = apiPorts(input).join(', ');
    const finding = conclude('peer-allowlist', input, parts, {
      pass:
        nodes.length === 0
          ? `The agent on ${node} speaks with no other node, and none is in your list.`
          : `The agent on ${node} speaks only with the nodes in your list.`,
      detail: {
        pass: `Judged is port ${ports}; a machine that announces itself with another port of the home network is not held off by this.`,
        fix: 'mycoSwarm sends the swarm secret to every machine that announces itself on the network. Only packet rules can hold it back.',
      },
      wouldChange: {
        pass: 'A change of the rules, or another list of nodes, would change this.',
        otherwise: `Rules that let the agent reach port ${ports} on listed nodes only would make this fine.`,
      },
    });
    const rules = rulesOf(input);
    return withPackets(finding, parts, rules.ok ? listingsOfNode(input, rules.rules.ruleset) : []);
  },
};
