import { isWithin } from '#core/facts/profile/paths.ts';
import type { FixPlan } from '#core/fixes/fix.ts';
import type { FileFact } from '#shared/domain/facts/files.ts';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';
import { knownOf, type Model } from './model.ts';
import { readDropIn, settleUnit } from './unit-after.ts';

/** After the look, and before the restart of a unit (unit-after.ts). */
const WRITTEN_AT = '2026-11-21T19:18:00.000Z';

/**
 * Applies a plan to a model of a node, step by step: files, owners, units, accounts, audit rules, switches. What only a kernel
 * can tell, such as what a table of rules comes to, `loadTable` answers.
 */
export function apply(
  model: Model,
  plan: FixPlan,
  loadTable: (model: Model, action: Extract<HelperAction, { verb: 'load-table' }>) => void = () => {},
): Model {
  for (const { action } of plan.steps) {
    if (action === null) continue;
    if (action.verb === 'load-table') loadTable(model, action);
    else applyAction(model, action);
  }
  return model;
}

function put(model: Model, path: string, change: Partial<FileFact>): void {
  const files = knownOf(model, 'files');
  const known = files.files.find((file) => file.path === path);
  files.missing = files.missing.filter((missing) => missing !== path);
  if (known) Object.assign(known, change);
  else
    files.files.push({
      path,
      kind: 'file',
      mode: 0o644,
      uid: 0,
      gid: 0,
      size: 0,
      modifiedAt: null,
      links: 1,
      target: null,
      resolved: null,
      acl: [],
      attributes: null,
      ...change,
    });
  const { auditd } = knownOf(model, 'audit');
  if (auditd?.logFile?.path === path) Object.assign(auditd.logFile, { uid: change.uid, mode: change.mode });
  for (const account of knownOf(model, 'accounts').accounts)
    if (account.home === path && change.mode !== undefined)
      account.homeDirectory = {
        acl: false,
        ...account.homeDirectory,
        mode: change.mode,
        uid: change.uid ?? 0,
        gid: change.gid ?? 0,
      };
}

