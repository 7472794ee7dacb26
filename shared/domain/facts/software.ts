import { z } from 'zod';
import {
  instant,
  lineText,
  listOf,
  modeBits,
  numericId,
  pathText,
  portNumber,
  rawText,
  shortText,
} from '../bounds.ts';

/** One HTTP request that the node made to itself on loopback, without a token. Only the status and a few headers. */
export const httpProbe = z.object({
  port: portNumber,
  path: z.string().max(256),
  /** Status code; null when nothing answered or it was not HTTP. */
  status: z.int().min(100).max(599).nullable(),
  contentType: shortText.nullable(),
  error: shortText.nullable(),
});
export type HttpProbe = z.infer<typeof httpProbe>;

/** What the swarm token file looks like; the token itself is never a fact. */
export const tokenFact = z.object({
  instance: shortText,
  path: pathText,
  exists: z.boolean(),
  /** Number of characters without the final newline; null when it could not be read. */
  length: z.int().min(0).nullable(),
  /** Only hexadecimal digits; null when it could not be read. */
  hexadecimal: z.boolean().nullable(),
  /** Number of different characters, to notice `aaaa…`; null when it could not be read. */
  distinctCharacters: z.int().min(0).nullable(),
  modifiedAt: instant.nullable(),
  /** The daemon of this instance started before the file changed: it still uses the older token. */
  newerThanProcess: z.boolean().nullable(),
  /**
   * SHA-256 over the console's salt and the token (64 hex digits): equal on two nodes when the tokens are equal.
   * Never recorded to a file; null there and when the token could not be read.
   */
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  /** Places other than the file in which the token was found: kind and path, never the text. */
  leaks: listOf(
    z.object({
      kind: z.enum(['log', 'journal', 'shell-history', 'git', 'world-readable', 'unit', 'environment']),
      place: pathText,
    }),
    128,
  ).nullable(),
});
export type TokenFact = z.infer<typeof tokenFact>;

export const pluginFact = z.object({
  instance: shortText,
  name: shortText,
  path: pathText,
  uid: numericId,
  mode: modeBits,
  modifiedAt: instant.nullable(),
  /** SHA-256 over all files of the plugin, sorted by path: name and content, bytecode too; null when not all could be read. */
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  files: z.int().min(0),
});
export type PluginFact = z.infer<typeof pluginFact>;

/** mycoSwarm's own state. Sources: its configuration folder, its API on loopback, its journal. */
export const mycoswarmFacts = z.object({
  tokens: listOf(tokenFact, 16),
  plugins: listOf(pluginFact, 1_024),
  /** Settings found in a config.json (mycoSwarm 0.2.16 reads none): dotted key and value as text, secrets redacted. */
  settings: listOf(z.object({ instance: shortText, file: pathText, key: shortText, value: lineText }), 512),
  probes: listOf(httpProbe.extend({ instance: shortText, service: z.enum(['api', 'dashboard']) }), 256),
  /** `net_isolated=False` lines in the journal or log since the daemon started; null when not readable. */
  notIsolatedLines: z.int().min(0).nullable(),
  /** Node ids and addresses that announced themselves by mDNS or appear as peers in the journal. */
  peersSeen: listOf(z.object({ name: shortText, address: shortText, source: shortText }), 1_024),
  toolCallLog: z
    .object({
      path: pathText,
      uid: numericId,
      mode: modeBits,
      modifiedAt: instant.nullable(),
      folderUid: numericId,
      folderMode: modeBits,
    })
    .nullable(),
});
export type MycoswarmFacts = z.infer<typeof mycoswarmFacts>;

/** Whether code of the agent can still be isolated, and what restricts namespaces. unshare(1), user_namespaces(7). */
export const sandboxFacts = z.object({
  instances: listOf(
    z.object({
      instance: shortText,
      uid: numericId.nullable(),
      /** `unshare -rn true` as the agent's uid under the restrictions of the unit where possible. */
      unshare: z.enum(['works', 'refused', 'not-tried']),
      /** How it was tried, or why not. */
      detail: lineText,
      /**
       * Views of files that the processes of the instance have, one entry for each. Mounts that others hide are left out. Source:
       * /proc/PID/mountinfo (proc_pid_mountinfo(5)). Null: they could not be read; absent: recorded before they were looked at.
       */
      views: listOf(
        z.object({
          pid: z.int().positive(),
          mounts: listOf(z.object({ path: pathText, writable: z.boolean() }), 4_096),
        }),
        8,
      ).nullish(),
    }),
    16,
  ),
  maxUserNamespaces: z.number().min(0).nullable(),
  unprivilegedUserNamespaces: z.boolean().nullable(),
  apparmorRestrictsUserNamespaces: z.boolean().nullable(),
  unshareInstalled: z.boolean().nullable(),
});
export type SandboxFacts = z.infer<typeof sandboxFacts>;

