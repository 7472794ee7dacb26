import { statfsSync, statSync } from 'node:fs';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { throughDescriptor } from './descriptor.ts';

/** Trees that no plan may touch: the kernel's own, devices, the boot loader, and who may log in or become root. */
const TREES = [
  '/proc',
  '/sys',
  '/dev',
  '/run',
  '/boot',
  '/efi',
  '/etc/passwd',
  '/etc/shadow',
  '/etc/group',
  '/etc/gshadow',
  '/etc/passwd-',
  '/etc/shadow-',
  '/etc/group-',
  '/etc/gshadow-',
  '/etc/subuid',
  '/etc/subgid',
  '/etc/sudoers',
  '/etc/sudoers.d',
  '/etc/doas.conf',
  '/etc/polkit-1',
  '/etc/pam.d',
  '/etc/pam.conf',
  '/etc/security',
  '/etc/ld.so.preload',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/ld.so.cache',
  '/root/.ssh',
] as const;
/** Places below them that hold settings until the next boot: our own folder, and what lies in that of systemd. */
const OWN_RUNTIME = '/run/swarmkeep';
const DECLARED = ['/run/systemd/system', OWN_RUNTIME] as const;
const HOST_KEY = /^\/etc\/ssh\/ssh_host_/;

/** Folders whose identity is compared too, so that a bind mount of one of them is recognised. */
const BY_IDENTITY = [
  '/proc',
  '/sys',
  '/dev',
  '/boot',
  '/etc/sudoers.d',
  '/etc/pam.d',
  '/etc/polkit-1',
] as const;

/** File systems of the kernel (statfs(2), linux/magic.h): proc, sysfs, cgroup, cgroup2, debugfs, tracefs, securityfs, bpf, efivarfs, devpts, configfs, selinuxfs. */
const KERNEL_TYPES = new Set([
  0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x64626720, 0x74726163, 0x73636673, 0xcafe4a11, 0xde5e81e4,
  0x1cd1, 0x62656570, 0xf97cff8c,
]);

const within = (path: string, tree: string) => path === tree || path.startsWith(`${tree}/`);

/**
 * Refuses `forbidden-path` for a path, with links resolved, that no plan may touch, and for a folder that holds one (`/etc`).
 * Looks at the words of the path only; `refuseForbiddenFolder` looks at what the folder is.
 */
export function refuseForbiddenPath(machine: Machine, path: string): void {
  const trees = [...TREES, machine.stateFolder, machine.ownFolder];
  const forbidden =
    HOST_KEY.test(path) ||
    path === '/etc/ssh' ||
    (trees.some((tree) => within(path, tree) || within(tree, path)) &&
      path !== OWN_RUNTIME &&
      !DECLARED.some((tree) => path.startsWith(`${tree}/`)));
  if (forbidden) throw new Refused('forbidden-path', `No plan may touch ${path}.`);
}

const identity = (path: string) => {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev}:${ino}`;
};

/** Device and inode of the forbidden folders that are there. */
export function forbiddenIdentities(machine: Machine): ReadonlySet<string> {
  const found = new Set<string>();
  for (const tree of [...BY_IDENTITY, machine.stateFolder, machine.ownFolder]) {
    try {
      found.add(identity(tree));
    } catch {
      // Not on this machine, so nothing can be it under another name.
    }
  }
  return found;
}

/** Refuses `forbidden-path` for a held folder that is one of the forbidden ones under another name, or the kernel's. */
export function refuseForbiddenFolder(
  forbidden: ReadonlySet<string>,
  descriptor: number,
  path: string,
): void {
  const here = throughDescriptor(descriptor);
  if (forbidden.has(identity(here)) || KERNEL_TYPES.has(statfsSync(here).type))
    throw new Refused('forbidden-path', `No plan may touch what lies below ${path}.`);
}
