import { z } from 'zod';
import type { StoredIsolatedNode } from '#core/store/operations/isolations.ts';
import type { WireIdentity } from '#shared/domain/helper/isolate.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { IsolationParts } from './parts.ts';
import {
  type ConsolePlace,
  type KnownMachine,
  NOBODY,
  plainAddress,
  type WhoItIs,
  whoIsIt,
} from './who-is-it.ts';

const written = z.union([z.ipv4(), z.ipv6()]);
/** Whether the operator wrote an address down, and no name that somebody on the network answers. */
const isAddress = (host: string): boolean => written.safeParse(host).success;

type Knowing = Pick<IsolationParts, 'addressOf' | 'keysOf'>;

/** @returns a node of the list as this console knows it; whatever cannot be had is left out */
export async function machineOf(
  parts: Knowing,
  node: SwarmNode,
  said: Pick<KnownMachine, 'claims' | 'neighbours'> = { claims: NOBODY, neighbours: [] },
): Promise<KnownMachine> {
  const { address } = node;
  const [reached, keys] = await Promise.all([
    parts.addressOf(node).catch(() => null),
    parts.keysOf(node).catch(() => []),
  ]);
  return {
    node: node.id,
    name: node.name,
    reached,
    isLiteral: address.kind === 'ssh' && isAddress(address.host),
    isLocal: address.kind === 'local',
    keys,
    ...said,
  };
}

/** Whether orders to a node run on the computer of this console, so that dropping another node there would cut the console off from it. */
export function isHere({ isLocal, reached }: KnownMachine, { own }: ConsolePlace): boolean {
  return (
    isLocal || (reached !== null && own.addresses.some((one) => plainAddress(one) === plainAddress(reached)))
  );
}

/** What nodes of the list are to an isolated one now. */
export interface Around extends WhoItIs {
  /** Those that are to drop it; `isHere`: by the computer of this console; `isAlike`: it may be the node itself, by its host key. */
  peers: { node: SwarmNode; isHere: boolean; isAlike: boolean }[];
}

/**
 * Who an isolated node is now, and who its peers are: by the journal and by the list of nodes as it is, which may have changed since.
 * @param inside ids of all nodes of its isolation
 * @param said what the node says of itself just now
 */
export async function aroundNode(
  parts: Pick<IsolationParts, 'addressOf' | 'keysOf' | 'place'>,
  stored: StoredIsolatedNode,
  all: readonly SwarmNode[],
  inside: ReadonlySet<string>,
  said: WireIdentity = NOBODY,
): Promise<Around> {
  const [place, machines] = await Promise.all([
    parts.place(),
    Promise.all(all.map((node) => machineOf(parts, node))),
  ]);
  return around(stored, all, machines, place, inside, said);
}

function around(
  { shown, certain, target, keys, spares, reachedAt }: StoredIsolatedNode,
  all: readonly SwarmNode[],
  machines: readonly KnownMachine[],
  place: ConsolePlace,
  inside: ReadonlySet<string>,
  said: WireIdentity,
): Around {
  const listed = machines.find(({ node }) => node === shown.node);
  const itself: KnownMachine = {
    node: shown.node,
    name: shown.name,
    reached: listed?.reached ?? null,
    isLiteral: reachedAt?.kind === 'ssh' && isAddress(reachedAt.host),
    isLocal: reachedAt?.kind === 'local',
    keys: [...new Set([...keys, ...(listed?.keys ?? [])])],
    claims: {
      addresses: [...target.addresses, ...said.addresses],
      macs: [...target.macs, ...said.macs],
    },
    neighbours: [],
  };
  // What others were known by when it was ordered is theirs still, whoever of them is on the list now.
  const former: KnownMachine = {
    ...{ node: '', name: 'another node', reached: null, isLiteral: false, isLocal: false },
    ...{ keys: [], claims: spares, neighbours: [] },
  };
  const found = whoIsIt(itself, [...machines, former], place, { certain, target });
  const peers = all.flatMap((node) => {
    const machine = machines.find((one) => one.node === node.id);
    if (machine === undefined || inside.has(node.id) || found.same.includes(node.id)) return [];
    return [{ node, isHere: isHere(machine, place), isAlike: found.alike.includes(node.id) }];
  });
  return { ...found, peers };
}
