import { parseAddress } from '#core/firewall/address.ts';
import { type IntervalSet, single, subtract } from '#core/firewall/interval.ts';
import type { Rules } from '#core/firewall/questions/ask.ts';
import { askInbound, homeNetworks, type Target } from '#core/firewall/questions/inbound.ts';
import { whyOpen, whyStopped } from '#core/firewall/questions/words.ts';
import type { Knock } from '#shared/domain/facts/knocks.ts';
import type { ListeningSocket } from '#shared/domain/facts/network.ts';
import type { CheckInput } from './check.ts';
import { AS_ADMINISTRATOR, seen } from './knowledge.ts';
import { reachOf } from './lan.ts';
import { hasNoRule, rulesOf } from './packet-rules.ts';

/** What the settings of a node (sockets, containers, packet rules) say of one port for one sender, and why. */
export type Expected =
  | { kind: 'open'; why: string; ofSwarm: boolean }
  | { kind: 'closed'; why: string }
  | { kind: 'unknown'; why: string; wouldHelp: string };

/** Whether a socket answers on an address of the node. `::` without IPV6_V6ONLY answers IPv4 too (ipv6(7)). */
function answersAt(socket: ListeningSocket, address: string, version: 4 | 6): boolean {
  const wildcard = reachOf(socket.address) === 'every';
  if (!wildcard) return sameAddress(socket.address, address);
  if (socket.family === version) return true;
  // Where it was not told, it may.
  return socket.family === 6 && version === 4 && socket.ipv6Only !== true;
}

function sameAddress(one: string, other: string): boolean {
  const [a, b] = [parseAddress(one.replace(/%.*$/, '')), parseAddress(other)];
  return a !== null && b !== null && a.version === b.version && a.value === b.value;
}

/** The interface that has an address; null when no interface of the node has it. */
function faceOf(input: CheckInput, address: string): string | null {
  const faces = seen(input, 'interfaces')?.interfaces ?? [];
  return (
    faces.find((face) => face.addresses.some((entry) => sameAddress(entry.address, address)))?.name ?? null
  );
}

function sendersOf(rules: Rules, target: Target, from: string | null): IntervalSet {
  const sender = from === null ? null : parseAddress(from);
  if (sender !== null && sender.version === target.version) return single(sender.value);
  const home = homeNetworks(rules.host, target.version, new Set());
  return subtract(home, single(target.daddr));
}

/** What the packet rules say of a connection to a port on which something listens. */
function byRules(input: CheckInput, knock: Knock, listens: string, ofSwarm: boolean): Expected {
  const address = parseAddress(knock.address);
  const face = faceOf(input, knock.address);
  if (address === null || face === null)
    return {
      kind: 'unknown',
      why: 'no interface of the node has this address: something between translates it',
      wouldHelp: 'reach the node by an address of its own',
    };
  const read = rulesOf(input);
  if (!read.ok)
    return {
      kind: 'unknown',
      why: `${listens}, and what the packet rules make of that could not be seen`,
      wouldHelp: read.part.wouldHelp ?? AS_ADMINISTRATOR,
    };
  if (hasNoRule(read.rules))
    return { kind: 'open', why: `${listens}, and no rule keeps anybody out`, ofSwarm };
  const target: Target = {
    version: address.version,
    daddr: address.value,
    protocol: 'tcp',
    port: knock.port,
    iifname: face,
  };
  const answer = askInbound(read.rules, target, sendersOf(read.rules, target, knock.from));
  if (answer.kind === 'unknown')
    return {
      kind: 'unknown',
      why: `what the packet rules make of it cannot be told: ${answer.reason}`,
      wouldHelp: 'write that rule in another way, or report it with recorded facts of this node',
    };
  if (answer.kind === 'open')
    return {
      kind: 'open',
      why: `${listens}, ${whyOpen(answer.judged.packet, answer.judged.verdict)}`,
      ofSwarm,
    };
  const stopped = answer.sample === null ? '' : `: ${whyStopped(read.rules.ruleset, answer.sample.verdict)}`;
  return { kind: 'closed', why: `its packet rules should stop that${stopped}` };
}

/**
 * What a knock on this port should have met, by what the node itself shows. A port that a container publishes counts as open: engines lead
 * it past the rules, and whether it should is for other checks.
 */
export function expectationOf(input: CheckInput, knock: Knock): Expected {
  const sockets = seen(input, 'sockets')?.listening ?? null;
  if (sockets === null)
    return {
      kind: 'unknown',
      why: 'the listening sockets of the node were not seen',
      wouldHelp: AS_ADMINISTRATOR,
    };
  const version = parseAddress(knock.address)?.version ?? 4;
  const here = sockets.filter(({ protocol, port }) => protocol === 'tcp' && port === knock.port);
  const socket = here.find((entry) => answersAt(entry, knock.address, version));
  const isApi = input.facts.profile.instances.some(({ apiPort }) => apiPort === knock.port);
  if (socket !== undefined)
    return byRules(input, knock, `${socket.processName ?? 'a program'} listens there`, isApi);
  const container = (seen(input, 'containers')?.engines ?? [])
    .flatMap(({ containers }) => containers)
    .find(({ ports }) => ports.some((one) => one.hostPort === knock.port && one.protocol !== 'udp'));
  if (container !== undefined)
    return { kind: 'open', why: `the container ${container.name} publishes it`, ofSwarm: false };
  const [elsewhere] = here;
  return {
    kind: 'closed',
    why:
      elsewhere === undefined
        ? 'nothing on it is seen to listen there'
        : `${elsewhere.processName ?? 'what listens there'} should answer on ${elsewhere.address} only`,
  };
}
