import type { FileFact } from '#shared/domain/facts/files.ts';
import type { Agent } from './agent.ts';

/** Whether the agent can do something, and because of what. */
export interface Verdict {
  can: 'yes' | 'no' | 'unknown';
  /** In our words, after the path: `owned by mycoswarm`. */
  because: string;
  /** The file or folder that decided. */
  at: string;
}

type Answer = Verdict['can'];
type Bit = 4 | 2 | 1;

/** An entry of getfacl(1): `user:miu:rw-`, `mask::r-x`. Entries for new files (`default:`) are no part of it. */
function parseAcl(acl: readonly string[]): { kind: string; who: string; bits: number }[] {
  return acl.flatMap((text) => {
    const match = /^(user|u|group|g|mask|m|other|o):([^:]*):([r-])([w-])([x-])/.exec(text);
    if (match === null) return [];
    const [, kind = '', who = '', read, write, execute] = match;
    const bits = (read === 'r' ? 4 : 0) | (write === 'w' ? 2 : 0) | (execute === 'x' ? 1 : 0);
    return [{ kind: kind.charAt(0), who, bits }];
  });
}

/**
 * Whether the mode bits and the access ACL give a permission to somebody who is not the owner (acl(5), "Access check
 * algorithm"). `unknown` when the ACL was not read, or when it hangs on groups that are not known.
 */
export function permits(agent: Agent, file: FileFact, bit: Bit): Answer {
  const groupBits = (file.mode >> 3) & 7;
  const otherAllows = (file.mode & bit) !== 0;
  if (agent.groupIds === null) {
    const groupAllows = (groupBits & bit) !== 0;
    if (file.acl === null || file.acl.length > 0 || groupAllows !== otherAllows) return 'unknown';
    return otherAllows ? 'yes' : 'no';
  }
  const inGroup = agent.groupIds.has(file.gid);
  if (file.acl === null) return 'unknown';
  const entries = parseAcl(file.acl);
  const allows = (bits: number) => (bits & mask & bit) !== 0;
  // With an ACL the group bits of the mode are its mask, and the owning group has an entry of its own.
  const mask = entries.find((entry) => entry.kind === 'm')?.bits ?? (entries.length > 0 ? groupBits : 7);
  const isMe = (who: string) => who !== '' && (who === agent.account?.name || who === String(agent.uid));
  const user = entries.find((entry) => entry.kind === 'u' && isMe(entry.who));
  if (user !== undefined) return allows(user.bits) ? 'yes' : 'no';
  const groups = entries.filter(
    (entry) =>
      entry.kind === 'g' &&
      entry.who !== '' &&
      (agent.groupNames.includes(entry.who) || agent.groupIds?.has(Number(entry.who))),
  );
  const owning = entries.find((entry) => entry.kind === 'g' && entry.who === '');
  if (inGroup) groups.push(owning ?? { kind: 'g', who: '', bits: groupBits });
  if (groups.length > 0) return groups.some((entry) => allows(entry.bits)) ? 'yes' : 'no';
  return otherAllows ? 'yes' : 'no';
}

/**
 * Whether the default list of a folder gives a permission to what is made in it later (acl(5), "Object creation and default ACLs"):
 * then whoever owns the folder now, its next file is open.
 */
function permitsLater(agent: Agent, folder: FileFact, bit: Bit): Answer {
  const later = (folder.acl ?? []).filter((text) => text.startsWith('default:')).map((text) => text.slice(8));
  if (later.length === 0) return 'no';
  const others = parseAcl(later).find((entry) => entry.kind === 'o')?.bits ?? 0;
  return permits(agent, { ...folder, mode: others, acl: later }, bit);
}

/** The path itself and every folder above it, from `/` down. */
export function chainOf(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return ['/', ...names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)];
}

const MAX_LINKS = 8;

/**
 * Whether the agent can change what a path holds: it owns it or a folder above it (an owner can give back a permission,
 * chmod(2)), may write it, or may replace it or a folder above it in a folder that it may write, where the sticky bit
 * leaves others' entries alone (rename(2), unlink(2)). Folders that the agent cannot enter end the way. Symbolic links
 * are followed, and what they lead to counts as well.
 * @param path absolute path
 * @param files every entry that was looked at, by path
 */
