import type { AccountFact, AccountFacts } from '#shared/domain/facts/accounts.ts';
import type { Power } from './agent.ts';
import type { CheckInput } from './check.ts';
import { seen, sourceOf } from './knowledge.ts';
import { isInSystemFolder, isUsualCapability, isUsualProgram } from './usual-programs.ts';

const ROOT = [{ start: 0, count: 1 }];

/**
 * Groups whose members can become root or read what is everybody's, with what they give. Names as Debian, Fedora and the
 * engines use them (base-passwd's users-and-groups, the documents of Docker, LXD, Incus, libvirt).
 */
export const POWERFUL_GROUPS: Readonly<Record<string, { root: boolean; gives: string }>> = {
  root: { root: false, gives: 'access to what belongs to the group of the administrator' },
  sudo: { root: true, gives: 'any command as administrator' },
  wheel: { root: true, gives: 'any command as administrator' },
  admin: { root: true, gives: 'any command as administrator' },
  docker: { root: true, gives: 'command of Docker, and with it the whole machine' },
  lxd: { root: true, gives: 'command of LXD, and with it the whole machine' },
  incus: { root: true, gives: 'command of Incus containers' },
  'incus-admin': { root: true, gives: 'command of Incus, and with it the whole machine' },
  libvirt: { root: true, gives: 'command of virtual machines, and with it the whole machine' },
  disk: { root: true, gives: 'raw access to every disk' },
  kmem: { root: true, gives: 'access to the memory of the machine' },
  shadow: { root: false, gives: 'the password hashes of every account' },
  adm: { root: false, gives: 'all system logs' },
  'systemd-journal': { root: false, gives: 'the journal of every service' },
  staff: { root: true, gives: 'writing in /usr/local, where the administrator finds programs' },
  microk8s: { root: true, gives: 'command of Kubernetes, and with it the whole machine' },
  lpadmin: { root: false, gives: 'the settings of printing, which run programs of their own' },
  'ssl-cert': { root: false, gives: 'the private keys of the certificates of the machine' },
  input: { root: false, gives: 'every key that is pressed on the machine' },
};

/** What a group gives whose members have more than an agent may have; undefined for an ordinary group. */
export function gainOf(group: string): { root: boolean; gives: string } | undefined {
  return Object.hasOwn(POWERFUL_GROUPS, group) ? POWERFUL_GROUPS[group] : undefined;
}

/**
 * Powers that come with groups.
 * @param owner whose groups they are, as evidence shows it: an account, or a running program
 * @param isOfAccount false for groups that only running processes carry (SupplementaryGroups= of systemd.exec(5))
 */
export function powersOfGroups(
  owner: string,
  groups: readonly string[],
  isOfAccount: boolean,
  source: string,
): Power[] {
  return groups.flatMap((group): Power[] => {
    const power = gainOf(group);
    if (power === undefined) return [];
    return [
      {
        uids: power.root ? ROOT : [],
        what: `${owner}: group ${group}`,
        seen: `gives ${power.gives}`,
        source,
        ...(isOfAccount ? { kind: 'group', account: owner } : { kind: 'process-group' }),
      },
    ];
  });
}

/**
 * The uids that a sudo rule gives, from its run-as list (sudoers(5), "Runas_Spec"). Without a list it is root; a list
 * with anything but plain, known account names is taken as root.
 */
export function runAsUids(rule: string, accounts: readonly AccountFact[]): Power['uids'] {
  const lists = [...rule.matchAll(/\(([^()]*)\)/g)].map((match) => match[1] ?? '');
  if (lists.length === 0) return ROOT;
  const names = lists.flatMap((list) => (list.split(':')[0] ?? '').split(',').map((name) => name.trim()));
  const uids = names.map((name) => accounts.find((account) => account.name === name)?.uid ?? 0);
  return [...new Set(uids)].map((start) => ({ start, count: 1 }));
}

/** Powers that sudo rules give. Every rule counts: what a command may do as another account is not judged here. */
export function powersOfSudo(account: AccountFact, accounts: readonly AccountFact[]): Power[] {
  return (account.sudoRules ?? []).map((rule) => ({
    uids: runAsUids(rule, accounts),
    what: rule,
    seen: `a sudo rule for ${account.name}`,
    source: '/etc/sudoers',
    kind: 'sudo',
  }));
}

/** Programs that do as they are told: with setuid or a capability they give the account away wherever they lie. */
export const OBEDIENT =
  /^(ba|da|z|k|c|tc|fi|a|mk)?sh$|^(busybox|python[0-9.]*|perl[0-9.]*|ruby[0-9.]*|node|php[0-9.]*|lua[0-9.]*|gdb|vim?|nano|emacs|find|env|awk|gawk|mawk|sed|tar|cp|mv|dd|install|less|more|tee|nmap|rsync|strace|xargs|make|git|curl|wget|docker|systemd-run|chroot|unshare|nsenter|setpriv|capsh)$/;

