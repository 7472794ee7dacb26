import type { AccountFact, AccountFacts } from '#shared/domain/facts/accounts.ts';
import type { Power } from './agent.ts';
import type { CheckInput } from './check.ts';
import { seen, sourceOf } from './knowledge.ts';

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
  input: { root: false, gives: 'every key that is pressed on the machine' },
};

/** Powers that come with group membership. */
export function powersOfGroups(account: AccountFact, source: string): Power[] {
  return account.groups.flatMap((group) => {
    const power = Object.hasOwn(POWERFUL_GROUPS, group) ? POWERFUL_GROUPS[group] : undefined;
    if (power === undefined) return [];
    return [
      {
        uids: power.root ? ROOT : [],
        what: `${account.name}: group ${group}`,
        seen: `gives ${power.gives}`,
        source,
        kind: 'group',
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

/** Folders in which only the distribution puts programs; setuid programs in them are made to withstand their callers. */
const SYSTEM_FOLDER = /^\/(usr\/)?(s?bin|lib(32|64|exec|x32)?)\//;

/** Programs that do as they are told: with setuid or a capability they give the account away wherever they lie. */
const OBEDIENT =
  /^(ba|da|z|k|c|tc|fi|a|mk)?sh$|^(busybox|python[0-9.]*|perl[0-9.]*|ruby[0-9.]*|node|php[0-9.]*|lua[0-9.]*|gdb|vim?|nano|emacs|find|env|awk|gawk|mawk|sed|tar|cp|mv|dd|install|less|more|tee|nmap|rsync|strace|xargs|make|git|curl|wget|docker|systemd-run|chroot|unshare|nsenter|setpriv|capsh)$/;

/**
 * Layers of container engines, which no ordinary account can enter, and read-only images that carry a distribution's
 * own programs once more.
 */
const COPIES = /^\/(var\/lib\/(docker|containers|lxc|lxd|incus|machines|snapd)|snap|nix\/store)\//;

/** File capabilities with which a program can become or read everybody (capabilities(7)). */
const MIGHTY_CAPABILITY =
  /cap_(setuid|setgid|dac_override|dac_read_search|fowner|chown|sys_admin|sys_ptrace|sys_module|setfcap|sys_rawio)/;

/** Programs of distributions that carry a mighty capability and limit it themselves. */
const TRUSTED_CAPABILITY = /\/(newuidmap|newgidmap|gst-ptp-helper|dumpcap|snap-confine)$/;

type Program = AccountFacts['setuidPrograms'][number];

function mayExecute(program: Program, groupIds: ReadonlySet<number>): boolean {
  return (program.mode & 0o001) !== 0 || (groupIds.has(program.gid) && (program.mode & 0o010) !== 0);
}

/** Powers that come from programs with setuid bit or capabilities that the agent may start. */
export function powersOfPrograms(
  programs: readonly Program[],
  uid: number,
  groupIds: ReadonlySet<number>,
  source: string,
): Power[] {
  return programs.flatMap((program): Power[] => {
    if (program.uid === uid || !mayExecute(program, groupIds)) return [];
    const name = program.path.slice(program.path.lastIndexOf('/') + 1);
    const base = { what: program.path, source, kind: 'program' as const };
    if ((program.mode & 0o4000) !== 0 && OBEDIENT.test(name)) {
      const uids = [{ start: program.uid, count: 1 }];
      return [{ ...base, uids, seen: `does what it is told as uid ${program.uid}, whoever starts it` }];
    }
    const isUsual =
      SYSTEM_FOLDER.test(program.path) || COPIES.test(program.path) || name === 'chrome-sandbox';
    if ((program.mode & 0o4000) !== 0 && !isUsual) {
      return [{ ...base, uids: [], seen: `runs as uid ${program.uid} for whoever starts it` }];
    }
    const isMighty = program.capabilities !== null && MIGHTY_CAPABILITY.test(program.capabilities);
    if (isMighty && !TRUSTED_CAPABILITY.test(program.path)) {
      return [
        {
          ...base,
          uids: ROOT,
          seen: `carries ${program.capabilities ?? ''}, which is as good as administrator`,
        },
      ];
    }
    return [];
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
      },
    ];
  });
}
