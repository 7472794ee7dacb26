import type { AccountFact, AccountFacts } from '#shared/domain/facts/accounts.ts';
import { consoleSessions, readSessions } from '../../script/console-sessions.ts';
import { readId } from '../../script/ids.ts';

/** Homes and what stands in them, by path. */
export interface HomeFact {
  directory: NonNullable<AccountFact['homeDirectory']> | null;
  late: boolean;
  closed: boolean;
  /** Something has this name, or may have it, but no folder could be seen. */
  hidden: boolean;
  keys: number | null;
  traces: string[];
}

function isId(text: string | undefined): text is string {
  return readId(text) !== null;
}

/** passwd(5); lines of another shape are left out, and a second entry of a name too (the first one counts). */
export function readPasswd(
  text: string,
): Pick<AccountFact, 'name' | 'uid' | 'gid' | 'comment' | 'home' | 'shell'>[] {
  const known = new Set<string>();
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid, comment, home, shell] = line.split(':');
    if (!name || name.length > 256 || known.has(name) || !isId(uid) || !isId(gid)) return [];
    known.add(name);
    return [
      {
        name,
        uid: Number(uid),
        gid: Number(gid),
        comment: (comment ?? '').slice(0, 256),
        home: (home ?? '').slice(0, 4_096),
        shell: (shell ?? '').slice(0, 4_096),
      },
    ];
  });
}

/** group(5): name, number and members. */
export function readGroups(text: string): { name: string; gid: number; members: string[] }[] {
  return text.split('\n').flatMap((line) => {
    const [name, , gid, members] = line.split(':');
    if (!name || name.length > 256 || !isId(gid)) return [];
    return [{ name, gid: Number(gid), members: (members ?? '').split(',').filter(Boolean) }];
  });
}

/** subuid(5): ranges by the name or the number of the account. */
export function readRanges(text: string): Map<string, { start: number; count: number }[]> {
  const ranges = new Map<string, { start: number; count: number }[]>();
  for (const line of text.split('\n')) {
    const [name, start, count] = line.split(':');
    if (!name || !isId(start) || !isId(count)) continue;
    const list = ranges.get(name) ?? [];
    if (list.length < 64) list.push({ start: Number(start), count: Number(count) });
    ranges.set(name, list);
  }
  return ranges;
}

/** Lines `MODE UID GID PATH` of find; the path is last, so that spaces in it do no harm. */
export function readModeLine(line: string): { mode: number; uid: number; gid: number; path: string } | null {
  const match = /^([0-7]{1,4}) ([0-9]{1,10}) ([0-9]{1,10}) (\/[\s\S]*)$/.exec(line);
  const uid = readId(match?.[2]);
  const gid = readId(match?.[3]);
  if (!match || uid === null || gid === null) return null;
  return { mode: Number.parseInt(match[1] ?? '', 8), uid, gid, path: (match[4] ?? '').slice(0, 16_384) };
}

/**
 * Login sessions per account: files of systemd-logind (class `user`), or lines of who(1), whichever shows more. Those of this console are
 * nobody's work.
 * @param own id of the session that looks; empty where it has none
 */
export function countSessions(logind: string, who: string, own = ''): Map<string, number> {
  const files = readSessions(logind);
  const ours = consoleSessions(files, own);
  const byLogind = new Map<string, number>();
  for (const [id, values] of files) {
    const user = values.get('USER');
    if (
      ours.has(id) ||
      !user ||
      !/^user/.test(values.get('CLASS') ?? 'user') ||
      values.get('STATE') === 'closing'
    )
      continue;
    byLogind.set(user, (byLogind.get(user) ?? 0) + 1);
  }
  const sessions = new Map<string, number>(byLogind);
  const byWho = new Map<string, number>();
  for (const user of who.split('\n')) if (user) byWho.set(user, (byWho.get(user) ?? 0) + 1);
  for (const [user, count] of byWho) sessions.set(user, Math.max(count, sessions.get(user) ?? 0));
  return sessions;
}

/** Last login per account from `last -F -w` in UTC (last(1)): the first line of each name is its newest. */
export function readLastLogins(text: string): Map<string, string> {
  const logins = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match =
      /^(\S+)\s.*?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) +([0-9]{1,2}) ([0-9:]{8}) ([0-9]{4})\b/.exec(
        line,
      );
    if (!match || /^(?:reboot|shutdown|runlevel|wtmp|btmp)$/.test(match[1] ?? '')) continue;
    const at = Date.parse(`${match[3]} ${match[2]} ${match[5]} ${match[4]} UTC`);
    if (!Number.isNaN(at) && !logins.has(match[1] ?? ''))
      logins.set(match[1] ?? '', new Date(at).toISOString());
  }
  return logins;
}

/** Output of `getcap -r` (`PATH cap_x=ep`, older `PATH = cap_x+ep`) by path. */
export function readCapabilities(text: string): Map<string, string> {
  const capabilities = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^(\/.*?)(?: =)? (cap_[a-z_,]+[=+][a-z+=,_ ]+|=[eip]+)$/.exec(line);
    if (match) capabilities.set(match[1] ?? '', (match[2] ?? '').slice(0, 256));
  }
  return capabilities;
}

export type SetuidProgram = AccountFacts['setuidPrograms'][number];
