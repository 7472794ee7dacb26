import { homedir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Announcer } from '#core/hosts/announced/announcers.ts';
import { type Listening, listenForAnnouncements, ownNetworks } from '#core/hosts/announced/listening.ts';
import { configDisk } from '#core/hosts/ssh-config/config-disk.ts';
import { readSshConfig } from '#core/hosts/ssh-config/ssh-config.ts';
import type { AnnouncedNode } from '#shared/contract/found-nodes.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { announce, type Context } from './context.ts';
import { createGlances, type Glance } from './glances.ts';
import { sameMachine } from './nodes.ts';
import type { ConsoleService } from './service.ts';

/** Nobody listens for longer than somebody looks. */
const LISTEN_MS = 90_000;

/** Nodes that could be added, and what their list shows of those that were. */
export interface FoundNodes {
  group: Pick<ConsoleService['nodes'], 'glances' | 'found' | 'sshConfig'>;
  /** Who announced itself so far. Begins to listen, for as long as this is asked again and again. */
  heard(): Promise<AnnouncedNode[]>;
  close(): void;
}

/**
 * @param home whose `.ssh/config` is read
 */
export function createFoundNodes(context: Context, home: string = homedir()): FoundNodes {
  const glance = createGlances(context);
  let listening: Listening | null = null;
  let until: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearTimeout(until);
    listening?.close();
    listening = null;
  };
  const listen = (): Listening => {
    // One that failed is tried anew at the next question.
    if (listening !== null && listening.why !== null) stop();
    listening ??= listenForAnnouncements(() => announce(context, 'nodes'));
    clearTimeout(until);
    until = setTimeout(stop, LISTEN_MS);
    until.unref();
    return listening;
  };

  async function heard(): Promise<AnnouncedNode[]> {
    const listed = await addressesOfNodes(context, glance);
    return listen()
      .list()
      .map((announcer) => compared(announcer, listed));
  }

  return {
    heard,
    group: {
      async glances() {
        const nodes = await context.store.listNodes();
        return Promise.all(
          nodes.map(async (node) => {
            const { skewMs, mycoSwarm } = await glance(node);
            return { node: node.id, skewMs, mycoSwarm };
          }),
        );
      },

      async found({ waitMs }) {
        const ears = listen();
        if (waitMs > 0) await pause(waitMs);
        return { why: ears.why, announced: await heard(), turnedAway: ears.turnedAway };
      },

      async sshConfig() {
        const [read, nodes] = await Promise.all([readSshConfig(home, configDisk), context.store.listNodes()]);
        const hosts = read.hosts.map((host) => ({ ...host, known: nodeAt(host.address, nodes) }));
        return { ...read, hosts };
      },
    },
    close: stop,
  };
}

function nodeAt(address: SwarmNode['address'] | null, nodes: readonly SwarmNode[]): string | null {
  if (address === null) return null;
  return nodes.find((node) => sameMachine(node.address, address))?.id ?? null;
}

/** Addresses of the nodes of the list: those of the last look, and the one by which each is reached. */
async function addressesOfNodes(
  context: Pick<Context, 'store'>,
  glance: (node: SwarmNode) => Promise<Glance>,
): Promise<Map<string, Set<string>>> {
  const listed = new Map<string, Set<string>>();
  for (const node of await context.store.listNodes()) {
    if (node.address.kind === 'recorded') continue;
    const { addresses } = await glance(node);
    const place =
      node.address.kind === 'ssh' ? [node.address.host] : ownNetworks().map(({ address }) => address);
    listed.set(node.id, new Set([...addresses, ...place]));
  }
  return listed;
}

/**
 * Whether an announcer is a node of the list. Only addresses count, for anybody can take a name; and all of them, for nodes send their
 * tasks to any that is given.
 */
export function compared(
  announcer: Announcer,
  listed: ReadonlyMap<string, ReadonlySet<string>>,
): AnnouncedNode {
  const all = [announcer.from, ...announcer.addresses];
  const some = [...listed].filter(([, addresses]) => all.some((address) => addresses.has(address)));
  const known = some.find(([, addresses]) => all.every((address) => addresses.has(address)));
  return {
    name: announcer.nodeId ?? announcer.instance,
    from: announcer.from,
    addresses: announcer.addresses,
    port: announcer.port,
    version: announcer.version,
    heardAt: new Date(announcer.heardAt).toISOString(),
    known: known?.[0] ?? null,
    claims: known ? null : (some[0]?.[0] ?? null),
  };
}