/** File capabilities with which a program can become or read everybody (capabilities(7)); `=ep` and `all` are all of them. */
const MIGHTY_CAPABILITY =
  /^(all)?[=+]|\ball\b|cap_(setuid|setgid|dac_override|dac_read_search|fowner|chown|sys_admin|sys_ptrace|sys_module|setfcap|sys_rawio|mknod|mac_override|bpf)/;

type Program = AccountFacts['setuidPrograms'][number];

/** What of the agent decides about a program. */
export interface Caller {
  uid: number;
  /** Null when its groups are not known completely: then nothing is said that hangs on them. */
  groupIds: ReadonlySet<number> | null;
  /** Names of the node's groups by number; null when they are not known. */
  groupNames: ReadonlyMap<number, string> | null;
}

function allows(program: Program, caller: Caller, bit: 1 | 2): boolean {
  if (program.uid === caller.uid || (program.mode & bit) !== 0) return true;
  return caller.groupIds?.has(program.gid) === true && (program.mode & (bit << 3)) !== 0;
}

const changes = (program: Program): boolean => (program.mode & 0o6000) !== 0 || program.capabilities !== null;

function setuidPower(program: Program, caller: Caller, source: string): Power | null {
  if ((program.mode & 0o4000) === 0 || program.uid === caller.uid) return null;
  const base = { what: program.path, source, kind: 'program' as const, file: program };
  if (OBEDIENT.test(nameOf(program.path))) {
    return {
      ...base,
      uids: [{ start: program.uid, count: 1 }],
      seen: `does what it is told as uid ${program.uid}, whoever starts it`,
      concern: 'obeys',
    };
  }
  if (isUsualProgram(program.path)) return null;
  return {
    ...base,
    uids: [],
    seen: `runs as uid ${program.uid} for whoever starts it`,
    concern: isInSystemFolder(program.path) ? 'unusual' : 'foreign',
  };
}

function setgidPower(program: Program, caller: Caller, source: string): Power | null {
  // Without the group's execute bit the mark means mandatory locks, and nothing for who runs it (inode(7)).
  if ((program.mode & 0o2010) !== 0o2010 || caller.groupIds === null || caller.groupNames === null)
    return null;
  if (caller.groupIds.has(program.gid)) return null;
  const group = caller.groupNames.get(program.gid);
  const gain = group === undefined ? undefined : gainOf(group);
  const what = { what: program.path, source, kind: 'program' as const, file: program };
  const rights = `the rights of the group ${group ?? program.gid}${gain === undefined ? '' : `, which gives ${gain.gives}`}`;
  if (OBEDIENT.test(nameOf(program.path))) {
    return {
      ...what,
      uids: gain?.root === true ? ROOT : [],
      seen: `does what it is told with ${rights}`,
      concern: 'obeys',
    };
  }
  const isSystem = isInSystemFolder(program.path);
  if (isUsualProgram(program.path) || (isSystem && group !== undefined && gain === undefined)) return null;
  return { ...what, uids: [], seen: `runs with ${rights}`, concern: isSystem ? 'unusual' : 'foreign' };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Powers that come from programs with setuid bit, setgid bit or capabilities that the agent may start or change. */
export function powersOfPrograms(programs: readonly Program[], caller: Caller, source: string): Power[] {
  // The administrator may do all that already.
  if (caller.uid === 0) return [];
  return programs.flatMap((program): Power[] => {
    const base = { what: program.path, source, kind: 'program' as const, file: program };
    const found: (Power | null)[] = [];
    if (changes(program) && allows(program, caller, 2)) {
      found.push({
        ...base,
        uids: [],
        seen: `the agent may change what it does, mode ${program.mode.toString(8).padStart(4, '0')}`,
        concern: 'writable',
      });
    }
    if (allows(program, caller, 1)) {
      found.push(setuidPower(program, caller, source), setgidPower(program, caller, source));
      if (MIGHTY_CAPABILITY.test(program.capabilities ?? '') && !isUsualCapability(program.path)) {
        found.push({
          ...base,
          uids: ROOT,
          seen: `carries ${program.capabilities ?? ''}, which is as good as administrator`,
          concern: 'obeys',
        });
      }
    }
    return found.filter((power) => power !== null);
  });
}

/** Powers that come from sockets of container engines that the agent may write to. */
export function powersOfSockets(input: CheckInput, uid: number, groupIds: ReadonlySet<number>): Power[] {
  const engines = seen(input, 'containers')?.engines ?? [];
  return engines.flatMap((engine): Power[] => {
    const socket = engine.socket;
    // A socket of root commands an engine of root; a rootless engine gives no more than its own account.
    if (socket === null || socket.uid !== 0) return [];
    const mayWrite =
      uid === 0 || (groupIds.has(socket.gid) && (socket.mode & 0o020) !== 0) || (socket.mode & 0o002) !== 0;
    if (!mayWrite) return [];
    return [
      {
        uids: ROOT,
        what: socket.path,
        seen: `the agent may command ${engine.name}, and with it the whole machine`,
        source: sourceOf(input, 'containers'),
        kind: 'engine',
        file: { ...socket, capabilities: null },
        ...(socket.group !== null && groupIds.has(socket.gid) ? { group: socket.group } : {}),
      },
    ];
  });
}
