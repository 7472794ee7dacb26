import type { Guest } from './guest.ts';

/** What a path of the guest is: kind, owner, group, mode, link target, and a hash of what a file contains. */
export type Snapshot = ReadonlyMap<string, string>;

/** Folders whose contents are nobody's state: kernel, running system, caches of a boot. */
const PRUNED = ['/proc', '/sys', '/dev', '/run', '/tmp', '/var/tmp', '/boot', '/lost+found', '/root'];

/** Everything on the disk of a guest. */
export async function snapshotOf(guest: Guest): Promise<Snapshot> {
  const prune = PRUNED.map((path) => `-path ${path}`).join(' -o ');
  const listing = await guest.must(
    `cd /; find / -xdev \\( ${prune} \\) -prune -o ! -type f -printf '%p\\t%y %U %G %m %l\\n' -o -type f -printf '%p\\t%y %U %G %m\\n' | sort
echo ====
find /etc /opt /home /usr/local /var/lib /srv -xdev -type f -print0 | xargs -0 sha256sum --`,
    600_000,
  );
  const [entries = '', sums = ''] = listing.split('====\n');
  const hashes = new Map(
    sums.split('\n').map((line): [string, string] => [line.slice(66), line.slice(0, 64)]),
  );
  return new Map(
    entries
      .split('\n')
      .filter((line) => line !== '')
      .map((line): [string, string] => {
        const [path = '', what = ''] = line.split('\t');
        return [path, `${what} ${hashes.get(path) ?? ''}`];
      }),
  );
}

/** Paths that differ between two snapshots, each with what it was and what it is. */
export function differences(before: Snapshot, after: Snapshot): { path: string; was: string; is: string }[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .sort()
    .map((path) => ({ path, was: before.get(path) ?? 'absent', is: after.get(path) ?? 'absent' }))
    .filter(({ was, is }) => was !== is);
}
