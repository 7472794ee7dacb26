import type { ListeningSocket } from '#shared/domain/facts/network.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import {
  addressGapParts,
  declaredReason,
  gapParts,
  labelOf,
  notSeen,
  seen,
  sourceOf,
  unseenPart,
} from './knowledge.ts';
import { type PacketPart, withPackets } from './packet-part.ts';
import { listingsOfNode, rulesOf } from './packet-rules.ts';
import { type Beyond, type Door, doorParts, socketText } from './reach.ts';
import { asRoot, byHand, dropInSteps, writeFileStep } from './steps.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

/** Port of Ollama unless it was told otherwise. */
export const OLLAMA_PORT = 11_434;
/** mDNS (RFC 6762): meant for the whole link, and answered by every node of a swarm. */
const MDNS_PORT = 5_353;

/** Whether a socket belongs to Ollama. */
export function isOllama(input: CheckInput, socket: ListeningSocket): boolean {
  const uid = seen(input, 'ollama')?.uid ?? null;
  return (
    socket.port === OLLAMA_PORT ||
    socket.processName === 'ollama' ||
    (uid !== null && uid !== 0 && socket.uid === uid && socket.unit === 'ollama.service')
  );
}

/** Sockets of one installation: by process, else by account and port. */
function socketsOf(input: CheckInput, instance: InstanceProfile): ListeningSocket[] {
  const pids = new Set(instance.pids);
  const ports = new Set([instance.apiPort, instance.dashboardPort]);
  return (seen(input, 'sockets')?.listening ?? []).filter((socket) => {
    if (socket.protocol === 'udp' && socket.port === MDNS_PORT) return false;
    if (socket.pids.length > 0) return socket.pids.some((pid) => pids.has(pid));
    return socket.uid === instance.uid && ports.has(socket.port);
  });
}

/** A rule set that lets the home network in and nobody else, in a table of its own (nft(8)). */
function homeOnlySteps(input: CheckInput, port: number): Door['steps'] {
  const path = `/etc/nftables.d/swarmkeep-port-${port}.nft`;
  return [
    byHand(
      'mycoSwarm 0.2.16 always listens on every address, and no setting changes that. So the machine has to keep strangers from the port.',
    ),
    asRoot(input, 'Make a folder for rules of your own')`install -d -m 0755 -- /etc/nftables.d`,
    writeFileStep(input, `Let only this machine and the home network reach port ${port}`, path, [
      `table inet swarmkeep_port_${port} {`,
      '  chain input {',
      '    type filter hook input priority filter; policy accept;',
      `    tcp dport ${port} iifname "lo" accept`,
      `    tcp dport ${port} ip saddr { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16 } accept`,
      `    tcp dport ${port} ip6 saddr { fe80::/10, fc00::/7 } accept`,
      `    tcp dport ${port} drop`,
      '  }',
      '}',
    ]),
    asRoot(input, 'Load it now')`nft -f ${path}`,
    byHand(
      `So that it is loaded at every start, add the line include "${path}" to /etc/nftables.conf and enable nftables.service.`,
      true,
    ),
    byHand('On a VPN with private addresses, name the interface instead of the addresses.', true),
  ];
}

function dashboardSteps(input: CheckInput, instance: InstanceProfile, port: number): Door['steps'] {
  return [
    byHand(
      `The dashboard asks for no password. Use it over SSH instead: ssh -L ${port}:127.0.0.1:${port} ${input.nodeName}`,
    ),
    ...homeOnlySteps(input, port).slice(1, 2),
    writeFileStep(
      input,
      `Let only this machine reach port ${port}`,
      `/etc/nftables.d/swarmkeep-port-${port}.nft`,
      [
        `table inet swarmkeep_port_${port} {`,
        '  chain input {',
        '    type filter hook input priority filter; policy accept;',
        `    tcp dport ${port} iifname != "lo" drop`,
        '  }',
        '}',
      ],
    ),
    asRoot(input, 'Load it now')`nft -f ${`/etc/nftables.d/swarmkeep-port-${port}.nft`}`,
    byHand(
      `Or do without the dashboard: stop its process on ${input.nodeName}${instance.unit === null ? '' : ' and disable its unit'}.`,
      true,
    ),
  ];
}

