import { z } from 'zod';
import { instant, lineText, listOf, modeBits, numericId, pathText, rawText, shortText } from '../bounds.ts';

/** A range of subordinate ids, subuid(5). */
export const idRange = z.object({ start: numericId, count: numericId });

/** One account of the node. Sources: getent passwd, /etc/group, /etc/shadow when readable, subuid(5), stat of home. */
export const accountFact = z.object({
  name: shortText,
  uid: numericId,
  gid: numericId,
  comment: shortText,
  home: pathText,
  shell: pathText,
  groups: listOf(shortText, 256),
  /** `locked` covers `!` and `*` (no password can match); `unknown` when shadow could not be read. */
  password: z.enum(['locked', 'empty', 'set', 'unknown']),
  subordinateUids: listOf(idRange, 64),
  subordinateGids: listOf(idRange, 64),
  homeDirectory: z
    .object({
      mode: modeBits,
      uid: numericId,
      gid: numericId,
      acl: z.boolean().nullable(),
      /** Where the home really lies, after every link; null or absent when that was not seen. */
      resolved: pathText.nullish(),
    })
    .nullable(),
  /** Number of usable lines in authorized_keys files; null when they could not be read. */
  authorizedKeys: z.int().min(0).nullable(),
  /** Lines of sudo rules that apply to the account itself, a group of it, or everybody; null when not readable. */
  sudoRules: listOf(lineText, 256).nullable(),
  /** Login sessions right now (utmp, logind). */
  sessions: z.int().min(0),
  lastLoginAt: instant.nullable(),
  /** Folders in home that hold a person's things: `.ssh/id_*`, browser profiles, mail, Documents. Names only. */
  personalTraces: listOf(pathText, 64),
});
export type AccountFact = z.infer<typeof accountFact>;

export const accountFacts = z.object({
  accounts: listOf(accountFact, 4_096),
  /** Every group with its number and listed members (group(5)): checks judge file permissions by number. */
  groups: listOf(z.object({ name: shortText, gid: numericId, members: listOf(shortText, 1_024) }), 8_192)
    .nullable()
    .default(null),
  /** `newuidmap` is installed and setuid or has file capabilities: subordinate ids can be used. */
  newuidmapWorks: z.boolean().nullable(),
  sudoersReadable: z.boolean(),
  /** Rules beside those of sudo; absent where they were not looked at. */
  elevation: z
    .object({
      /** Files of doas.conf(5); `text` null: it is there, or may be, and was not read whole. */
      doas: listOf(z.object({ path: pathText, text: rawText.nullable() }), 64),
      /** Files of polkit(8) that are not of packages; as above. */
      polkit: listOf(z.object({ path: pathText, text: rawText.nullable() }), 64),
      /** Files .k5login and .k5users in homes (ksu(1)). */
      kerberos: listOf(pathText, 64),
      /** Every home could be looked into for these. */
      kerberosComplete: z.boolean(),
    })
    .nullish(),
  /** Programs with setuid or setgid bit, or file capabilities, on local file systems. */
  setuidPrograms: listOf(
    z.object({
      path: pathText,
      uid: numericId,
      gid: numericId,
      mode: modeBits,
      capabilities: shortText.nullable(),
    }),
    2_048,
  ),
});
export type AccountFacts = z.infer<typeof accountFacts>;

/** One process. Sources: /proc/PID/{status,cmdline,environ,ns,exe,cwd,cgroup,stat,attr/current} (proc(5)). */
export const processFact = z.object({
  pid: z.int().positive(),
  parent: z.int().min(0),
  uid: numericId,
  effectiveUid: numericId,
  gid: numericId,
  groups: listOf(numericId, 256),
  name: shortText,
  /** Argument vector with values that look like secrets replaced by `[redacted]`. */
  argv: listOf(lineText, 256),
  /**
   * Variables of the environment; null when it could not be read. A value is kept only for names that can hold no
   * secret and that a check needs (PATH, HOME, OLLAMA_HOST, VIRTUAL_ENV, *_proxy without credentials).
   */
  environment: listOf(
    z.object({ name: shortText, value: lineText.nullable(), empty: z.boolean() }),
    1_024,
  ).nullable(),
  executable: pathText.nullable(),
  workingDirectory: pathText.nullable(),
  startedAt: instant.nullable(),
  cgroup: pathText.nullable(),
  unit: shortText.nullable(),
  /** Namespace inode numbers by kind; null when not readable. */
  namespaces: z.record(z.string().max(32), z.string().max(64)).nullable(),
  /** 0 none, 1 strict, 2 filter; null when the kernel does not say. */
  seccomp: z.int().min(0).max(2).nullable(),
  noNewPrivileges: z.boolean().nullable(),
  capabilitiesEffective: z
    .string()
    .regex(/^[0-9a-f]{1,16}$/)
    .nullable(),
  capabilitiesBounding: z
    .string()
    .regex(/^[0-9a-f]{1,16}$/)
    .nullable(),
  apparmor: shortText.nullable(),
});
export type ProcessFact = z.infer<typeof processFact>;

export const processFacts = z.object({
  processes: listOf(processFact, 65_536),
  /** Namespaces of PID 1 as far as they can be read, to compare with. */
  initNamespaces: z.record(z.string().max(32), z.string().max(64)).nullable(),
});
export type ProcessFacts = z.infer<typeof processFacts>;
