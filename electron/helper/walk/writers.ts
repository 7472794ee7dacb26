import { readFileSync } from 'node:fs';

/** Whose a folder is, and who may write it by its mode bits; with an access list the group bits are its mask (acl(5)). */
export interface FolderOwnership {
  uid: bigint;
  gid: bigint;
  mode: bigint;
}

/** Local accounts by group: passwd(5) and group(5) only, for a helper asks no directory server. */
export interface Groups {
  /** Uids of all members, or null when the group is not known here. */
  members(gid: number): ReadonlySet<number> | null;
  /** Numbers of names, or null when they are not known here. */
  uidOf(name: string): number | null;
  gidOf(name: string): number | null;
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
  const gids = new Map<string, number>();
  for (const line of lines('/etc/group')) {
    const [name, , gid, list] = line.split(':');
    if (!name || !/^\d+$/.test(gid ?? '')) continue;
    const group = known.get(Number(gid)) ?? new Set(primary.get(Number(gid)) ?? []);
    // A member that is no account here counts as somebody unknown.
    for (const member of (list ?? '').split(',').filter(Boolean)) group.add(uids.get(member) ?? -1);
    known.set(Number(gid), group);
    gids.set(name, Number(gid));
  }
  return {
    members: (gid) => known.get(gid) ?? null,
    uidOf: (name) => uids.get(name) ?? null,
    gidOf: (name) => gids.get(name) ?? null,
  };
}

/** Who may write besides the owner: the owning group where its bits say so, and whom an access list names. */
export interface Named {
  owningGroup: boolean;
  uids: readonly number[];
  gids: readonly number[];
}

/**
 * Reads an access list as acl_to_text(3) writes it, names or numbers. null when a line of it cannot be read, or names an account
 * or group that is not known here: then others may write.
 */
export function writersNamed(list: string, ids: Pick<Groups, 'uidOf' | 'gidOf'>): Named | null {
  const uids: number[] = [];
  const gids: number[] = [];
  let owningGroup = false;
  for (const line of list.split(/[\n,]/).filter((one) => one.trim() !== '')) {
    const [, kind, name, bits] = /^\s*(user|group|mask|other):([^:]*):([rwx-]{3})/.exec(line) ?? [];
    if (kind === undefined || name === undefined || bits === undefined) return null;
    if (!bits.includes('w')) continue;
    if (kind === 'group' && name === '') owningGroup = true;
    if ((kind !== 'user' && kind !== 'group') || name === '') continue;
    const id = /^\d+$/.test(name) ? Number(name) : kind === 'user' ? ids.uidOf(name) : ids.gidOf(name);
    if (id === null) return null;
    (kind === 'user' ? uids : gids).push(id);
  }
  return { owningGroup, uids, gids };
}

/**
 * Whether only root and `subject` can make, rename or remove names in a folder. `sticky` tells of a folder where all may
 * write and nobody may touch the names of others (inode(7)).
 * @param listOf the folder's access list (acl_to_text(3)), null without one; asked only where its mask lets somebody write
 */
export function onlyWrittenBy(
  folder: FolderOwnership,
  subject: number,
  groups: Groups,
  listOf: () => string | null,
): 'only' | 'sticky' | 'others' {
  const allowed = (uid: number) => uid === 0 || uid === subject;
  if (!allowed(Number(folder.uid))) return 'others';
  let shared = (folder.mode & 0o002n) !== 0n;
  if (!shared && (folder.mode & 0o020n) !== 0n) {
    const list = listOf();
    const named = list === null ? { owningGroup: true, uids: [], gids: [] } : writersNamed(list, groups);
    const gids = named === null ? [] : [...named.gids, ...(named.owningGroup ? [Number(folder.gid)] : [])];
    const isClosed = (gid: number) => {
      const members = gid === 0 ? (groups.members(0) ?? new Set()) : groups.members(gid);
      return members !== null && [...members].every(allowed);
    };
    shared = named === null || !named.uids.every(allowed) || !gids.every(isClosed);
  }
  if (!shared) return 'only';
  return (folder.mode & 0o1000n) !== 0n ? 'sticky' : 'others';
}
