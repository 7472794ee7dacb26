import { formatAddress, parseAddress, prefixInterval } from '#core/firewall/address.ts';
import { contains, type Interval, normalize } from '#core/firewall/interval.ts';
import type { CheckInput } from './check.ts';
import { seen } from './knowledge.ts';
import { reachOf } from './lan.ts';
import type { Door } from './reach.ts';
import { judgedDoor, reasonFor } from './service-bindings.ts';
import { listedNodes } from './swarm-nodes.ts';

export const DOORS_RULES = '/etc/nftables.d/swarmkeep-doors.nft';
export const DOORS_UNIT = 'swarmkeep-doors.service';
export const DOORS_TABLE = 'swarmkeep_doors';

/** A port that strangers are kept from. */
export interface KeptDoor {
  protocol: 'tcp' | 'udp';
  port: number;
  /** It asks for no password: of the home only listed nodes get to it. */
  nodesOnly: boolean;
  /** Interfaces beyond the home by which the operator declared it as meant, each with an address of this machine there. */
  vpns: readonly { name: string; version: 4 | 6; address: string }[];
}

/** What the rules for the doors of a node are made of. */
export interface DoorFence {
  doors: readonly KeptDoor[];
  /** Networks of the home that the node is connected to: `192.168.1.0/24`. */
  home: Readonly<Record<4 | 6, readonly string[]>>;
  nodes: Readonly<Record<4 | 6, readonly string[]>>;
}

const VERSIONS = [4, 6] as const;

/** Networks of the home by the addresses of the node, as the check reckons them: without VPNs, and no public one. */
function homeOf(input: CheckInput, version: 4 | 6): string[] {
  const faces = seen(input, 'interfaces')?.interfaces ?? [];
  const networks = faces
    .filter((face) => face.up && face.kind !== 'loopback' && face.kind !== 'vpn')
    .flatMap((face) => face.addresses)
    .filter(({ family, address }) => family === version && reachOf(address) === 'lan')
    .flatMap(({ address, prefix }) => {
      const parsed = parseAddress(address.replace(/%.*$/, ''));
      if (parsed === null) return [];
      return [`${formatAddress(version, prefixInterval(version, parsed.value, prefix)[0])}/${prefix}`];
    });
  return [...new Set(networks)].toSorted();
}

function intervalOf(network: string): Interval[] {
  const [text = '', prefix = ''] = network.split('/');
  const address = parseAddress(text);
  return address === null ? [] : [prefixInterval(address.version, address.value, Number(prefix))];
}

/** Addresses of this machine on a VPN by which this door is meant to be reached. */
function meantVpns(input: CheckInput, door: Door): KeptDoor['vpns'] {
  const faces = seen(input, 'interfaces')?.interfaces ?? [];
  return faces
    .filter(({ kind, name }) => kind === 'vpn' && reasonFor(input, door, `vpn:${name}`) !== null)
    .flatMap(({ name, addresses }) =>
      addresses.flatMap(({ address: text }) => {
        const address = parseAddress(text.replace(/%.*$/, ''));
        return address === null
          ? []
          : [{ name, version: address.version, address: formatAddress(address.version, address.value) }];
      }),
    );
}

/** The rules that a node needs so that nobody from beyond the home gets to these doors. */
export function doorFenceOf(input: CheckInput, doors: readonly Door[]): DoorFence {
  const open = doors.filter((door) => judgedDoor(input, door).some(({ status }) => status === 'fix'));
  const kept = new Map<string, KeptDoor>();
  for (const door of open) {
    const key = `${door.protocol}/${door.port}`;
    kept.set(key, {
      protocol: door.protocol,
      port: door.port,
      nodesOnly: door.isOpen && reasonFor(input, door, 'lan') === null,
      vpns: meantVpns(input, door),
    });
  }
  const nodes = listedNodes(input);
  const home = { 4: homeOf(input, 4), 6: homeOf(input, 6) };
  // A node of the list is one of the home: the same address from elsewhere is a stranger's.
  const of = (version: 4 | 6) => {
    const networks = normalize(home[version].flatMap(intervalOf));
    const own = nodes.filter((node) => node.version === version && contains(networks, node.value));
    return [...new Set(own.map(({ value }) => formatAddress(version, value)))];
  };
  return {
    doors: [...kept.values()].toSorted((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1)),
    home,
    nodes: { 4: of(4), 6: of(6) },
  };
}

const set = (items: readonly (string | number)[]) => `{ ${items.join(', ')} }`;

function chainFor(name: string, accepted: DoorFence['home']): string[] {
  return [
    `  chain ${name} {`,
    ...VERSIONS.flatMap((version) =>
      accepted[version].length === 0
        ? []
        : [`    ${version === 4 ? 'ip' : 'ip6'} saddr ${set(accepted[version])} accept`],
    ),
    '    counter drop',
    '  }',
  ];
}

function jumps(doors: readonly KeptDoor[], target: string): string[] {
  return (['tcp', 'udp'] as const).flatMap((protocol) => {
    const ports = doors.filter((door) => door.protocol === protocol).map(({ port }) => port);
    return ports.length === 0 ? [] : [`    ${protocol} dport ${set(ports)} goto ${target}`];
  });
}

/**
 * One table of its own for the doors of the swarm (nft(8)): both families, before any translation of addresses, which is how
 * container engines publish ports, and again where a packet arrives, for what translation sends here. A packet that is not
 * for this machine is left alone. Accepting here opens nothing that another table stops.
 */
export function doorFenceLines({ doors, home, nodes }: DoorFence): string[] {
  return [
    '#!/usr/sbin/nft -f',
    '# Keeps strangers from the doors of the swarm. Written with Swarmkeep.',
    `table inet ${DOORS_TABLE}`,
    `delete table inet ${DOORS_TABLE}`,
    `table inet ${DOORS_TABLE} {`,
    '  chain before_translation {',
    '    type filter hook prerouting priority mangle; policy accept;',
    '    iifname "lo" accept',
    '    fib daddr type local goto doors',
    '  }',
    '  chain arriving {',
    '    type filter hook input priority filter; policy accept;',
    '    iifname "lo" accept',
    '    goto doors',
    '  }',
    '  chain doors {',
    ...doors.flatMap(({ protocol, port, vpns }) =>
      vpns.map(
        ({ name, version, address }) =>
          `    iifname "${name}" ${version === 4 ? 'ip' : 'ip6'} daddr ${address} ${protocol} dport ${port} accept`,
      ),
    ),
    ...jumps(
      doors.filter(({ nodesOnly }) => !nodesOnly),
      'home',
    ),
    ...jumps(
      doors.filter(({ nodesOnly }) => nodesOnly),
      'nodes',
    ),
    '  }',
    ...chainFor('home', home),
    ...chainFor('nodes', nodes),
    '}',
  ];
}
