import type { MountFacts } from '#shared/domain/facts/machine.ts';

/** File systems that hold a person's data (filesystems(5), fuse(4)); the kernel's own, such as proc or cgroup2, do not. */
export const DATA =
  /^(ext[234]|xfs|btrfs|zfs|f2fs|vfat|exfat|ntfs3?|fuseblk|fuse\..*|nfs4?|cifs|smb3|9p|virtiofs|iso9660|udf)$/;

/** Places where a system is split over partitions (file-hierarchy(7)), and where programs keep mounts of their own. */
const SYSTEM =
  /^\/($|boot|usr|var|etc|opt|tmp|home$|root|run\/(?!media)|snap|nix|gnu|sysroot|ostree|proc|sys|dev)/;

/**
 * Mounts that hold data and belong neither to the system nor to a home: `/mnt/nas`, `/media/usb`, `/srv/photos`.
 * @returns mount points that answered, without doubles, at most 64
 */
export function dataMounts(facts: MountFacts): string[] {
  const paths = facts.mounts
    .filter((mount) => !mount.hung && DATA.test(mount.type) && !SYSTEM.test(mount.path))
    .map((mount) => mount.path);
  return [...new Set(paths)].slice(0, 64);
}
