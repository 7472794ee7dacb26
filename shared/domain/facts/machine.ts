import { z } from 'zod';
import { instant, lineText, listOf, numericId, pathText, shortText } from '../bounds.ts';

/** Who and what the node is. Sources: uname(2), /etc/os-release (os-release(5)), /proc/uptime, /proc/1/comm. */
export const identityFacts = z.object({
  hostname: shortText,
  kernel: shortText,
  architecture: shortText,
  operatingSystem: z.object({ id: shortText, versionId: shortText, name: shortText }),
  /** Init process: `systemd`, or what else PID 1 is called. */
  init: shortText,
  virtualization: shortText.nullable(),
  bootedAt: instant.nullable(),
  /** The node's own clock when it answered. */
  clock: instant,
  /** Node's clock minus console's clock in milliseconds, allowing for the round trip. */
  skewMs: z.number().nullable(),
  collectedAs: z.object({ uid: numericId, user: shortText, groups: listOf(shortText, 256) }),
  /** Hardware description for the Nodes page; never used by a check. */
  hardware: z
    .object({ model: shortText, cpu: shortText, cores: z.int().min(0), memoryBytes: z.number().min(0) })
    .nullable(),
});
export type IdentityFacts = z.infer<typeof identityFacts>;

/** A mount of the node's namespace. Source: /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export const mountFact = z.object({
  path: pathText,
  /** Root of the mount within its file system; not `/` for a bind mount. */
  root: pathText,
  source: pathText,
  type: shortText,
  options: listOf(shortText, 64),
  /** True when it did not answer a stat in time (a dead network file system). */
  hung: z.boolean(),
});

export const mountFacts = z.object({
  mounts: listOf(mountFact, 4_096),
  encryptedDevices: listOf(pathText, 256),
});
export type MountFacts = z.infer<typeof mountFacts>;

/** Clock discipline. Sources: timedatectl show, chronyc -c tracking, ntpq, adjtimex through /proc where readable. */
export const timeFacts = z.object({
  synchronised: z.boolean().nullable(),
  service: shortText.nullable(),
  source: shortText.nullable(),
  /** Offset from the source in milliseconds, signed; null when the service does not say. */
  offsetMs: z.number().nullable(),
  timezone: shortText.nullable(),
});
export type TimeFacts = z.infer<typeof timeFacts>;

/** Pending updates. Source: apt-get -s dist-upgrade against the lists on disk; nothing is fetched. */
export const updateFacts = z.object({
  manager: shortText.nullable(),
  /** When the package lists were last refreshed. */
  listsRefreshedAt: instant.nullable(),
  pending: listOf(
    z.object({
      package: shortText,
      installed: shortText.nullable(),
      available: shortText,
      security: z.boolean(),
      /** When the available version was published as far as the lists on disk tell; null when they do not. */
      publishedAt: instant.nullable(),
      /** True: `publishedAt` is only the date of the package index; the version is that old or older. */
      publishedAtIsBound: z.boolean().optional(),
    }),
    4_096,
  ),
  restartRequired: z.boolean(),
  /** Packages that asked for the restart (/run/reboot-required.pkgs). */
  restartPackages: listOf(shortText, 512),
  runningKernelIsNewest: z.boolean().nullable(),
  unattended: z.boolean().nullable(),
});
export type UpdateFacts = z.infer<typeof updateFacts>;

/** The SSH server as it would really behave. Source: sshd -T (needs root), else sshd_config and its includes. */
export const sshServerFacts = z.object({
  installed: z.boolean(),
  listening: z.boolean(),
  /** Effective keyword (lower case) → values, from `sshd -T`; null when it could not be run. */
  effective: z.record(z.string().max(128), listOf(lineText, 64)).nullable(),
  /** Settings as written, in order, when `effective` is null: keyword (lower case), value, file, in a Match block. */
  written: listOf(
    z.object({ keyword: shortText, value: lineText, file: pathText, inMatch: z.boolean() }),
    2_048,
  ),
  version: shortText.nullable(),
});
export type SshServerFacts = z.infer<typeof sshServerFacts>;
