import type { MountFacts } from '#shared/domain/facts/machine.ts';
import { DATA } from './data-mounts.ts';
import { isWithin } from './profile/paths.ts';

type Mount = MountFacts['mounts'][number];

/** A home, or a part of one, that is seen a second time elsewhere. */
export interface MountedHome {
  home: string;
  /** Where it is seen again. */
  path: string;
  /** What of the home is seen there: the home itself, or a folder in it. */
  of: string;
}

const below = (path: string, folder: string): string =>
  path === folder ? '' : path.slice(folder === '/' ? 0 : folder.length);
const joined = (folder: string, rest: string): string => (folder === '/' ? rest || '/' : `${folder}${rest}`);

/** The mount that a path lies on: of those above it the deepest, and of several on one place the last. */
function mountOf(mounts: readonly Mount[], path: string): Mount | null {
  let found: Mount | null = null;
  for (const mount of mounts)
    if (isWithin(path, mount.path) && (found === null || mount.path.length >= found.path.length))
      found = mount;
  return found;
}

/**
 * Homes that can be reached by another path as well, because the same part of the same file system is mounted a second time:
 * a bind mount shows its own root within its file system (proc_pid_mountinfo(5)).
 * @param homes absolute paths, after every link
 * @returns at most 64, by home and path; none for file systems that hold no data, such as tmpfs, whose names tell nothing
 */
export function mountedHomes(
  { mounts }: Pick<MountFacts, 'mounts'>,
  homes: readonly string[],
): MountedHome[] {
  const found = new Map<string, MountedHome>();
  const real = mounts.filter((mount) => !mount.hung && DATA.test(mount.type));
  for (const home of homes) {
    if (!home.startsWith('/') || home === '/') continue;
    const holder = mountOf(mounts, home);
    if (holder === null || !DATA.test(holder.type)) continue;
    const inside = joined(holder.root, below(home, holder.path));
    for (const mount of real) {
      if (mount === holder || mount.source !== holder.source || mount.type !== holder.type) continue;
      const isWhole = isWithin(inside, mount.root);
      if (!isWhole && !isWithin(mount.root, inside)) continue;
      const path = isWhole ? joined(mount.path, below(inside, mount.root)) : mount.path;
      const of = isWhole ? home : joined(home, below(mount.root, inside));
      // The same place again, or one inside the home itself, is no second way to it.
      if (isWithin(path, home) || mountOf(mounts, path) !== mount) continue;
      found.set(`${home}\n${path}`, { home, path, of });
    }
  }
  return [...found.values()].slice(0, 64);
}
