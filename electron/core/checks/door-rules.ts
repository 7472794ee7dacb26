import { parseAddress, prefixInterval } from '#core/firewall/address.ts';
import { type Interval, type IntervalSet, normalize, single, subtract } from '#core/firewall/interval.ts';
import { publicAddresses } from '#core/firewall/prove/space.ts';
import { WELL_KNOWN } from '#core/firewall/prove/telling.ts';
import { type Answer, judge, type Rules } from '#core/firewall/questions/ask.ts';
import {
  askInbound,
  everywhere,
  homeNetworks,
  machinesIn,
  packetIn,
  type Target,
} from '#core/firewall/questions/inbound.ts';
import { translatedTo } from '#core/firewall/questions/translations.ts';
import { BY_PROVER_ALONE, packetWords, whyOpen, whyStopped } from '#core/firewall/questions/words.ts';
import type { InterfaceFact } from '#shared/domain/facts/network.ts';
import type { CheckInput } from './check.ts';
import { notSeen, seen, sourceOf } from './knowledge.ts';
import { reachOf } from './lan.ts';
import { packetEvidence } from './packet-part.ts';
import { hasNoRule, rulesOf } from './packet-rules.ts';
import type { Beyond, Door, DoorPart } from './reach.ts';
import { byHand } from './steps.ts';
import { listedNodes } from './swarm-nodes.ts';

/** Whether a door answers connections of an address family. `::` without IPV6_V6ONLY answers IPv4 too (ipv6(7)). */
export function answers(door: Door, family: 4 | 6): boolean {
  return door.family === family || (door.family === 6 && family === 4 && door.ipv6Only === false);
}

/** What an interface beyond the home is called in declarations. */
export function beyondOf(face: InterfaceFact | undefined): Beyond {
  return face?.kind === 'vpn' ? `vpn:${face.name}` : 'public';
}

/** An address beyond the home on which a door answers. */
export interface Outside {
  face: InterfaceFact;
  address: string;
  prefix: number;
}

function targetOf(door: Door, { face, address }: Pick<Outside, 'face' | 'address'>): Target | null {
  const parsed = parseAddress(address.replace(/%.*$/, ''));
  if (parsed === null) return null;
  const { protocol, port } = door;
  return { version: parsed.version, daddr: parsed.value, protocol, port, iifname: face.name };
}

/** Everything that is not in a network of the home, as the node is connected to it; a VPN is not the home. */
function strangersOf(input: CheckInput, rules: Rules, version: 4 | 6): IntervalSet {
  const faces = seen(input, 'interfaces')?.interfaces ?? [];
  const vpns = new Set(faces.filter((face) => face.kind === 'vpn').map((face) => face.name));
  return subtract(everywhere(version), homeNetworks(rules.host, version, vpns));
}

/** Whether the rules let strangers through to an address of the node on which a door answers. */
function askOutside(input: CheckInput, rules: Rules, door: Door, outside: Outside): Answer | null {
  const target = targetOf(door, outside);
  if (target === null) return null;
  const answer = askInbound(rules, target, strangersOf(input, rules, target.version));
  if (
    outside.face.kind !== 'vpn' ||
    answer.kind !== 'open' ||
    answer.judged.packet.iifname === target.iifname
  )
    return answer;
  // A private address of a VPN is reached through the VPN and by no other interface.
  if (reachOf(outside.address) === 'public') return answer;
  return askThrough(rules, target, outside.prefix);
}

/** An answer for what comes in by the interface of the address itself, from its own network. */
function askThrough(rules: Rules, target: Target, prefix: number): Answer {
  const network = normalize([prefixInterval(target.version, target.daddr, prefix)]);
  const judged = [subtract(network, single(target.daddr)), publicAddresses(target.version)].flatMap((set) => {
    const [first] = set;
    return first === undefined ? [] : [judge(rules, packetIn(target, first[0]))];
  });
  const open = judged.find(({ verdict }) => verdict.verdict === 'accept');
  if (open !== undefined) return { kind: 'open', judged: open };
  const unknown = judged.find(({ verdict }) => verdict.verdict === 'unknown');
  if (unknown !== undefined) return { kind: 'unknown', reason: unknown.verdict.reason };
  return { kind: 'closed', sample: judged[0] ?? null, proof: null };
}

/** The part for one address beyond the home on which a door answers, after the rules. */
export function outsidePart(
  input: CheckInput,
  door: Door,
  outside: Outside,
  words: { seen: string; headline: string },
): DoorPart {
  const { face, address, prefix } = outside;
  const what = `${door.what}: ${face.name} ${address}/${prefix}`;
  const source = sourceOf(input, 'interfaces');
  const rules = rulesOf(input);
  if (!rules.ok) return { ...rules.part, what: `${what}; ${rules.part.what}` };
  const answer = askOutside(input, rules.rules, door, outside);
  if (answer === null) return notSeen(input, what, 'this is no address', source, null);
  if (answer.kind === 'unknown')
    return notSeen(
      input,
      what,
      `cannot be told: ${answer.reason}`,
      sourceOf(input, 'firewall'),
      'write that rule in another way, or report it with recorded facts of this node',
    );
  const { ruleset } = rules.rules;
  const ends = { from: 'internet', to: door.what };
  if (answer.kind === 'closed') {
    const why =
      answer.sample === null
        ? 'nobody could send it'
        : `stopped ${whyStopped(ruleset, answer.sample.verdict)}`;
    return {
      what,
      seen: `${words.seen}; ${why}${answer.proof === null ? '' : `; ${BY_PROVER_ALONE}`}`,
      status: 'pass',
      source: sourceOf(input, 'firewall'),
      ...(answer.sample === null
        ? {}
        : { packet: packetEvidence(ruleset, answer.sample, 'stopped', why, ends) }),
    };
  }
  const because = `${words.seen}: ${whyOpen(answer.judged.packet, answer.judged.verdict)}`;
  return {
    what,
    seen: because,
    status: 'fix',
    severity: 'high',
    source,
    raw: door.raw,
    beyond: [beyondOf(face)],
    headline: words.headline,
    steps: door.steps,
    packet: packetEvidence(ruleset, answer.judged, 'open', because, ends),
  };
}

