import type { StoredRotation, StoredRotationNode } from '#core/store/operations/rotations.ts';
import type { SecretAct } from '#shared/domain/helper/secret.ts';
import type { Connections, Said } from './connections.ts';
import type { RotationJournal } from './journal.ts';

/** Nodes that may be given the secret: they rotate and were not lost on the way. */
const INSIDE: ReadonlySet<StoredRotationNode['state']> = new Set([
  'waiting',
  'fenced',
  'staged',
  'armed',
  'committed',
  'verified',
]);

/** @returns the nodes that rotate, without those that were lost on the way */
export function insideOf({ nodes }: StoredRotation): StoredRotationNode[] {
  return nodes.filter(({ state, place }) => INSIDE.has(state) && place !== null);
}

/** @returns addresses of the nodes that may be given the secret */
export function reachesOf(rotation: StoredRotation): string[] {
  return [...new Set(insideOf(rotation).flatMap(({ place }) => place?.addresses ?? []))].slice(0, 1_024);
}

/** Addresses that stay out of reach on every port: strangers, and nodes that do not have the secret. */
export function shutsOf(rotation: StoredRotation): string[] {
  const inside = new Set(reachesOf(rotation));
  const out = rotation.nodes.filter((node) => !insideOf(rotation).includes(node));
  return [
    ...rotation.strangers.map(({ address }) => address),
    ...out.flatMap(({ place }) => place?.addresses ?? []),
  ]
    .filter((address) => !inside.has(address) && isAddress(address))
    .slice(0, 256);
}

const isAddress = (text: string) => /^(\d{1,3}\.){3}\d{1,3}$|:/.test(text);

/**
 * Where the fence is tried: strangers that were seen, and an address beside the node's own at which nobody of the swarm is. One of these has
 * a route for certain, so that a packet is made and dropped.
 */
export function triesOf(rotation: StoredRotation, node: StoredRotationNode): string[] {
  const listed = new Set(rotation.nodes.flatMap(({ place }) => place?.addresses ?? []));
  const own = node.place?.addresses.find((address) => /^\d/.test(address));
  const beside: string[] = [];
  if (own !== undefined) {
    const parts = own.split('.');
    for (let last = 254; last > 1 && beside.length === 0; last -= 1) {
      const address = [...parts.slice(0, 3), String(last)].join('.');
      if (!listed.has(address)) beside.push(address);
    }
  }
  const strangers = shutsOf(rotation).filter((address) => /^\d/.test(address) && sameNetwork(address, own));
  return [...strangers.slice(0, 3), ...beside];
}

/** A stranger elsewhere may have no route from here, and then no packet is made that a fence could drop. */
function sameNetwork(address: string, own: string | undefined): boolean {
  return (
    own !== undefined && address.split('.').slice(0, 3).join('.') === own.split('.').slice(0, 3).join('.')
  );
}

/** What a node is asked to fence itself. */
export function fenceAct(
  rotation: StoredRotation,
  node: StoredRotationNode,
  scope: 'all' | 'swarm',
): Extract<SecretAct, { act: 'fence' }> {
  if (node.place === null) throw new RangeError(`Nothing is known of ${node.node}`);
  const tries = triesOf(rotation, node);
  return {
    act: 'fence',
    rotation: rotation.id,
    ...(rotation.former.length === 0 ? {} : { former: rotation.former }),
    scope,
    accounts: node.place.accounts,
    port: node.place.port,
    reaches: reachesOf(rotation),
    shuts: shutsOf(rotation),
    tries: tries.length === 0 ? ['203.0.113.1'] : tries,
  };
}

/** Fences one node and notes it once the node itself has shown that the fence holds. */
export async function fenceNode(
  journal: RotationJournal,
  connections: Connections,
  id: string,
  scope: 'all' | 'swarm',
  patienceMs: number,
): Promise<Said<'fence'>> {
  await beforeFence(journal, id, scope);
  const act = fenceAct(journal.rotation, journal.node(id), scope);
  const said = await connections.ask(id, act, patienceMs);
  if (said.how === 'answered') await journal.mark(id, { fence: scope });
  return said;
}

/** Written down before: the node may have the fence although its answer was lost. */
export async function beforeFence(
  journal: RotationJournal,
  id: string,
  scope: 'all' | 'swarm',
): Promise<void> {
  if (journal.node(id).fence === 'none') await journal.mark(id, { fence: scope });
}