/** After drop-ins of the operator, `override.conf` among them: of several values of a variable the last counts. */
export const OLLAMA_ADDRESS_DROP_IN = 'zz-swarmkeep-address';
export const OLLAMA_ADDRESS_LINES: readonly string[] = ['Environment=OLLAMA_HOST=127.0.0.1:11434'];

/** What keeps Ollama on this machine: its own setting for the address. */
export function ollamaSteps(input: CheckInput): Door['steps'] {
  return dropInSteps(
    input,
    'Let Ollama answer on this machine only',
    'ollama.service',
    OLLAMA_ADDRESS_DROP_IN,
    OLLAMA_ADDRESS_LINES,
  );
}

function doorOf(
  input: CheckInput,
  socket: ListeningSocket,
  service: string,
  label: string,
  isOpen: boolean,
  steps: Door['steps'],
): Door {
  return {
    service,
    what: `${label}${socketText(socket)}`,
    family: socket.family,
    address: socket.address,
    ipv6Only: socket.ipv6Only,
    interface: socket.interface,
    protocol: socket.protocol,
    port: socket.port,
    raw: socket.raw,
    source: sourceOf(input, 'sockets'),
    isOpen,
    steps,
  };
}

function instanceDoors(input: CheckInput, instance: InstanceProfile): Door[] {
  const label = labelOf(input, instance);
  return socketsOf(input, instance).map((socket) => {
    const isDashboard = socket.port === instance.dashboardPort && socket.port !== instance.apiPort;
    return isDashboard
      ? doorOf(input, socket, 'The dashboard', label, true, dashboardSteps(input, instance, socket.port))
      : doorOf(input, socket, 'mycoSwarm', label, false, homeOnlySteps(input, socket.port));
  });
}

/** Doors of Ollama on this node. */
export function ollamaDoors(input: CheckInput): Door[] {
  return (seen(input, 'sockets')?.listening ?? [])
    .filter((socket) => socket.protocol === 'tcp' && isOllama(input, socket))
    .map((socket) => doorOf(input, socket, 'Ollama', '', false, ollamaSteps(input)));
}

/** Ports that containers of the swarm publish. Engines do it by DNAT, ahead of input rules. */
function containerDoors(input: CheckInput): Door[] {
  const engines = seen(input, 'containers')?.engines ?? [];
  return engines.flatMap((engine) =>
    engine.containers
      .filter((container) => /mycoswarm|ollama|open-webui/i.test(`${container.image} ${container.name}`))
      .flatMap((container) =>
        container.ports.map((port): Door => {
          const address = port.hostAddress === '' ? '0.0.0.0' : port.hostAddress;
          return {
            service: `The container ${container.name}`,
            what: `${address}:${port.hostPort} container ${container.name} (${engine.name}, ${container.image})`,
            family: address.includes(':') ? 6 : 4,
            address,
            ipv6Only: null,
            interface: null,
            protocol: port.protocol === 'udp' ? 'udp' : 'tcp',
            port: port.hostPort,
            raw: null,
            source: sourceOf(input, 'containers'),
            isOpen: false,
            steps: [
              byHand(
                `Publish the port on this machine only, as 127.0.0.1:${port.hostPort}:${port.containerPort}, and start the container ${container.name} anew.`,
                true,
              ),
            ],
          };
        }),
      ),
  );
}

/** What an operator declares for one door and one reach: `mycoswarm tcp/7890 lan`. */
function declarationOf(door: Door, beyond: Beyond): string {
  const service = door.service.startsWith('The container ')
    ? `container:${door.service.slice('The container '.length)}`
    : door.service.replace(/^The /, '').toLowerCase();
  return `${service} ${door.protocol}/${door.port} ${beyond}`;
}

