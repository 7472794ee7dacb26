import type { InterfaceFact } from '#shared/domain/facts/network.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import { declaredReason, notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import { addressBytes, inNetwork, reachOf } from './lan.ts';
import type { Part } from './part.ts';
import { ollamaDoors } from './service-bindings.ts';
import { asRoot, byHand, undoneBy } from './steps.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

const KIND_WORDS: Readonly<Record<InterfaceFact['kind'], string>> = {
  loopback: 'this machine itself',
  ethernet: 'a cable',
  wifi: 'Wi-Fi',
  bridge: 'a bridge for containers or virtual machines',
  vpn: 'a VPN',
  container: 'a network of containers',
  virtual: 'a virtual network',
  mobile: 'a mobile network',
  other: 'a network of another kind',
};

/** Whether a peer of the swarm was seen inside the networks of an interface; null when peers could not be seen. */
function carriesPeers(input: CheckInput, face: InterfaceFact): boolean | null {
  const peers = seen(input, 'mycoswarm')?.peersSeen;
  if (peers === undefined) return null;
  return face.addresses.some((entry) => {
    const network = addressBytes(entry.address);
    // Every link has fe80::/10, so a link-local peer does not say on which one it is.
    if (network === null || entry.address.toLowerCase().startsWith('fe80')) return false;
    return peers.some((peer) => {
      const bytes = addressBytes(peer.address);
      return bytes !== null && peer.address !== entry.address && inNetwork(bytes, network, entry.prefix);
    });
  });
}

/** The home network: the way to the router, over cable or Wi-Fi, with an address of the home network. */
function isHome(input: CheckInput, face: InterfaceFact): boolean {
  const routes = seen(input, 'interfaces')?.routes ?? [];
  const isDefault = routes.some(
    (route) => route.interface === face.name && ['default', '0.0.0.0/0', '::/0'].includes(route.destination),
  );
  return (
    isDefault &&
    face.kind !== 'vpn' &&
    face.kind !== 'mobile' &&
    face.addresses.some((entry) => reachOf(entry.address) === 'lan')
  );
}

/** What answers on an interface, for the words only. */
function answersOn(input: CheckInput, face: InterfaceFact): string {
  const sockets = seen(input, 'sockets')?.listening ?? [];
  const own = new Set(face.addresses.map((entry) => entry.address));
  const pids = new Set(input.facts.profile.instances.flatMap((instance) => instance.pids));
  const ollama = new Set(ollamaDoors(input).map((door) => door.port));
  const ports = sockets
    .filter(
      (socket) =>
        socket.protocol === 'tcp' && (socket.pids.some((pid) => pids.has(pid)) || ollama.has(socket.port)),
    )
    .filter((socket) => reachOf(socket.address) === 'every' || own.has(socket.address))
    .map((socket) => socket.port);
  const list = [...new Set(ports)].toSorted((a, b) => a - b);
  return list.length === 0 ? '' : `; services of the swarm answer there on ${list.join(', ')}`;
}

