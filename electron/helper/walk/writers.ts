import { readFileSync } from 'node:fs';

/** Who can write a folder, as far as its owner and mode bits say. With an access list the group bits are its mask (acl(5)). */
export interface FolderOwnership {
  uid: bigint;
  gid: bigint;
  mode: bigint;
}

/** Local accounts by group: passwd(5) and group(5) only, for a helper asks no directory server. */
export interface Groups {
  /** Uids of all members, or null when the group is not known here. */
  members(gid: number): ReadonlySet<number> | null;
}

/** Reads /etc/passwd and /etc/group once. Lines that cannot be read are left out, which makes groups unknown, never safe. */
export function readGroups(): Groups {
  const lines = (path: string) => {
    try {
      return readFileSync(path, 'utf8')
        .slice(0, 4 * 1024 * 1024)
        .split('\n');
    } catch {
      return [];
    }
  };
  const uids = new Map<string, number>();
  const primary = new Map<number, Set<number>>();
  for (const line of lines('/etc/passwd')) {
    const [name, , uid, gid] = line.split(':');
    if (name === undefined || !/^\d+$/.test(uid ?? '') || !/^\d+$/.test(gid ?? '')) continue;
    uids.set(name, Number(uid));
    const group = primary.get(Number(gid)) ?? new Set();
    primary.set(Number(gid), group.add(Number(uid)));
  }
  const known = new Map<number, Set<number>>();
  for (const line of lines('/etc/group')) {
    const [name, , gid, list] = line.split(':');
    if (!name || !/^\d+$/.test(gid ?? '')) continue;
    const group = known.get(Number(gid)) ?? new Set(primary.get(Number(gid)) ?? []);
    // A member that is no account here counts as somebody unknown.
    for (const member of (list ?? '').split(',').filter(Boolean)) group.add(uids.get(member) ?? -1);
    known.set(Number(gid), group);
  }
  return { members: (gid) => known.get(gid) ?? null };
}

/**
 * Whether only root and `subject` can make, rename or remove names in a folder. `sticky` tells of a folder where all may
 * write and nobody may touch the names of others (inode(7)).
 */
export function onlyWrittenBy(
  folder: FolderOwnership,
  subject: number,
  groups: Groups,
): 'only' | 'sticky' | 'others' {
  const allowed = (uid: number) => uid === 0 || uid === subject;
  if (!allowed(Number(folder.uid))) return 'others';
  let shared = (folder.mode & 0o002n) !== 0n;
  if (!shared && (folder.mode & 0o020n) !== 0n) {
    const members =
      Number(folder.gid) === 0 ? (groups.members(0) ?? new Set()) : groups.members(Number(folder.gid));
    shared = members === null || ![...members].every(allowed);
  }
  if (!shared) return 'only';
  return (folder.mode & 0o1000n) !== 0n ? 'sticky' : 'others';
}
