import { z } from 'zod';
import { packageUpgrade } from './fetched-wheel.ts';
import { isolateRequest } from './isolate.ts';
import { pauseRequest } from './pause.ts';
import { secretRequest } from './secret.ts';
import {
  accountName,
  changeId,
  expected,
  HELPER_PROTOCOL,
  interfaceName,
  numericId,
  ownership,
  packageName,
  permissionBits,
  sha256,
  sitePackagesFolder,
  targetPath,
  unitName,
} from './targets.ts';

/** Contents as base64 (RFC 4648, section 4), 4 MiB at most. */
const contents = z.base64().max(5_592_408);
/** Text that is loaded or written as it is, 1 MiB at most. */
const listing = z.string().max(1_048_576);

/** A table that Swarmkeep may load and take away: its own names only. */
export const ownTable = z.strictObject({
  family: z.enum(['inet', 'netdev']),
  name: z.string().regex(/^swarmkeep_[a-z0-9_]{1,32}$/),
});

/**
 * One thing that a step of a plan does, in the words of the helper. Every one has an undo record that is durable before
 * anything is touched. Paths are walked component by component; a link in a component that is not owned by root is refused.
 */
export const helperAction = z.discriminatedUnion('verb', [
  /** Replace or make a file atomically (rename(2)); its folder must be there. Keeps ACL and extended attributes of what was there. */
  z.strictObject({
    verb: z.literal('write-file'),
    path: targetPath,
    contents,
    ...ownership.shape,
    expect: expected,
  }),
  z.strictObject({ verb: z.literal('remove-file'), path: targetPath, expect: expected }),
  /** Make one folder. Nothing is done when it is there exactly so. */
  z.strictObject({
    verb: z.literal('make-directory'),
    path: targetPath,
    ...ownership.shape,
    expect: expected,
  }),
  /** Owner, group and mode of one file or folder. */
  z.strictObject({
    verb: z.literal('set-attributes'),
    path: targetPath,
    ...ownership.shape,
    expect: expected,
  }),
  /**
   * Owner and group of everything in a tree, and mode bits taken away and given; one file system, links themselves and
   * never what they point to, and none given to root; files with several names or capabilities are refused. A file that changes
   * hands is not setuid or setgid afterwards, nor after undo.
   */
  z.strictObject({
    verb: z.literal('set-tree-attributes'),
    path: targetPath,
    uid: numericId,
    gid: numericId,
    takeBits: permissionBits,
    giveBits: permissionBits,
    expect: expected,
  }),
  /**
   * Copy a tree with modes, times and attributes of users to a place that is absent; the original stays. No file of the copy is
   * setuid, setgid or has capabilities. Bits are taken and given before it is put in place, the right to execute only to what its
   * owner could execute. A copy of root's (uid 0) has no access lists, can be written by nobody else, and its links lead to entries
   * of it or to files that only root can change; other copies keep access lists.
   */
  z.strictObject({
    verb: z.literal('copy-tree'),
    from: targetPath,
    path: targetPath,
    uid: numericId,
    gid: numericId,
    takeBits: permissionBits.optional(),
    giveBits: permissionBits.optional(),
    expect: expected,
  }),
  /** Move a file or folder within one file system to a place that is absent: quarantine. */
  z.strictObject({ verb: z.literal('move'), from: targetPath, path: targetPath, expect: expected }),
  /**
   * A system account with a locked password, no login shell and no subordinate ids, and its group of the same name. Its home
   * is not made. `id` is the number of both (useradd(8) `--uid`, groupadd(8) `--gid`): the steps that follow name it, so it
   * has to be known before the account is there. Refused when account, group or number is taken by something else.
   */
  z.strictObject({
    verb: z.literal('create-account'),
    name: accountName,
    id: z.int().min(100).max(59_999).optional(),
    home: targetPath,
    comment: z.string().regex(/^[A-Za-z0-9 ]{0,64}$/),
  }),
  /** What a unit does now and at boot; absent fields stay as they are. `reread` is `systemctl daemon-reload` before. */
  z.strictObject({
    verb: z.literal('set-unit'),
    unit: unitName,
    enabled: z.boolean().optional(),
    action: z.enum(['start', 'stop', 'restart', 'reload']).optional(),
    reread: z.boolean().default(false),
  }),
  /** systemctl daemon-reload alone. Its undo is the same: systemd reads what is there then. */
  z.strictObject({ verb: z.literal('reread-units') }),
  /**
   * Does nothing now. When it is taken back it brings into force what is there then: units are read again, audit rules are
   * loaded, then these units are restarted or reloaded where they run. It stands before the steps that write their settings,
   * because steps are taken back newest first; the undo of a `set-unit` that restarts only gives back `enabled` and whether
   * the unit runs.
   */
  z.strictObject({
    verb: z.literal('after-undo'),
    rereadUnits: z.boolean(),
    loadAuditRules: z.boolean(),
    units: z.array(z.strictObject({ unit: unitName, action: z.enum(['restart', 'reload']) })).max(8),
  }),
  /** A switch of the kernel, now (sysctl(8)); a file of sysctl.d(5) keeps it over a reboot. Undo gives the value before. */
  z.strictObject({
    verb: z.literal('set-kernel-switch'),
    name: z.enum([
      'kernel.io_uring_disabled',
      'kernel.unprivileged_userns_clone',
      'user.max_user_namespaces',
    ]),
    value: z.int().min(0).max(2_147_483_647),
  }),
  /** Load a profile of our own that lies in a file (`apparmor_parser -r`). Undo takes it out of the kernel (`-R`). */
  z.strictObject({
    verb: z.literal('load-apparmor-profile'),
    path: z.string().regex(/^\/etc\/apparmor\.d\/swarmkeep-[a-z0-9-]{1,32}$/),
  }),
  /** `sshd -t`: changes nothing, and fails with its words when the SSH server would not start with what is written. */
  z.strictObject({ verb: z.literal('test-ssh-server') }),
  /** Load one table of Swarmkeep's own; `text` may name no other table, no include and no flush. Undo takes the table away. */
  z.strictObject({ verb: z.literal('load-table'), table: ownTable, text: listing }),
  /** Chains of our own for hosts with iptables only: `-restore --noflush` of `text`, which may name only SWARMKEEP chains and one jump to each. */
  z.strictObject({
    verb: z.literal('load-chains'),
    program: z.enum(['iptables', 'ip6tables', 'iptables-legacy', 'ip6tables-legacy']),
    text: listing,
  }),
  /** Take out the exact line of mycoSwarm's security model that keeps mDNS blocked. Undo puts it back in its place. */
  z.strictObject({
    verb: z.literal('remove-owner-drop'),
    program: z.enum(['iptables', 'ip6tables', 'iptables-legacy', 'ip6tables-legacy']),
    uid: numericId,
  }),
  /** An interface up or down now (ip-link(8)). */
  z.strictObject({ verb: z.literal('set-link'), interface: interfaceName, up: z.boolean() }),
  /** Install packages with the system's own manager; undo removes those that were not there before. */
  z.strictObject({ verb: z.literal('install-packages'), packages: z.array(packageName).min(1).max(16) }),
  /** Let the system's package manager install all pending updates. Cannot be undone, and says so. */
  z.strictObject({ verb: z.literal('install-updates'), securityOnly: z.boolean() }),
  /**
   * Replace packages of the virtual environment at `path` by other versions, from the index that its pip is set to: wheels only, and
   * nothing but these. pip runs as the owner of the environment, for one of root's as nobody in particular, never as root, and unpacks
   * beside it; root puts the files in place. Undo brings back every file that there was. Refused where others can write to it.
   */
  z.strictObject({
    verb: z.literal('upgrade-packages'),
    path: targetPath,
    site: sitePackagesFolder,
    packages: z
      .array(packageUpgrade)
      .min(1)
      .max(32)
      .refine((packages) => new Set(packages.map(({ name }) => name)).size === packages.length, 'Each once'),
    expect: expected,
  }),
  /** Load the audit rules below /etc/audit/rules.d (augenrules(8)). */
  z.strictObject({ verb: z.literal('load-audit-rules') }),
  /** Take single lines out of a file, by their SHA-256, never printing them; the old file is sealed in the undo record. */
  z.strictObject({
    verb: z.literal('remove-lines'),
    path: targetPath,
    lines: z.array(sha256).min(1).max(256),
    expect: expected,
  }),
]);
export type HelperAction = z.infer<typeof helperAction>;
export type HelperVerb = HelperAction['verb'];