function applyAction(model: Model, action: HelperAction): void {
  const files = model.facts.subjects.files.state === 'seen' ? knownOf(model, 'files') : null;
  switch (action.verb) {
    case 'set-attributes':
    case 'make-directory': {
      const { path, uid, gid, mode } = action;
      put(model, path, {
        uid,
        gid,
        mode,
        ...(action.verb === 'make-directory' ? { kind: 'directory' } : {}),
      });
      return;
    }
    case 'set-tree-attributes': {
      const changed = (mode: number) => (mode & ~action.takeBits) | action.giveBits;
      for (const file of files?.files ?? [])
        if (isWithin(file.path, action.path))
          Object.assign(file, { uid: action.uid, gid: action.gid, mode: changed(file.mode) });
      for (const tree of files?.trees ?? [])
        if (isWithin(tree.root, action.path))
          for (const bucket of tree.buckets)
            Object.assign(bucket, { uid: action.uid, gid: action.gid, mode: changed(bucket.mode) });
      return;
    }
    case 'copy-tree': {
      const settled = (mode: number) => (mode & ~(action.takeBits ?? 0)) | (action.giveBits ?? 0);
      const moved = (path: string) => action.path + path.slice(action.from.length);
      for (const file of [...(files?.files ?? [])])
        if (isWithin(file.path, action.from))
          put(model, moved(file.path), {
            ...file,
            path: moved(file.path),
            uid: action.uid,
            gid: action.gid,
            mode: settled(file.mode),
          });
      for (const tree of [...(files?.trees ?? [])])
        if (isWithin(tree.root, action.from))
          files?.trees.push({
            ...structuredClone(tree),
            root: moved(tree.root),
            buckets: tree.buckets.map((bucket) => ({
              ...bucket,
              uid: action.uid,
              gid: action.gid,
              mode: settled(bucket.mode),
              examples: bucket.examples.map(moved),
            })),
          });
      return;
    }
    case 'write-file': {
      const text = Buffer.from(action.contents, 'base64').toString('utf8');
      const { path, uid, gid, mode } = action;
      put(model, path, { kind: 'file', uid, gid, mode, size: text.length, modifiedAt: WRITTEN_AT });
      model.texts.set(path, text);
      readWritten(model, path, text);
      return;
    }
    case 'create-account': {
      const accounts = knownOf(model, 'accounts');
      const id = action.id ?? 0;
      const [some] = accounts.accounts;
      if (some === undefined) throw new Error('a model has accounts');
      accounts.accounts.push({
        ...some,
        name: action.name,
        uid: id,
        gid: id,
        home: action.home,
        groups: [action.name],
        password: 'locked',
        subordinateUids: [],
        subordinateGids: [],
        homeDirectory: null,
        authorizedKeys: 0,
        sudoRules: [],
        sessions: 0,
        personalTraces: [],
      });
      accounts.groups?.push({ name: action.name, gid: id, members: [] });
      return;
    }
    case 'set-unit':
      if (action.action === 'start' || action.action === 'restart') settleUnit(model, action.unit);
      return;
    case 'load-audit-rules': {
      const { auditd } = knownOf(model, 'audit');
      if (auditd === null) return;
      auditd.rules = auditd.rulesAtBoot;
      auditd.enabled = 1;
      Object.assign(knownOf(model, 'audit').probe, { tried: true, recorded: true });
      return;
    }
    case 'install-packages': {
      const { auditd } = knownOf(model, 'audit');
      if (auditd !== null && action.packages.includes('auditd')) {
        auditd.installed = true;
        auditd.logFile ??= { path: '/var/log/audit/audit.log', uid: 0, mode: 0o600 };
      }
      return;
    }
    case 'set-kernel-switch':
      if (action.name === 'kernel.io_uring_disabled')
        knownOf(model, 'audit').ioUringDisabled = action.value as 2;
      else if (action.name === 'user.max_user_namespaces')
        knownOf(model, 'sandbox').maxUserNamespaces = action.value;
      else knownOf(model, 'sandbox').unprivilegedUserNamespaces = action.value === 1;
      return;
    case 'move': {
      const known = knownOf(model, 'mycoswarm');
      known.plugins = known.plugins.filter(({ path }) => path !== action.from);
      const moved = (path: string) =>
        isWithin(path, action.from) ? action.path + path.slice(action.from.length) : path;
      for (const file of files?.files ?? []) file.path = moved(file.path);
      for (const tree of files?.trees ?? []) tree.root = moved(tree.root);
      return;
    }
    case 'remove-lines': {
      const known = knownOf(model, 'credentials');
      known.found = known.found.filter(({ place }) => place !== action.path);
      return;
    }
    case 'set-link':
      for (const face of knownOf(model, 'interfaces').interfaces)
        if (face.name === action.interface) face.up = action.up;
      return;
    default:
      return;
  }
}

/** What files of the system mean once they are read: the newest drop-in, audit rules at boot, settings of the SSH server. */
function readWritten(model: Model, path: string, text: string): void {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const dropIn = /^\/(?:etc|run)\/systemd\/system\/(.+)\.d\/[^/]+\.conf$/.exec(path)?.[1];
  if (dropIn !== undefined) readDropIn(model, dropIn, path, lines);
  if (path.startsWith('/etc/audit/rules.d/')) {
    const { auditd } = knownOf(model, 'audit');
    if (auditd !== null) auditd.rulesAtBoot = [...lines, ...(auditd.rulesAtBoot ?? [])];
  }
  if (path.startsWith('/etc/ssh/sshd_config.d/')) {
    // What it takes in from elsewhere holds until the next start of the machine only.
    const server = knownOf(model, 'sshServer');
    for (const line of lines) {
      const [keyword = '', ...rest] = line.split(/\s+/);
      const name = keyword.toLowerCase();
      server.written.unshift({ keyword: name, value: rest.join(' '), file: path, inMatch: false });
      if (server.effective !== null) server.effective[name] = [rest.join(' ')];
    }
  }
}
