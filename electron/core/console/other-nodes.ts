import { z } from 'zod';
import type { CheckInput } from '#core/checks/check.ts';
import { reachOf } from '#core/checks/lan.ts';
import { knockFacts } from '#shared/domain/facts/knocks.ts';
import { nodeId, type SwarmNode } from '#shared/domain/node.ts';
import type { Context } from './context.ts';

const words = z.string().max(256);

/** The little of stored facts that is needed here; the rest of them is not read again for every node. */
const stored = z.object({
  profile: z
    .object({ instances: z.array(z.object({ apiPort: z.int().min(1).max(65_535).nullable() })).max(16) })
    .catch({ instances: [] }),
  knocks: z.object({ made: knockFacts.shape.made }).optional().catch(undefined),
  subjects: z.object({
    mycoswarm: z
      .object({
        value: z.object({
          tokens: z.array(z.object({ exists: z.boolean(), fingerprint: words.nullable() })).max(16),
        }),
      })
      .catch({ value: { tokens: [] } }),
    interfaces: z
      .object({
        value: z.object({
          interfaces: z
            .array(
              z.object({
                kind: words,
                up: z.boolean(),
                addresses: z.array(z.object({ address: words })).max(256),
              }),
            )
            .max(1_024),
        }),
      })
      .catch({ value: { interfaces: [] } }),
  }),
});
type Stored = z.infer<typeof stored>;

/** Interfaces by which a node is in the house; a bridge of containers or a VPN is none. */
const OF_THE_HOUSE = new Set(['ethernet', 'wifi', 'bridge', 'virtual', 'other']);
/** Port of mycoSwarm's API unless it was told otherwise. */
const API_PORT = 7_890;
const MAX_ADDRESSES = 8;

/** Addresses of the home network that a node had at its last look, and the one by which the console reaches it. */
function addressesOf(node: SwarmNode, facts: Stored | null): string[] {
  const seen = (facts?.subjects.interfaces.value.interfaces ?? [])
    .filter((face) => face.up && OF_THE_HOUSE.has(face.kind))
    .flatMap((face) => face.addresses.map((entry) => entry.address))
    // Every machine has a link-local address, and packets to one go to whoever has it there.
    .filter((address) => reachOf(address) === 'lan' && !/^(fe80:|169\.254\.)/i.test(address));
  const place = node.address.kind === 'ssh' ? node.address.host : '';
  const reach = reachOf(place);
  const own = reach === 'lan' || reach === 'public' ? [place] : [];
  return [...new Set([...own, ...seen])].slice(0, MAX_ADDRESSES);
}

/**
 * What checks of one node need of the operator's other nodes, from their last looks: fingerprints of their swarm secrets (equal ones mean
 * equal secrets, for all were made with this console's salt), the addresses under which they are nodes of the swarm, and what they could reach
 * on it.
 * Recordings are left out; theirs were made elsewhere.
 * @returns for the input of a check: nothing when there is no other node with a secret or an address
 */
export async function otherNodes(
  context: Pick<Context, 'store'>,
  node: string,
): Promise<Pick<CheckInput, 'otherNodes' | 'swarm' | 'knocks'>> {
  const nodes = await context.store.listNodes();
  if (nodes.find((entry) => entry.id === node)?.address.kind === 'recorded') return {};
  const secrets: { nodeName: string; fingerprints: (string | null)[] }[] = [];
  const swarm: { nodeName: string; addresses: string[]; port: number }[] = [];
  const knocks: NonNullable<CheckInput['knocks']>[number][] = [];
  for (const other of nodes) {
    if (other.id === node || other.address.kind === 'recorded') continue;
    const text = await context.store.facts({ node: nodeId.parse(other.id) });
    const read = text === null ? null : stored.safeParse(JSON.parse(text));
    const facts = read?.success ? read.data : null;
    const tokens = (facts?.subjects.mycoswarm.value.tokens ?? []).filter((token) => token.exists);
    if (tokens.length > 0)
      secrets.push({ nodeName: other.name, fingerprints: tokens.map((token) => token.fingerprint) });
    const addresses = addressesOf(other, facts);
    const port = facts?.profile.instances.find((instance) => instance.apiPort !== null)?.apiPort ?? API_PORT;
    const made = facts?.knocks?.made.find((entry) => entry.node === node);
    if (made) knocks.push({ nodeName: other.name, ...made });
    if (addresses.length > 0) swarm.push({ nodeName: other.name, addresses, port });
  }
  return {
    ...(secrets.length > 0 ? { otherNodes: secrets } : {}),
    ...(swarm.length > 0 ? { swarm } : {}),
    ...(knocks.length > 0 ? { knocks } : {}),
  };
}
