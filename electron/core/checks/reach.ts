import type { InterfaceFact, ListeningSocket } from '#shared/domain/facts/network.ts';
import type { CheckInput } from './check.ts';
import { notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import { reachOf } from './lan.ts';
import { noPacketRules } from './packet-rules.ts';
import type { Part } from './part.ts';

/** Where a service answers, and the sentences for it. */
export interface Door {
  /** The service, as a sentence calls it: `mycoSwarm`, `Ollama`, `The dashboard`. */
  service: string;
  /** As the machine says it: `0.0.0.0:7890 mycoswarm (pid 812, uid 1000 minotaur)`. */
  what: string;
  family: 4 | 6;
  address: string;
  /** Only for `::`: false when IPv4 is answered too; null when not known. */
  ipv6Only: boolean | null;
  interface: string | null;
  protocol: ListeningSocket['protocol'];
  port: number;
  raw: string | null;
  source: string;
  /** Anybody who reaches it may use it: then only nodes of the swarm should. */
  isOpen: boolean;
  steps: NonNullable<Part['steps']>;
}

/** From where a door can be reached: the home network, a VPN by the name of its interface, or anywhere else. */
export type Beyond = 'lan' | 'public' | `vpn:${string}`;

/** A part about a door, with what its openness reaches: that is what an operator would declare as meant. */
export interface DoorPart extends Part {
  beyond?: readonly Beyond[];
}

/** How a listening socket reads in evidence. */
export function socketText(socket: ListeningSocket): string {
  const address = socket.address.includes(':') ? `[${socket.address}]` : socket.address;
  const pids = socket.pids.length > 0 ? `pid ${socket.pids.slice(0, 4).join(', ')}, ` : '';
  const user = socket.user === null ? '' : ` ${socket.user}`;
  return `${address}:${socket.port}${socket.protocol === 'udp' ? '/udp' : ''} ${socket.processName ?? 'unknown program'} (${pids}uid ${socket.uid}${user})`;
}

/** Whether a door answers connections of an address family. `::` without IPV6_V6ONLY answers IPv4 too (ipv6(7)). */
function answers(door: Door, family: 4 | 6): boolean {
  return door.family === family || (door.family === 6 && family === 4 && door.ipv6Only === false);
}

/** The door answers IPv6, and nobody said whether it answers IPv4 as well. */
function mayAnswerIpv4(door: Door): boolean {
  return door.family === 6 && door.ipv6Only === null;
}

function isOutside(face: InterfaceFact, address: string): boolean {
  return face.kind === 'vpn' || reachOf(address) === 'public';
}

/** Up interfaces with an address on which the door answers and that is not of the home network. */
function outsideAddresses(
  door: Door,
  faces: readonly InterfaceFact[],
): { face: InterfaceFact; address: string; prefix: number }[] {
  return faces
    .filter((face) => face.up && (door.interface === null || door.interface === face.name))
    .flatMap((face) =>
      face.addresses
        .filter((entry) => answers(door, entry.family) && isOutside(face, entry.address))
        .map(({ address, prefix }) => ({ face, address, prefix })),
    );
}

function beyondOf(face: InterfaceFact | undefined): Beyond {
  return face?.kind === 'vpn' ? `vpn:${face.name}` : 'public';
}

/** Parts about packet rules for a door whose address alone does not settle it. */
function packetParts(input: CheckInput, door: Door): DoorPart[] {
  const source = sourceOf(input, 'firewall');
  const none = noPacketRules(input);
  const what = `packet rules for port ${door.port}: prerouting, input, forward`;
  if (none === null) {
    return [
      unseenPart(input, 'firewall') ??
        notSeen(input, what, 'the rules could not be read', source, 'look at this node as administrator'),
    ];
  }
  if (!none) {
    return [
      notSeen(
        input,
        what,
        'there are rules, and this version does not evaluate them yet',
        source,
        'use a later version of Swarmkeep, once it evaluates packet rules',
      ),
    ];
  }
  if (!door.isOpen)
    return [{ what, seen: 'no rule at all: the addresses alone decide', status: 'pass', source }];
  return [
    {
      what: door.what,
      seen: 'no password and no packet rule: every device of the home network may use it',
      status: 'fix',
      severity: 'high',
      source: door.source,
      raw: door.raw,
      beyond: ['lan'],
      headline: `${door.service} on ${input.nodeName} asks for no password, and every device at home can open it.`,
      steps: door.steps,
    },
  ];
}

/**
 * What can be said about a door from its address and the interfaces of the node. Loopback is fine by itself. An address
 * that is public, or every address on a machine that is also on a VPN or has a public address, is to be fixed. On a
 * machine that only has addresses of the home network, every address is the home network: packet rules could still let
 * strangers in by translation or forwarding, so without the rules this stays unknown, and where there is provably no rule
 * at all it is fine.
 */
export function doorParts(input: CheckInput, door: Door): DoorPart[] {
  const base = { what: door.what, source: door.source, raw: door.raw };
  const reach = reachOf(door.address);
  const bad = (seenThere: string, headline: string, beyond: readonly Beyond[]): DoorPart => ({
    ...base,
    seen: seenThere,
    beyond,
    status: 'fix',
    severity: 'high',
    headline,
    steps: door.steps,
  });
  if (reach === null) return [notSeen(input, door.what, 'this is no address', door.source, null)];
  if (reach === 'loopback') return [{ ...base, seen: 'this machine only', status: 'pass' }];
  const faces = seen(input, 'interfaces')?.interfaces ?? null;
  const own = faces?.find((face) => face.addresses.some((entry) => entry.address === door.address));
  if (reach === 'public') {
    const headline = `${door.service} on ${input.nodeName} answers on a public address.`;
    return [bad('a public address', headline, [beyondOf(own)])];
  }
  if (faces === null) {
    const hidden = unseenPart(input, 'interfaces');
    return [
      {
        ...base,
        seen: reach === 'every' ? 'every address' : 'an address of the home network',
        status: 'not-applicable',
      },
      ...(hidden === null ? [] : [hidden]),
    ];
  }
  if (reach === 'lan') {
    if (own?.kind === 'vpn') {
      const headline = `${door.service} on ${input.nodeName} answers on the VPN ${own.name}.`;
      return [bad(`the VPN ${own.name}`, headline, [beyondOf(own)])];
    }
    return [{ ...base, seen: 'the home network', status: 'pass' }, ...packetParts(input, door)];
  }
  const outside = outsideAddresses(door, faces);
  if (outside.length > 0) {
    const names = [...new Set(outside.map(({ face }) => face.name))];
    return [
      bad(
        'every address',
        `${door.service} on ${input.nodeName} answers on every network it is on, not only at home: ${names.join(', ')} too.`,
        [...new Set(outside.map(({ face }) => beyondOf(face)))],
      ),
      ...outside.map(
        ({ face, address, prefix }): DoorPart => ({
          beyond: [beyondOf(face)],
          what: `${face.name} ${address}/${prefix}`,
          seen:
            face.kind === 'vpn'
              ? 'a VPN, on which it answers'
              : 'not of the home network, and it answers there',
          status: 'fix',
          severity: 'high',
          source: sourceOf(input, 'interfaces'),
          headline: `${door.service} on ${input.nodeName} answers on ${face.name} too.`,
        }),
      ),
      ...packetParts(input, door).filter((part) => part.status !== 'pass'),
    ];
  }
  if (mayAnswerIpv4(door) && outsideAddresses({ ...door, ipv6Only: false }, faces).length > 0) {
    return [
      notSeen(
        input,
        door.what,
        'every IPv6 address; whether IPv4 is answered too was not told',
        door.source,
        'look at this node as administrator',
      ),
    ];
  }
  const homes = faces
    .filter((face) => face.up && face.kind !== 'loopback')
    .flatMap((face) =>
      face.addresses
        .filter((entry) => answers(door, entry.family))
        .map((entry) => `${face.name} ${entry.address}/${entry.prefix}`),
    );
  return [
    { ...base, seen: 'every address', status: 'not-applicable' },
    {
      what: homes.length === 0 ? 'no interface is up' : homes.join(', '),
      seen: 'home network',
      status: 'pass',
      source: sourceOf(input, 'interfaces'),
    },
    ...packetParts(input, door),
  ];
}
