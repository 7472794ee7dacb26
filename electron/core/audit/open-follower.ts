import type { ScriptHost } from '#core/hosts/host.ts';
import { hostFor } from '#core/hosts/host-for.ts';
import type { SourceTarget } from '#shared/domain/audit/source.ts';
import type { NodeAddress } from '#shared/domain/node.ts';
import { FileFollower } from './follow/files/file-follower.ts';
import type { LogReach } from './follow/files/log-reach.ts';
import { ReadingRoom } from './follow/files/reading-room.ts';
import type { Follower } from './follow/follower.ts';
import { JournalFollower } from './follow/journal/journal-follower.ts';
import { LocalReach } from './follow/local/local-reach.ts';
import { PatternFollower } from './follow/pattern-follower.ts';
import { NodeLoop } from './follow/remote/node-loop.ts';
import { RemoteReach } from './follow/remote/remote-reach.ts';
import type { OpenFollower } from './watched-node.ts';

/** How long a connection is kept that no source needs: a source may be closed and opened again. */
const IDLE_MS = 10_000;

/** What all sources of one node share: one connection, one loop for its files. */
interface SharedNode {
  host: ScriptHost;
  reach: LogReach;
  loop: NodeLoop | null;
  users: number;
}

/**
 * How sources are followed: files and patterns of this computer by reading them, those of a node beyond SSH by one loop over one
 * connection for all of them, journals by a journalctl each over the same connection.
 * @param folder of the console, with its known_hosts
 */
export function openFollowerOf(folder: string): OpenFollower {
  const nodes = new Map<string, SharedNode>();
  const room = new ReadingRoom();
  return (node, target, position) => {
    if (node.address.kind === 'recorded') return nothingToFollow('A recording of a machine has no logs.');
    if (node.address.kind === 'local' && process.platform !== 'linux') {
      return nothingToFollow('Logs are followed on Linux machines only; add one over SSH.');
    }
    const key = JSON.stringify([node.id, node.address]);
    const shared = nodes.get(key) ?? shareNode(node.address, folder);
    if (!shared) return nothingToFollow('A recording of a machine has no logs.');
    nodes.set(key, shared);
    shared.users += 1;
    return whenClosed(follow(shared, room, target, position), () => {
      shared.users -= 1;
      setTimeout(() => {
        if (shared.users > 0 || nodes.get(key) !== shared) return;
        nodes.delete(key);
        void shared.loop?.close().then(() => shared.host.close());
      }, IDLE_MS).unref();
    });
  };
}

function shareNode(address: NodeAddress, folder: string): SharedNode | null {
  const host = hostFor(address, { dataFolder: folder });
  if (host.kind === 'recorded') return null;
  if (host.kind === 'local') return { host, reach: new LocalReach(), loop: null, users: 0 };
  const loop = new NodeLoop(host);
  return { host, reach: new RemoteReach(loop), loop, users: 0 };
}

function follow(
  { host, reach }: SharedNode,
  room: ReadingRoom,
  target: SourceTarget,
  position: unknown,
): Follower {
  switch (target.kind) {
    case 'file':
      if (!target.path.startsWith('/')) return nothingToFollow('The path does not begin with "/".');
      return new FileFollower({ reach, room, path: target.path, position });
    case 'pattern':
      if (!target.pattern.startsWith('/')) return nothingToFollow('The pattern does not begin with "/".');
      return new PatternFollower({ reach, room, pattern: target.pattern, position });
    case 'journal':
      return new JournalFollower({ host, room, unit: target.unit, position });
  }
}

function whenClosed(follower: Follower, closed: () => void): Follower {
  let open = true;
  return {
    next: () => follower.next(),
    status: () => follower.status(),
    async close() {
      await follower.close();
      if (open) closed();
      open = false;
    },
  };
}

/** Stands where a source cannot be followed, and says so. */
function nothingToFollow(trouble: string): Follower {
  const end = Promise.withResolvers<null>();
  return {
    next: () => end.promise,
    status: () => ({ state: 'failed', trouble, lagBytes: null, owner: null }),
    async close() {
      end.resolve(null);
    },
  };
}