/** What lets strangers in to a door by another port, by translation: nothing when there is no such rule. */
export function translatedParts(input: CheckInput, door: Door, outside: readonly Outside[]): DoorPart[] {
  const rules = rulesOf(input);
  if (!rules.ok) return [];
  return outside.flatMap((one): DoorPart[] => {
    const target = targetOf(door, one);
    if (target === null) return [];
    const neighbour = subtract(
      normalize([prefixInterval(target.version, target.daddr, one.prefix)]),
      single(target.daddr),
    )[0]?.[1];
    const senders = [WELL_KNOWN[target.version], ...(neighbour === undefined ? [] : [neighbour])];
    return translatedTo(rules.rules, target, senders).map((judged): DoorPart => {
      const { packet, verdict } = judged;
      const what = `${door.what}: ${packetWords(packet)}`;
      const source = sourceOf(input, 'firewall');
      if (verdict.verdict === 'unknown')
        return notSeen(
          input,
          what,
          `cannot be told: ${verdict.reason}`,
          source,
          'write that rule in another way, or report it with recorded facts of this node',
        );
      const because = `address translation sends it on to port ${door.port}`;
      return {
        what,
        seen: because,
        status: 'fix',
        severity: 'high',
        source,
        beyond: [beyondOf(one.face)],
        headline: `${door.service} on ${input.nodeName} is reached from ${one.face.name} by address translation.`,
        steps: [
          byHand(`Take the rule away that sends port ${packet.dport} on to port ${door.port}.`, true),
          ...door.steps,
        ],
        packet: packetEvidence(rules.rules.ruleset, judged, 'open', because, {
          from: 'internet',
          to: door.what,
        }),
      };
    });
  });
}

/** Parts about packet rules for a door that by its address answers at home. */
export function homeParts(input: CheckInput, door: Door): DoorPart[] {
  const rules = rulesOf(input);
  const what = `packet rules for port ${door.port}: prerouting, input, forward`;
  const source = sourceOf(input, 'firewall');
  if (!rules.ok) return [{ ...rules.part, what: `${what}; ${rules.part.what}` }];
  if (!door.isOpen)
    return [
      {
        what,
        seen: hasNoRule(rules.rules)
          ? 'no rule at all: the addresses alone decide'
          : 'read; by its address it answers at home only',
        status: 'pass',
        source,
      },
    ];
  return openDoorParts(input, rules.rules, door);
}

/** A door that asks for no password: of the home only listed nodes may use it. */
function openDoorParts(input: CheckInput, rules: Rules, door: Door): DoorPart[] {
  const faces = seen(input, 'interfaces')?.interfaces ?? [];
  const listed = listedNodes(input);
  const targets = faces
    .filter((face) => face.up && face.kind !== 'loopback' && face.kind !== 'vpn')
    .filter((face) => door.interface === null || door.interface === face.name)
    .flatMap((face) =>
      face.addresses
        .filter((entry) => answers(door, entry.family) && reachOf(entry.address) === 'lan')
        .filter((entry) => reachOf(door.address) === 'every' || entry.address === door.address)
        .flatMap((entry) => targetOf(door, { face, address: entry.address }) ?? []),
    );
  return targets.slice(0, 16).map((target): DoorPart => {
    const nodes = normalize(
      listed.filter((node) => node.version === target.version).map(({ value }): Interval => [value, value]),
    );
    const networks = homeNetworks(rules.host, target.version, new Set());
    const home = machinesIn(rules.host, target.version, networks);
    const answer = askInbound(rules, target, subtract(home, nodes));
    const where = `${door.what}: ${target.iifname}`;
    if (answer.kind === 'unknown')
      return notSeen(
        input,
        where,
        `cannot be told: ${answer.reason}`,
        sourceOf(input, 'firewall'),
        'write that rule in another way, or report it with recorded facts of this node',
      );
    if (answer.kind === 'closed') {
      const why =
        answer.sample === null ? '' : `, stopped ${whyStopped(rules.ruleset, answer.sample.verdict)}`;
      return {
        what: where,
        seen: `no password, and only listed nodes get to it${why}${answer.proof === null ? '' : `; ${BY_PROVER_ALONE}`}`,
        status: 'pass',
        source: sourceOf(input, 'firewall'),
      };
    }
    const { packet, verdict } = answer.judged;
    const because = `no password, and every device of the home network may use it: ${whyOpen(packet, verdict)}`;
    return {
      what: where,
      seen: because,
      status: 'fix',
      severity: 'high',
      source: door.source,
      raw: door.raw,
      beyond: ['lan'],
      headline: `${door.service} on ${input.nodeName} asks for no password, and every device at home can open it.`,
      steps: door.steps,
      packet: packetEvidence(rules.ruleset, answer.judged, 'open', because, {
        from: 'a device at home',
        to: door.service,
      }),
    };
  });
}
