import type { Answer } from '#core/firewall/questions/ask.ts';
import type { Finding } from '#shared/domain/finding.ts';
import { type Agent, agentOf } from './agent.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import {
  AS_ADMINISTRATOR,
  addressGapParts,
  gapParts,
  labelOf,
  notSeen,
  sourceOf,
  unseenPart,
} from './knowledge.ts';
import { aroundParts, elsewhereParts } from './outbound-around.ts';
import { lastingParts } from './outbound-lasting.ts';
import { type Asked, askAbout, outParts, rootParts, strictParts } from './outbound-parts.ts';
import { senderOf } from './outbound-sender.ts';
import { type PacketPart, withPackets } from './packet-part.ts';
import { listingsOfNode, rulesOf } from './packet-rules.ts';
import { foldedParts, relayPart } from './relay-parts.ts';
import { harmlessParts, relaysOf } from './relays.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

/** A machine has a few; a node that lies may name thousands. */
const MAX_RELAYS = 32;

/** Relays of one agent, and where one could hide. */
export function relayParts(
  input: CheckInput,
  { agent, sender, rules }: Pick<Asked, 'agent' | 'sender' | 'rules'>,
): PacketPart[] {
  const relays = relaysOf(input, agent);
  const hidden = [
    unseenPart(input, 'sockets'),
    unseenPart(input, 'interfaces'),
    unseenPart(input, 'units'),
  ].filter((part) => part !== null);
  return [
    ...foldedParts(
      input,
      relays.slice(0, MAX_RELAYS).map((relay) => ({
        relay,
        part: relayPart(input, rules, { name: agent.name, sender }, relay, relays),
      })),
    ),
    ...harmlessParts(input, agent),
    ...(relays.length > MAX_RELAYS
      ? [
          notSeen(
            input,
            `${relays.length - MAX_RELAYS} more programs that could carry data out`,
            'not looked at, there are too many',
            sourceOf(input, 'sockets'),
            'end programs that nobody needs, and look again',
          ),
        ]
      : []),
    ...hidden,
    ...gapParts(input, 'sockets'),
    ...addressGapParts(input),
  ];
}

function agentParts(input: CheckInput, agent: Agent): { parts: PacketPart[]; asked: Asked | null } {
  const root = rootParts(input, agent);
  const elsewhere = elsewhereParts(input, agent);
  if (elsewhere.length > 0) return { parts: [...root, ...elsewhere, ...agent.doubts], asked: null };
  const sender = senderOf(input, agent);
  const seen = rulesOf(input);
  if (!seen.ok) return { parts: [...root, seen.part, ...agent.doubts], asked: null };
  if (sender === null) {
    const what = `${labelOf(input, agent.instance)}the account of mycoSwarm`;
    const unknown = notSeen(
      input,
      what,
      'its number is not known, so no rule can be asked',
      sourceOf(input, 'processes'),
      AS_ADMINISTRATOR,
    );
    return { parts: [...root, unknown, ...agent.doubts], asked: null };
  }
  const asked = askAbout(agent, sender, seen.rules);
  return {
    parts: [
      ...outParts(input, asked),
      ...root,
      ...aroundParts(input, agent),
      ...strictParts(input, asked),
      ...lastingParts(input, asked),
      ...relayParts(input, asked),
      ...agent.doubts,
    ],
    asked,
  };
}

/** What the rules do already, by family, for a finding that has something to fix. */
function familyWords(asked: readonly (Asked | null)[]): string {
  // Something does stop the agent where only connections that others have opened are open to it.
  const kindOf = (answer: Answer | undefined) =>
    answer?.kind === 'open' && answer.judged.packet.connection !== undefined ? 'joins' : answer?.kind;
  const kinds = (version: 4 | 6) => new Set(asked.flatMap((one) => kindOf(one?.answers[version]) ?? []));
  const [four, six] = [kinds(4), kinds(6)];
  const onlyClosed = (kind: ReadonlySet<string>) => kind.size === 1 && kind.has('closed');
  if (onlyClosed(four) && six.has('open'))
    return 'The rules that are there stop that over IPv4. Over IPv6 nothing stops it.';
  if (onlyClosed(six) && four.has('open'))
    return 'The rules that are there stop that over IPv6. Over IPv4 nothing stops it.';
  if (four.has('open') && six.has('open')) return 'Nothing stops it, over IPv4 or IPv6.';
  return '';
}

/** Checklist item 5: no packet of the agent gets to a public address, nor through anybody who carries it on. */
export const outboundFirewall: Check = {
  id: 'outbound-firewall',
  run(input): Finding {
    const absent = withoutMycoswarm('outbound-firewall', input);
    if (absent !== null) return absent;
    const looked = input.facts.profile.instances.map((instance) =>
      agentParts(input, agentOf(input, instance)),
    );
    const parts = looked.flatMap((one) => one.parts);
    const node = input.nodeName;
    const finding = conclude('outbound-firewall', input, parts, {
      pass: `No agent on ${node} can send anything to the internet.`,
      detail: {
        fix: familyWords(looked.map((one) => one.asked)),
        pass: 'Over the whole address space of IPv4 and IPv6, for every protocol and port, and for every number that the agent can become.',
      },
      wouldChange: {
        pass: 'A change of the rules, of what loads them, or a new relay on this machine would change this.',
        otherwise:
          'Rules for the account of the agent that stop every public address in both families, leave the home open and are loaded at boot would make this fine.',
      },
    });
    const rules = rulesOf(input);
    return withPackets(finding, parts, rules.ok ? listingsOfNode(input, rules.rules.ruleset) : []);
  },
};
