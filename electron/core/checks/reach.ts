import type { InterfaceFact, ListeningSocket } from '#shared/domain/facts/network.ts';
import type { CheckInput } from './check.ts';
import { answers, beyondOf, homeParts, type Outside, outsidePart, translatedParts } from './door-rules.ts';
import { notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import { reachOf } from './lan.ts';
import type { PacketPart } from './packet-part.ts';
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
export interface DoorPart extends PacketPart {
  beyond?: readonly Beyond[];
}

/** How a listening socket reads in evidence. */
export function socketText(socket: ListeningSocket): string {
  const address = socket.address.includes(':') ? `[${socket.address}]` : socket.address;
  const pids = socket.pids.length > 0 ? `pid ${socket.pids.slice(0, 4).join(', ')}, ` : '';
  const user = socket.user === null ? '' : ` ${socket.user}`;
  return `${address}:${socket.port}${socket.protocol === 'udp' ? '/udp' : ''} ${socket.processName ?? 'unknown program'} (${pids}uid ${socket.uid}${user})`;
}

/** The door answers IPv6, and nobody said whether it answers IPv4 as well. */
function mayAnswerIpv4(door: Door): boolean {
  return door.family === 6 && door.ipv6Only === null;
}

function isOutside(face: InterfaceFact, address: string): boolean {
  return face.kind === 'vpn' || reachOf(address) === 'public';
}

/** Up interfaces with an address on which the door answers and that is not of the home network. */
function outsideAddresses(door: Door, faces: readonly InterfaceFact[]): Outside[] {
  return faces
    .filter((face) => face.up && (door.interface === null || door.interface === face.name))
    .flatMap((face) =>
      face.addresses
        .filter((entry) => answers(door, entry.family) && isOutside(face, entry.address))
        .map(({ address, prefix }) => ({ face, address, prefix })),
    );
}

/** A node has a few addresses beyond the home; one that lies may name thousands. */
const MAX_OUTSIDE = 16;

function tooMany(input: CheckInput, door: Door, more: number): DoorPart {
  const source = sourceOf(input, 'interfaces');
  return notSeen(
    input,
    `${door.what}: ${more} more addresses`,
    'not looked at, there are too many',
    source,
    'look at what makes so many addresses',
  );
}

/** For an address that no interface has any more. */
const UNKNOWN_FACE: InterfaceFact = {
  name: 'any interface',
  kind: 'other',
  up: true,
  carrier: null,
  mac: null,
  master: null,
  addresses: [],
  receivedBytes: null,
  sentBytes: null,
};

/**
 * What can be said about a door: from its address, from the interfaces of the node, and from the rules. Loopback is fine by itself. On an
 * address beyond the home (public, or of a VPN) it is to be fixed unless the rules stop every stranger. An address of the home is
 * reached from home only; still the rules must have been read, for they could let strangers in by translation.
 */
export function doorParts(input: CheckInput, door: Door): DoorPart[] {
  const base = { what: door.what, source: door.source, raw: door.raw };
  const reach = reachOf(door.address);
  if (reach === null) return [notSeen(input, door.what, 'this is no address', door.source, null)];
  if (reach === 'loopback') return [{ ...base, seen: 'this machine only', status: 'pass' }];
  const faces = seen(input, 'interfaces')?.interfaces ?? null;
  if (faces === null) {
    const hidden = unseenPart(input, 'interfaces');
    return [
      {
        ...base,
        seen:
          reach === 'every'
            ? 'every address'
            : reach === 'lan'
              ? 'an address of the home network'
              : 'a public address',
        status: 'not-applicable',
      },
      ...(hidden === null ? [] : [hidden]),
    ];
  }
  const node = input.nodeName;
  if (reach !== 'every') {
    const own = faces.find((face) => face.addresses.some((entry) => entry.address === door.address));
    if (reach === 'lan' && own?.kind !== 'vpn')
      return [
        { ...base, seen: 'the home network', status: 'pass' },
        ...homeParts(input, door),
        ...translatedParts(
          input,
          door,
          outsideAddresses({ ...door, interface: null }, faces).slice(0, MAX_OUTSIDE),
        ),
      ];
    const entry = own?.addresses.find(({ address }) => address === door.address);
    const face = own ?? UNKNOWN_FACE;
    const prefix = entry?.prefix ?? (door.family === 4 ? 32 : 128);
    const words =
      reach === 'public'
        ? { seen: 'a public address', headline: `${door.service} on ${node} answers on a public address.` }
        : {
            seen: `the VPN ${face.name}`,
            headline: `${door.service} on ${node} answers on the VPN ${face.name}.`,
          };
    return [outsidePart(input, door, { face, address: door.address, prefix }, words)];
  }
  const all = outsideAddresses(door, faces);
  const outside = all.slice(0, MAX_OUTSIDE);
  if (outside.length > 0) {
    const parts = outside.map((one) =>
      outsidePart(input, door, one, {
        seen:
          one.face.kind === 'vpn'
            ? 'a VPN, on which it answers'
            : 'not of the home network, and it answers there',
        headline: `${door.service} on ${node} answers on ${one.face.name} too.`,
      }),
    );
    const open = outside.filter((_one, index) => parts[index]?.status === 'fix');
    const names = [...new Set(open.map(({ face }) => face.name))];
    return [
      open.length === 0
        ? { ...base, seen: 'every address', status: 'not-applicable' }
        : {
            ...base,
            seen: 'every address',
            beyond: [...new Set(open.map(({ face }) => beyondOf(face)))],
            status: 'fix',
            severity: 'high',
            headline: `${door.service} on ${node} answers on every network it is on, not only at home: ${names.join(', ')} too.`,
            steps: door.steps,
          },
      ...parts,
      ...homeParts(input, door).filter((part) => part.status !== 'pass' || open.length === 0),
      ...translatedParts(input, door, outside),
      ...(all.length > outside.length ? [tooMany(input, door, all.length - outside.length)] : []),
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
    ...homeParts(input, door),
  ];
}