function facePart(input: CheckInput, face: InterfaceFact): Part | null {
  const node = input.nodeName;
  const source = sourceOf(input, 'interfaces');
  const addresses = face.addresses.map((entry) => `${entry.address}/${entry.prefix}`).join(', ');
  const what = `${face.name}${addresses === '' ? '' : ` ${addresses}`}`;
  if (!face.up || face.kind === 'loopback') return null;
  if (face.master !== null) return { what, seen: `part of ${face.master}`, status: 'not-applicable', source };
  if (isHome(input, face)) return { what, seen: 'the home network', status: 'pass', source };
  const declarable = { kind: 'interface' as const, value: face.name };
  const reason = declaredReason(input, 'interface', face.name);
  if (reason !== null)
    return {
      what,
      seen: `${KIND_WORDS[face.kind]}, declared: ${reason}`,
      status: 'pass',
      source,
      declared: `interface ${face.name}: ${reason}`,
    };
  const peers = carriesPeers(input, face);
  if (peers === true) return { what, seen: 'carries the traffic of the swarm', status: 'pass', source };
  if (peers === null) {
    return {
      ...notSeen(
        input,
        what,
        `${KIND_WORDS[face.kind]}; whether it carries traffic of the swarm is not known, for no other node was seen`,
        source,
        'look at this node as administrator',
      ),
      declarable,
    };
  }
  const answering = answersOn(input, face);
  return {
    what,
    seen: `${KIND_WORDS[face.kind]} that nobody declared${answering}`,
    status: 'review',
    severity: face.kind === 'vpn' || face.kind === 'mobile' ? 'high' : answering === '' ? 'low' : 'medium',
    source,
    headline: `${node} is on ${face.name}, ${KIND_WORDS[face.kind]} that nobody declared.`,
    declarable,
    steps: [
      byHand(`If it is meant, declare ${face.name} in Swarmkeep with the reason.`),
      undoneBy(asRoot(input, 'If it is not, take it down now')`ip link set dev ${face.name} down`, [
        asRoot(input, 'Back')`ip link set dev ${face.name} up`,
      ]),
      byHand(
        `So that it stays down after a restart, remove what brings ${face.name} up: its VPN, container engine or network settings.`,
        true,
      ),
    ],
  };
}

/** Radios that are on without an interface that uses them. */
function radioParts(input: CheckInput): Part[] {
  const interfaces = seen(input, 'interfaces');
  if (interfaces === null) return [];
  const wifiUsed = interfaces.interfaces.some((face) => face.kind === 'wifi' && face.up);
  return interfaces.radios.flatMap((radio): Part[] => {
    const what = `radio ${radio.name} (${radio.kind})`;
    const source = 'rfkill list';
    const isWifi = /wlan|wifi/i.test(radio.kind);
    if (radio.blocked) return [{ what, seen: 'off', status: 'pass', source }];
    if (isWifi && wifiUsed) return [];
    const reason = declaredReason(input, 'interface', radio.name);
    if (reason !== null)
      return [
        {
          what,
          seen: `on, declared: ${reason}`,
          status: 'pass',
          source,
          declared: `interface ${radio.name}: ${reason}`,
        },
      ];
    return [
      {
        what,
        seen: 'on, and nothing of the swarm uses it',
        status: 'review',
        severity: 'low',
        source,
        headline: `A radio of ${input.nodeName} is on that nobody declared: ${radio.kind}.`,
        declarable: { kind: 'interface', value: radio.name },
        steps: [
          undoneBy(asRoot(input, 'Switch it off')`rfkill block ${isWifi ? 'wlan' : radio.kind}`, [
            asRoot(input, 'Back')`rfkill unblock ${isWifi ? 'wlan' : radio.kind}`,
          ]),
        ],
      },
    ];
  });
}

/** Checklist item 11: every network that is up carries the swarm or was declared. */
export const unusedInterfaces: Check = {
  id: 'unused-interfaces',
  run(input) {
    const absent = withoutMycoswarm('unused-interfaces', input);
    if (absent !== null) return absent;
    const hidden = unseenPart(input, 'interfaces');
    const faces = seen(input, 'interfaces')?.interfaces ?? [];
    const parts = [
      ...(hidden === null ? [] : [hidden]),
      ...faces.map((face) => facePart(input, face)).filter((part) => part !== null),
      ...radioParts(input),
    ];
    if (hidden === null && faces.length === 0) {
      parts.push(
        notSeen(input, 'network interfaces', 'none was named', sourceOf(input, 'interfaces'), 'look again'),
      );
    }
    return conclude('unused-interfaces', input, parts, {
      pass: `Every network that ${input.nodeName} is on carries the swarm or was declared.`,
      detail: { review: 'Each interface that is up is a door. Only you can say whether it is meant.' },
      wouldChange: {
        pass: 'Another interface that comes up would change this.',
        otherwise: 'Declaring these interfaces with a reason, or taking them down, would make this fine.',
      },
    });
  },
};