/** Why a reach is meant; protocol and port alone speak for the home network and for nothing beyond it. */
export function reasonFor(input: CheckInput, door: Door, beyond: Beyond): string | null {
  return (
    declaredReason(input, 'service', declarationOf(door, beyond)) ??
    (beyond === 'lan' ? declaredReason(input, 'service', `${door.protocol}/${door.port}`) : null)
  );
}

/** Parts of a door, after the operator's declarations of what is meant. One that reaches several needs each of them. */
export function judgedDoor(input: CheckInput, door: Door): PacketPart[] {
  return doorParts(input, door).map(({ beyond = [], ...part }): PacketPart => {
    if (part.status !== 'fix') return part;
    const [first] = beyond;
    const reasons = beyond.map((reach) => reasonFor(input, door, reach));
    if (first === undefined || reasons.includes(null)) {
      return beyond.length === 1 && first !== undefined
        ? { ...part, declarable: { kind: 'service', value: declarationOf(door, first) } }
        : part;
    }
    const meant: PacketPart = {
      ...part,
      status: 'pass',
      seen: `${part.seen}; declared: ${reasons.join('; ')}`,
    };
    return beyond.length === 1
      ? { ...meant, declared: `service ${declarationOf(door, first)}: ${reasons[0]}` }
      : meant;
  });
}

/** Every door of the swarm on this node. */
export function doorsOf(input: CheckInput): Door[] {
  return [
    ...input.facts.profile.instances.flatMap((instance) => instanceDoors(input, instance)),
    ...ollamaDoors(input),
    ...containerDoors(input),
  ];
}

/** A node has a handful; one that lies may name thousands, and each is asked about for every address. */
export const MAX_DOORS = 64;

/** Checklist item 7: no service of the swarm can be reached from beyond the home network. */
export const serviceBindings: Check = {
  id: 'service-bindings',
  run(input) {
    const absent = withoutMycoswarm('service-bindings', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const hidden = [unseenPart(input, 'sockets'), unseenPart(input, 'containers')].filter(
      (part) => part !== null,
    );
    const doors = doorsOf(input);
    const parts: PacketPart[] = [
      ...hidden,
      ...doors.slice(0, MAX_DOORS).flatMap((door) => judgedDoor(input, door)),
      ...(doors.length > MAX_DOORS
        ? [
            notSeen(
              input,
              `${doors.length - MAX_DOORS} more sockets`,
              'not looked at, there are too many',
              sourceOf(input, 'sockets'),
              'look at what opens so many sockets',
            ),
          ]
        : []),
      ...gapParts(input, 'sockets'),
      ...addressGapParts(input),
    ];
    for (const instance of input.facts.profile.instances) {
      const source = sourceOf(input, 'sockets');
      const what = `${labelOf(input, instance)}sockets of mycoSwarm`;
      if (!instance.running) {
        parts.push(
          notSeen(
            input,
            what,
            'it is not running, so it answers nowhere',
            source,
            'start mycoSwarm and look again',
          ),
        );
      } else if (seen(input, 'sockets') !== null && socketsOf(input, instance).length === 0) {
        parts.push(
          notSeen(
            input,
            what,
            'it is running, and no socket of it was found',
            source,
            'look at this node as administrator',
          ),
        );
      }
    }
    const finding = conclude('service-bindings', input, parts, {
      pass: `No service of the swarm on ${node} can be reached from beyond the home network.`,
      detail: {
        unknown:
          'By their addresses alone the services look reachable from the home network only. What the packet rules make of that could not be seen.',
        fix: 'Addresses, interfaces and packet rules decide this together, for IPv4 and IPv6.',
      },
      wouldChange: {
        pass: 'A new network, a VPN or a public address on which these services answer would change this.',
        otherwise: 'Services that answer on this machine or the home network only would make this fine.',
      },
    });
    const rules = rulesOf(input);
    return withPackets(finding, parts, rules.ok ? listingsOfNode(input, rules.rules.ruleset) : []);
  },
};
