import { z } from 'zod';
import type { Neighbour } from '#core/facts/knocks/knocks.ts';
import { portsToKnock } from '#core/facts/knocks/ports.ts';
import { addressFamilyOf } from '#core/facts/script/addresses.ts';
import { ownNetworks } from '#core/hosts/announced/listening.ts';
import { resolveName } from '#core/hosts/resolve-name.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { Context } from './context.ts';

/** Nodes on which one node knocks: with fifty, each is knocked on by eight others. */
const NEIGHBOURS = 8;
/** A look does not wait longer for the address of another node. */
const NAME_WITHIN_MS = 1_000;
/** TCP ports of another node that one look tries. */
const PORTS_AT_ONE = 96;
const ADDRESSES_AT_ONE = 2;

const port = z.int().min(0).max(65_535);
/** The little of stored facts that says where a node may answer. */
const stored = z.object({
  profile: z.object({
    instances: z.array(z.object({ apiPort: port.nullable(), dashboardPort: port.nullable() })).max(16),
  }),
  subjects: z.object({
    sockets: z.object({
      value: z.object({
        listening: z
          .array(z.object({ protocol: z.string().max(16), port }))
          .max(16_384)
          .transform((all) => all.filter(({ protocol }) => protocol === 'tcp').slice(0, PORTS_AT_ONE)),
      }),
    }),
  }),
});

/** Those that follow a node in the list, and after the last the first: so each is knocked on by as many as it knocks on. */
function following(nodes: readonly SwarmNode[], node: string): SwarmNode[] {
  const real = nodes.filter(({ address }) => address.kind !== 'recorded');
  const at = real.findIndex(({ id }) => id === node);
  return [...real.slice(at + 1), ...real.slice(0, Math.max(at, 0))].slice(0, NEIGHBOURS);
}

/** Where this console itself reaches a node: what a node says of its addresses must lead nobody to the doors of others. */
async function addressesOf({ address }: SwarmNode): Promise<string[]> {
  if (address.kind === 'local') return ownNetworks().map((network) => network.address);
  if (address.kind === 'recorded') return [];
  if (addressFamilyOf(address.host) !== 0) return [address.host];
  const found = await resolveName(address.host, AbortSignal.timeout(NAME_WITHIN_MS));
  return found.ok ? [found.address] : [];
}

/**
 * On which of the operator's other nodes a node is to knock when it is looked at, and on which ports.
 * @returns at most eight; none for a recording
 */
export async function neighboursOf(context: Pick<Context, 'store'>, node: SwarmNode): Promise<Neighbour[]> {
  if (node.address.kind === 'recorded') return [];
  const others = following(await context.store.listNodes(), node.id);
  return Promise.all(
    others.map(async (other) => {
      const text = await context.store.facts({ node: other.id });
      const read = text === null ? null : stored.safeParse(JSON.parse(text));
      const { profile, subjects } = read?.success
        ? read.data
        : { profile: { instances: [] }, subjects: null };
      const ports = portsToKnock(subjects?.sockets.value.listening ?? [], profile.instances);
      const addresses = (await addressesOf(other)).slice(0, ADDRESSES_AT_ONE);
      return {
        node: other.id,
        targets: addresses.flatMap((address) =>
          ports.slice(0, PORTS_AT_ONE).map((one) => ({ address, port: one })),
        ),
      };
    }),
  );
}