export function canChange(agent: Agent, path: string, files: ReadonlyMap<string, FileFact>): Verdict {
  return walk(agent, path, files, MAX_LINKS);
}

function walk(agent: Agent, path: string, files: ReadonlyMap<string, FileFact>, linksLeft: number): Verdict {
  if (agent.canBe(0))
    return { can: 'yes', because: `the account ${agent.name} can act as administrator`, at: path };
  const chain = chainOf(path);
  let parent: FileFact | null = null;
  let doubt: Verdict | null = null;
  const given = (verdict: Verdict): Verdict =>
    // Behind a folder about which nothing is known even an owned file may be out of reach.
    verdict.can === 'yes' && doubt !== null ? doubt : verdict;
  for (const [index, at] of chain.entries()) {
    const file = files.get(at);
    if (file === undefined) {
      return doubt ?? { can: 'unknown', because: 'was not looked at', at };
    }
    const isLast = index === chain.length - 1;
    if (parent !== null) {
      const mayWrite = permits(agent, parent, 2);
      const mayReplace = (parent.mode & 0o1000) === 0 || agent.canBe(file.uid);
      if (mayReplace && mayWrite === 'yes') {
        return given({
          can: 'yes',
          because: `the account ${agent.name} may write in that folder`,
          at: parent.path,
        });
      }
      if (mayReplace && mayWrite === 'unknown') {
        doubt ??= { can: 'unknown', because: 'its access list could not be read', at: parent.path };
      }
    }
    if (file.kind === 'link') {
      if (file.resolved === null)
        return doubt ?? { can: 'unknown', because: 'a link that leads nowhere', at };
      if (linksLeft === 0) return doubt ?? { can: 'unknown', because: 'too many links', at };
      const rest = path.slice(at.length);
      const followed = walk(agent, file.resolved + rest, files, linksLeft - 1);
      return followed.can === 'no' && doubt !== null ? doubt : given(followed);
    }
    if (agent.canBe(file.uid)) return given({ can: 'yes', because: `owned by ${agent.name}`, at });
    if (isLast) {
      const may = permits(agent, file, 2);
      if (may === 'yes') return given({ can: 'yes', because: `the account ${agent.name} may write it`, at });
      if (may === 'unknown') doubt ??= { can: 'unknown', because: 'its access list could not be read', at };
      if (permitsLater(agent, file, 2) === 'yes')
        return given({
          can: 'yes',
          because: `its default access list lets the account ${agent.name} write what is made in it later`,
          at,
        });
    } else {
      const mayEnter = permits(agent, file, 1);
      if (mayEnter === 'no')
        return doubt ?? { can: 'no', because: `the account ${agent.name} cannot get there`, at };
      if (mayEnter === 'unknown')
        doubt ??= { can: 'unknown', because: 'its access list could not be read', at };
    }
    parent = file;
  }
  return doubt ?? { can: 'no', because: `neither owned nor writable by ${agent.name}`, at: path };
}

/**
 * Whether the agent can list what a folder holds: it may enter every folder above it, and read it. An owner can give
 * itself back a permission (chmod(2)).
 * @param path absolute path of a folder, no link in it
 * @param files every entry that was looked at, by path
 */
export function canRead(agent: Agent, path: string, files: ReadonlyMap<string, FileFact>): Verdict {
  if (agent.canBe(0))
    return { can: 'yes', because: `the account ${agent.name} can act as administrator`, at: path };
  const chain = chainOf(path);
  let doubt: Verdict | null = null;
  for (const [index, at] of chain.entries()) {
    const file = files.get(at);
    if (file === undefined) return doubt ?? { can: 'unknown', because: 'was not looked at', at };
    if (agent.canBe(file.uid)) continue;
    const may = permits(agent, file, index === chain.length - 1 ? 4 : 1);
    if (may === 'no') return { can: 'no', because: `the account ${agent.name} cannot get there`, at };
    if (may === 'unknown') doubt ??= { can: 'unknown', because: 'its access list could not be read', at };
  }
  return doubt ?? { can: 'yes', because: `the account ${agent.name} may enter and list it`, at: path };
}