const version = z.literal(HELPER_PROTOCOL);

/**
 * What the console may ask of the helper: one JSON document on standard input, one on standard output, then it ends.
 * Unknown fields are refused.
 */
export const helperRequest = z.discriminatedUnion('ask', [
  /** Version handshake; changes nothing. */
  z.strictObject({ version: z.int(), ask: z.literal('hello') }),
  /** What is at these paths, without following links; changes nothing. */
  z.strictObject({
    version,
    ask: z.literal('inspect'),
    paths: z.array(z.strictObject({ path: targetPath, text: z.boolean() })).max(256),
  }),
  /**
   * Do one step of a change. Asked again for the same change and step it does nothing twice: a step that is done answers
   * so, a step that was cut off is finished or taken back first.
   */
  z.strictObject({
    version,
    ask: z.literal('do'),
    change: changeId,
    step: z.int().min(0).max(255),
    action: helperAction,
  }),
  /**
   * Take one step back. `record` is the SHA-256 that `do` answered: another record was tampered with and is refused.
   */
  z.strictObject({
    version,
    ask: z.literal('undo'),
    change: changeId,
    step: z.int().min(0).max(255),
    record: sha256,
  }),
  /** What keeps each of these steps from being taken back, as `undo` would say it; changes nothing. */
  z.strictObject({
    version,
    ask: z.literal('compare'),
    steps: z
      .array(z.strictObject({ change: changeId, step: z.int().min(0).max(255), record: sha256 }))
      .min(1)
      .max(256),
  }),
  /** Take the steps of a change back by itself after `seconds` unless it is confirmed, also when the console is gone. */
  z.strictObject({ version, ask: z.literal('arm'), change: changeId, seconds: z.int().min(5).max(3_600) }),
  /** Keep the change: disarm the timer. Answers `too-late` when it fired. */
  z.strictObject({ version, ask: z.literal('confirm'), change: changeId }),
  /** What the timer starts: takes back every step that was done, newest first. */
  z.strictObject({ version, ask: z.literal('revert'), change: changeId }),
  /** Changes that have undo records on the node, newest first, with the state of each step. */
  z.strictObject({ version, ask: z.literal('changes') }),
  /** Forget the undo records of a change. They cannot be had back. */
  z.strictObject({ version, ask: z.literal('forget'), change: changeId }),
  /** An independent look, as the agent's account: a connection, or the isolation of code (unshare(1)). */
  z.strictObject({
    version,
    ask: z.literal('probe'),
    uid: numericId,
    probe: z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('connect'),
        address: z.union([z.ipv4(), z.ipv6()]),
        port: z.int().min(1).max(65_535),
        timeoutMs: z.int().min(50).max(5_000),
      }),
      /** Asks the program that listens there for one page by HTTP: a port that is refused, or open with nobody behind it, is no answer. */
      z.strictObject({
        kind: z.literal('answer'),
        address: z.union([z.ipv4(), z.ipv6()]),
        port: z.int().min(1).max(65_535),
        timeoutMs: z.int().min(50).max(5_000),
      }),
      z.strictObject({ kind: z.literal('isolation') }),
    ]),
  }),
  ...secretRequest.options,
  pauseRequest,
  isolateRequest,
  /** Take helper, policy and sudo rule away. Refused while undo records are left, unless `force`. */
  z.strictObject({ version, ask: z.literal('uninstall'), force: z.boolean() }),
]);
export type HelperRequest = z.infer<typeof helperRequest>;
