import { z } from 'zod';
import type { Clock } from '#core/console/clock.ts';
import { knock } from '#core/hosts/knock.ts';
import { confirmedHostKeys } from '#core/hosts/known-hosts.ts';
import { resolveName } from '#core/hosts/resolve-name.ts';
import { pauseTargets } from '#core/pause/pause-targets.ts';
import type { Store } from '#core/store/store.ts';
import { macAddress, type WireIdentity } from '#shared/domain/helper/isolate.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { consolePlace } from './console-place.ts';
import { IsolationDesk } from './isolation-desk.ts';
import { openIsolationLine } from './isolation-line.ts';
import type { IsolationParts } from './parts.ts';

/** Port of mycoSwarm's API unless it was told otherwise (mycoSwarm 0.2.16). */
const API_PORT = 7_890;
const NAME_WITHIN_MS = 1_000;
const KNOCK_MS = 600;

const address = z.union([z.ipv4(), z.ipv6()]);
/** The little of stored facts that says who a node is on the wire. */
const stored = z.object({
  subjects: z.object({
    interfaces: z.object({
      value: z.object({
        interfaces: z
          .array(
            z.object({
              kind: z.string().max(32),
              mac: z.string().max(64).nullable(),
              addresses: z.array(z.object({ address: z.string().max(64) })).max(256),
            }),
          )
          .max(1_024),
      }),
    }),
  }),
});

/**
 * Isolations of a running console, which goes on with those that one before it left.
 * @param context.recover false: those stay as they are; for a command that only reads
 * @param more for tests, and for who wants to hear of every change
 */
export async function openIsolating(
  context: {
    store: Store;
    clock: Clock;
    dataFolder: string;
    recover: boolean;
    tampered?: IsolationParts['tampered'];
  },
  more: Partial<IsolationParts> = {},
): Promise<IsolationDesk> {
  const { store, clock, dataFolder } = context;
  const desk = new IsolationDesk({
    store,
    clock,
    nodes: () => store.listNodes(),
    about: (node) => aboutNode(store, node),
    addressOf,
    open: (node, fresh) => openIsolationLine(node, dataFolder, fresh),
    async knock(host, port) {
      const [made] = await knock([{ address: host, port }], { waitMs: KNOCK_MS });
      return made?.outcome === 'open' || made?.outcome === 'refused' ? made.outcome : 'stopped';
    },
    keysOf: (node) => keysOf(dataFolder, node),
    place: () => consolePlace(),
    tampered: (found) => context.tampered?.(found),
    ...more,
  });
  if (context.recover) await desk.recover().catch(() => undefined);
  return desk;
}

async function aboutNode(store: Store, node: SwarmNode): ReturnType<IsolationParts['about']> {
  const seen = await store.profile({ node: node.id }).catch(() => null);
  const uids = pauseTargets(seen?.detected ?? null)?.uids ?? [];
  const apiPort = seen?.detected.instances[0]?.apiPort ?? API_PORT;
  return { uids, apiPort: apiPort > 0 ? apiPort : API_PORT, identity: await knownIdentity(store, node) };
}

/** By the facts of its last look; nothing where there was none. */
async function knownIdentity(store: Store, node: SwarmNode): Promise<WireIdentity> {
  const none: WireIdentity = { macs: [], addresses: [] };
  const text = await store.facts({ node: node.id }).catch(() => null);
  if (text === null) return none;
  try {
    const { interfaces } = stored.parse(JSON.parse(text)).subjects.interfaces.value;
    const real = interfaces.filter(({ kind }) => kind !== 'loopback');
    const macs = real.map(({ mac }) => mac?.toLowerCase() ?? '');
    const addresses = real.flatMap((one) => one.addresses.map(({ address: text }) => text));
    return {
      macs: [...new Set(macs)].filter((mac) => macAddress.safeParse(mac).success).slice(0, 64),
      addresses: [...new Set(addresses)].filter((one) => address.safeParse(one).success).slice(0, 64),
    };
  } catch {
    return none;
  }
}

/** @returns fingerprints of the keys that the operator confirmed; none for a node that is not reached over SSH */
export async function keysOf(dataFolder: string, { address }: Pick<SwarmNode, 'address'>): Promise<string[]> {
  if (address.kind !== 'ssh') return [];
  return (await confirmedHostKeys(dataFolder, address)).map(({ fingerprint }) => fingerprint);
}

/** @returns the address by which a node is reached now; null for this computer, and where no name server says one within a second */
export async function addressOf({ address: reached }: Pick<SwarmNode, 'address'>): Promise<string | null> {
  if (reached.kind !== 'ssh') return null;
  const found = await resolveName(reached.host, AbortSignal.timeout(NAME_WITHIN_MS));
  return found.ok ? found.address : null;
}
