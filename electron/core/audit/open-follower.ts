import { FileFollower } from './follow/files/file-follower.ts';
import type { Follower } from './follow/follower.ts';
import { LocalReach } from './follow/local/local-reach.ts';
import type { OpenFollower } from './watched-node.ts';

/** @returns how sources are followed: files of this computer; what cannot be followed says so in its state */
export function openFollowerOf(_folder: string): OpenFollower {
  const reach = new LocalReach();
  return (node, target, position) => {
    if (node.address.kind === 'local' && target.kind === 'file') {
      return new FileFollower({ reach, path: target.path, position });
    }
    return nothingToFollow();
  };
}

/** Stands where a source cannot be followed, and says so. */
function nothingToFollow(): Follower {
  const end = Promise.withResolvers<null>();
  return {
    next: () => end.promise,
    status: () => ({
      state: 'failed',
      trouble: 'This kind of source cannot be followed yet.',
      lagBytes: null,
      owner: null,
    }),
    async close() {
      end.resolve(null);
    },
  };
}