/** Installed distributions of one Python environment. Read from *.dist-info and *.egg-info; nothing is executed. */
export const pythonFacts = z.object({
  environments: listOf(
    z.object({
      instance: shortText.nullable(),
      root: pathText,
      sitePackages: pathText,
      kind: z.enum(['virtual-environment', 'user', 'system', 'distribution-packages']),
      pythonVersion: shortText.nullable(),
      /**
       * For a virtual environment: whether packages of the system are loaded too (pyvenv.cfg, site module). Null: the file could not
       * be read; absent: it was not looked at.
       */
      includesSystemPackages: z.boolean().nullish(),
      complete: z.boolean(),
      distributions: listOf(
        z.object({
          name: shortText,
          version: shortText,
          installer: shortText.nullable(),
          editable: z.boolean(),
          /** Scheme and host of direct_url.json (`git+https://github.com`), or null. */
          directUrl: lineText.nullable(),
          /** `sha256:…` of the archive, from direct_url.json; absent where it has none. */
          archiveHash: shortText.optional(),
          requires: listOf(lineText, 512),
          metadataPath: pathText,
          broken: z.boolean(),
          /** What is wrong, in words; absent where nothing is and in facts of older versions. */
          brokenBecause: lineText.optional(),
          /** License-Expression, else License in one line, else the classifiers; absent where the metadata says nothing. */
          licence: lineText.optional(),
          /** A person asked for it, not another package (REQUESTED, PEP 376); absent where that is not known. */
          requested: z.boolean().optional(),
          /** Package of the system that owns it (dpkg); absent where none does or nobody looked. */
          systemPackage: shortText.optional(),
        }),
        8_192,
      ),
      /** Whether it was asked which package of the system owns what; absent in facts of older versions. */
      ownersKnown: z.boolean().optional(),
      /** Copies of distributions within others (`pip/_vendor`). */
      vendored: listOf(
        z.object({ by: shortText, name: shortText, version: shortText.nullable(), path: pathText }),
        1_024,
      ).optional(),
    }),
    32,
  ),
  /** Files that declare or lock requirements, and installers, found in source folders; text at most 1 MiB each. */
  requirementFiles: listOf(
    z.object({
      instance: shortText,
      path: pathText,
      kind: z.enum([
        'requirements',
        'pyproject',
        'pipfile-lock',
        'poetry-lock',
        'uv-lock',
        'pylock',
        'setup',
        'constraints',
        'installer',
      ]),
      text: z.string().max(1_048_576),
      cut: z.boolean(),
    }),
    64,
  ),
});
export type PythonFacts = z.infer<typeof pythonFacts>;

/** The model server. Sources: its unit and environment, its API on loopback (`/api/version`, `/api/tags`). */
export const ollamaFacts = z.object({
  installed: z.boolean(),
  version: shortText.nullable(),
  running: z.boolean(),
  uid: numericId.nullable(),
  host: shortText.nullable(),
  models: listOf(
    z.object({ name: shortText, remoteHost: shortText.nullable(), sizeBytes: z.number().min(0).nullable() }),
    1_024,
  ),
  /** Does a GET by the agent reach the API, so that it could order pulls and pushes; null when not tried. */
  agentReaches: z.boolean().nullable(),
  origins: shortText.nullable(),
});
export type OllamaFacts = z.infer<typeof ollamaFacts>;

/** Names of provider keys (never values) and where they are. */
export const credentialFacts = z.object({
  found: listOf(
    z.object({
      /** Variable or key name, e.g. `OPENAI_API_KEY`, or the pattern's name for a bare value. */
      name: shortText,
      provider: shortText,
      kind: z.enum(['environment', 'unit', 'file', 'shell-history']),
      place: pathText,
      pid: z.int().positive().nullable(),
    }),
    512,
  ),
  /** Places that were looked at, to say what "none found" covers. */
  lookedAt: listOf(pathText, 1_024),
});
export type CredentialFacts = z.infer<typeof credentialFacts>;

/** What records the agent's doings. Sources: auditctl -s/-l, auditd.conf, journald.conf, nft log rules, sysctl. */
export const auditFacts = z.object({
  auditd: z
    .object({
      installed: z.boolean(),
      running: z.boolean(),
      /** `enabled` of auditctl -s: 0 off, 1 on, 2 locked. */
      enabled: z.int().min(0).max(2).nullable(),
      lost: z.number().min(0).nullable(),
      backlogLimit: z.number().min(0).nullable(),
      /** Lines of `auditctl -l`; null when not readable. */
      rules: listOf(lineText, 4_096).nullable(),
      /** Rules that are loaded at boot (/etc/audit/audit.rules, rules.d). */
      rulesAtBoot: listOf(lineText, 4_096).nullable(),
      logFile: z.object({ path: pathText, uid: numericId, mode: modeBits }).nullable(),
    })
    .nullable(),
  /** kernel.io_uring_disabled: 0 allowed, 1 restricted, 2 off; null when the kernel has no such switch. */
  ioUringDisabled: z.int().min(0).max(2).nullable(),
  journal: z
    .object({
      persistent: z.boolean().nullable(),
      readable: z.boolean(),
      maxUse: shortText.nullable(),
      rateLimited: z.boolean().nullable(),
    })
    .nullable(),
  logSources: listOf(
    z.object({
      path: pathText,
      exists: z.boolean(),
      uid: numericId.nullable(),
      mode: modeBits.nullable(),
      sizeBytes: z.number().min(0).nullable(),
      modifiedAt: instant.nullable(),
    }),
    256,
  ),
  /** A program started as the agent and then looked for in the record. */
  probe: z.object({
    tried: z.boolean(),
    recorded: z.boolean().nullable(),
    detail: lineText,
    raw: rawText.nullable(),
  }),
});
export type AuditFacts = z.infer<typeof auditFacts>;
