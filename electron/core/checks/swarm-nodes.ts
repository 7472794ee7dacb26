import { parseAddress } from '#core/firewall/address.ts';
import type { Peer } from '#core/firewall/questions/must-pass.ts';
import type { CheckInput } from './check.ts';
import { seen } from './knowledge.ts';
import { reachOf } from './lan.ts';

/** Port of mycoSwarm's API (mycoSwarm 0.2.16). */
export const API_PORT = 7_890;

/** A node that the operator put into the swarm, by one of its addresses. */
export interface ListedNode extends Peer {
  /** Its name in the console, or the reason of the declaration. */
  name: string;
  address: string;
}

/** Addresses of the node itself, as text as they were seen. */
function isOwn(input: CheckInput, version: 4 | 6, value: bigint): boolean {
  return (seen(input, 'interfaces')?.interfaces ?? []).some((face) =>
    face.addresses.some((entry) => {
      const address = parseAddress(entry.address);
      return address?.version === version && address.value === value;
    }),
  );
}

/**
 * The machines with which the agent may speak: the operator's other nodes in the console, and declared peers that are given by an address.
 * What announces itself on the network is never among them by that.
 */
export function listedNodes(input: CheckInput): ListedNode[] {
  const named = [
    ...(input.swarm ?? []).flatMap((node) =>
      node.addresses.map((address) => ({ name: node.nodeName, address, port: node.port })),
    ),
    ...input.declarations
      .filter((declaration) => declaration.kind === 'peer')
      .map(({ value, reason }) => ({ name: reason, address: value, port: API_PORT })),
  ];
  const listed = new Map<string, ListedNode>();
  for (const { name, address: text, port } of named) {
    const address = parseAddress(text);
    if (address === null || reachOf(text) === 'loopback' || reachOf(text) === 'every') continue;
    if (isOwn(input, address.version, address.value)) continue;
    const key = `${address.version} ${address.value} ${port}`;
    if (!listed.has(key)) listed.set(key, { ...address, port, name, address: text });
  }
  return [...listed.values()].slice(0, 256);
}

/** Ports on which nodes of this swarm answer: the usual one, and those of the installations and nodes that are known. */
export function apiPorts(input: CheckInput): number[] {
  const ports = [
    API_PORT,
    ...input.facts.profile.instances.flatMap((instance) => instance.apiPort ?? []),
    ...(input.swarm ?? []).map((node) => node.port),
  ];
  return [...new Set(ports)].toSorted((a, b) => a - b).slice(0, 32);
}
