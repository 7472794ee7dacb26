import type { AccountFact, AccountFacts } from '#shared/domain/facts/accounts.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import type { CollectContext, Collected, ScriptOutput } from '../../collector.ts';
import { decodePath, decodeText } from '../../script/decode.ts';
import { gapOf, helpFor, seen, unseen, whyUnfinished } from '../../script/outcome.ts';
import { readRecords, type ScriptRecord } from '../../script/records.ts';
import { PROGRAMS_LIMIT } from './programs-script.ts';
import { readElevation } from './read-elevation.ts';
import { readSudoers, rulesFor, type SudoRule } from './sudoers.ts';
import { SUDOERS_LIMIT } from './sudoers-script.ts';
import {
  countSessions,
  type HomeFact,
  readCapabilities,
  readGroups,
  readLastLogins,
  readModeLine,
  readPasswd,
  readRanges,
  type SetuidProgram,
} from './tables.ts';

const LIMIT = 4 * 1_048_576;

function fieldsOf(records: readonly ScriptRecord[], tag: string): Buffer[] | undefined {
  return records.find((record) => record.tag === tag)?.fields;
}

function readHomes(records: readonly ScriptRecord[], text: (tag: string) => string): Map<string, HomeFact> {
  const homes = new Map<string, HomeFact>();
  for (const line of text('homes').split('\n')) {
    const late = line.startsWith('late 0 0 ');
    const entry = late ? null : readModeLine(line);
    const path = entry?.path ?? (late ? line.slice('late 0 0 '.length) : '');
    if (path === '') continue;
    const directory = entry && {
      mode: entry.mode,
      uid: entry.uid,
      gid: entry.gid,
      acl: null,
      resolved: null,
    };
    homes.set(path, { directory, late, closed: false, hidden: false, keys: null, traces: [] });
  }
  for (const { tag, fields } of records) {
    const path = decodePath(fields[0]);
    if (tag === 'unknown-home' && !homes.has(path) && homes.size < 4_096)
      homes.set(path, { directory: null, late: false, closed: false, hidden: true, keys: null, traces: [] });
  }
  for (const line of text('modes').split('\n')) {
    const match = /^([a-zA-Z-]{10})([+.@]?) (\/.*)$/.exec(line);
    const home = homes.get(match?.[3] ?? '');
    if (match && home?.directory) home.directory.acl = match[2] === '+';
  }
  const answered = [...homes.values()].flatMap((home) => home.directory ?? []);
  const reals = text('reals').split('\n').slice(0, -1);
  // A line end in a path, or a home that went away meanwhile, would move every answer to another home.
  for (const [index, directory] of answered.entries()) {
    const real = reals.length === answered.length ? (reals[index] ?? '') : '';
    directory.resolved = real.startsWith('/') ? real : null;
  }
  for (const { tag, fields } of records) {
    const home = homes.get(decodePath(fields[0]));
    if (!home) continue;
    const value = decodePath(fields[1]);
    if (tag === 'closed') home.closed = true;
    else if (tag === 'keys') home.keys = /^[0-9]{1,9}$/.test(value) ? Number(value) : null;
    else if (tag === 'trace' && home.traces.length < 64) home.traces.push(value);
  }
  return homes;
}

/**
 * What the walks over the files of installations tell of programs in /home (`Q`, `K` and `Y` of the walks), as records of a
 * search; one that did not tell everything is late.
 */
function programsOfWalks(records: readonly ScriptRecord[]): ScriptRecord[] {
  const asked = Number(decodeText(fieldsOf(records, 'home-programs-end')?.[0], 8));
  if (!fieldsOf(records, 'home-searched') || !(asked > 0)) return [];
  const walks = fieldsOf(records, 'counts')?.[0] ?? Buffer.alloc(0);
  const lines = new Map<string, Buffer[]>([...'QKY'].map((letter) => [letter, []]));
  for (let at = 0; at < walks.length; ) {
    const end = walks.indexOf(10, at) < 0 ? walks.length : walks.indexOf(10, at);
    lines.get(String.fromCharCode(walks[at] ?? 0))?.push(walks.subarray(at + 2, end));
    at = end + 1;
  }
  const whole = lines
    .get('Y')
    ?.filter((status) => /^([0-9]|[0-9]{2}|1[01][0-9]|12[0-3])$/.test(status.toString('latin1')));
  const late = whole?.length === asked ? [] : [Buffer.from('late')];
  const joined = (list: readonly Buffer[], separator: string) =>
    Buffer.concat(list.flatMap((line) => [line, Buffer.from(separator)]));
  const label = Buffer.from('/home');
  return [
    // In the lists of a search \u0001 ends an entry, in those of a walk it stands for a line end in a name.
    ...(lines.get('Q') ?? []).map((line) => ({
      tag: 'setuid',
      fields: [
        label,
        Buffer.concat([line.map((byte) => (byte === 1 ? 10 : byte)), Buffer.from('\u0001end\u0001')]),
      ],
    })),
    { tag: 'setuid', fields: [label, joined([...late, Buffer.from('end')], '\u0001')] },
    { tag: 'capabilities', fields: [label, joined(lines.get('K') ?? [], '\n')] },
  ];
}

/** Programs of all places, those of root first so that many of others push none of them out; tells what was cut. */
function readSetuid(records: readonly ScriptRecord[], gaps: Gap[]): SetuidProgram[] {
  const programs = new Map<string, SetuidProgram>();
  const late = new Set<string>();
  for (const { tag, fields } of records) {
    const place = decodePath(fields[0]);
    if (tag !== 'setuid' && tag !== 'capabilities') continue;
    const text = decodeText(fields[1], PROGRAMS_LIMIT);
    const cut = (fields[1]?.length ?? 0) >= PROGRAMS_LIMIT;
    const entries = text.split(tag === 'setuid' ? '\u0001' : '\n');
    if (cut || entries.includes('late') || (tag === 'setuid' && !entries.includes('end'))) late.add(place);
    if (tag === 'setuid') {
      for (const line of text.split('\u0001')) {
        const entry = readModeLine(line);
        if (entry) programs.set(entry.path, { ...entry, capabilities: null });
      }
      continue;
    }
    for (const [path, value] of readCapabilities(text)) {
      // getcap tells neither owner nor mode: taken for one that everybody may start.
      const known = programs.get(path) ?? { path, uid: 0, gid: 0, mode: 0o755 };
      programs.set(path, { ...known, capabilities: value });
    }
  }
  for (const place of [...late].slice(0, 16))
    gaps.push(gapOf(`setuid programs below ${place}`, 'the search was ended before it was done'));
  if (programs.size > 2_048)
    gaps.push(gapOf('setuid programs beyond the first 2048', `the node has ${programs.size}`));
  const rank = (program: SetuidProgram) => (program.uid === 0 ? 0 : 1);
  return [...programs.values()].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
}

/** Keys that sshd finds outside of homes, by account; what decides over keys without a file makes all of them unknown. */
function readKeys(records: readonly ScriptRecord[], gaps: Gap[]) {
  const elsewhere = new Map<string, number | null>();
  let unknown = false;
  for (const { tag, fields } of records) {
    const name = decodePath(fields[0]);
    if (tag === 'keys-unknown') {
      unknown = true;
      gaps.push(gapOf('authorized keys', `files do not tell them: ${name.slice(0, 256)}`));
    } else if (tag === 'keys-of') {
      const before = elsewhere.get(name);
      const value = decodePath(fields[1]);
      const count = /^[0-9]{1,9}$/.test(value) ? Number(value) : null;
      elsewhere.set(name, before === null || count === null ? null : (before ?? 0) + count);
    }
  }
  return (name: string, inHome: number | null): number | null => {
    const more = elsewhere.has(name) ? (elsewhere.get(name) ?? null) : 0;
    return unknown || more === null || inHome === null ? null : inHome + more;
  };
}

/** Rules of sudo; `rules` is null when a file that may hold more of them was not read. */
function readSudoRecords(records: readonly ScriptRecord[]): {
  readable: boolean;
  rules: SudoRule[] | null;
  unread: string[];
} {
  const tagged = (tag: string) => records.filter((record) => record.tag === tag);
  const files = tagged('sudoers').map(({ fields }) => ({
    path: decodePath(fields[0]),
    text: decodeText(fields[1], SUDOERS_LIMIT),
  }));
  const readable = files.length > 0 || tagged('sudoers-none').length > 0;
  const places = new Set(tagged('sudoers-place').map(({ fields }) => decodePath(fields[0])));
  const { rules, unread } = readSudoers(files, places);
  const missed = [
    ...tagged('sudoers-missed').map(({ fields }) => decodePath(fields[0]).slice(0, 256)),
    ...files.filter((file) => file.text.length >= SUDOERS_LIMIT).map((file) => file.path),
  ];
  const all = [...new Set([...missed, ...unread])];
  return { readable, rules: readable && all.length === 0 ? rules : null, unread: readable ? all : [] };
}

/** Reads the answer of the accounts script. */
export function parseAccounts(output: ScriptOutput, context: CollectContext): Collected<AccountFacts> {
  const { records, finished } = readRecords(output);
  const contents = new Map(records.map((record) => [record.tag, record.fields.at(-1)]));
  const text = (tag: string): string => decodeText(contents.get(tag), LIMIT);
  const entries = readPasswd(text('passwd')).slice(0, 4_096);
  if (entries.length === 0) return unseen(whyUnfinished(output));
  const help = helpFor(context);
  const gaps: Gap[] = [];

  const groups = readGroups(text('group'));
  const groupById = new Map(groups.map((group) => [group.gid, group.name]));
  const groupsOf = new Map<string, string[]>();
  for (const group of groups) {
    for (const member of group.members) groupsOf.set(member, [...(groupsOf.get(member) ?? []), group.name]);
  }
  const idByGroup = new Map(groups.map((group) => [group.name, group.gid]));
  const shadow = contents.has('shadow')
    ? new Map(
        text('shadow')
          .split('\n')
          .map((line) => line.split(':') as [string, string]),
      )
    : null;
  if (!shadow) gaps.push(gapOf('state of passwords', '/etc/shadow could not be read', help));
  const sudo = readSudoRecords(records);
  if (!sudo.readable) gaps.push(gapOf('rules of sudo', '/etc/sudoers could not be read', help));
  for (const place of sudo.unread.slice(0, 8))
    gaps.push(gapOf(`rules of sudo in ${place}`, 'this was not read', help));
  const subordinateUids = readRanges(text('subuid'));
  const subordinateGids = readRanges(text('subgid'));
  for (const [tag, what] of [
    ['passwd', 'accounts'],
    ['group', 'groups'],
  ] as const) {
    if (/^\?partial$/m.test(text(tag)))
      gaps.push(gapOf(`${what} of a directory`, `getent gave no whole answer, only /etc/${tag} was read`));
  }
  const homesCut = contents.has('homes-cut');
  if (homesCut) gaps.push(gapOf('homes of accounts', 'the list of them was cut'));
  const homes = readHomes(records, text);
  const keysOf = readKeys(records, gaps);
  const sessions = countSessions(text('sessions'), text('who'), text('own-session').trim());
  const logins = readLastLogins(text('last'));

  const accounts = entries.map((entry): AccountFact => {
    const primary = groupById.get(entry.gid) ?? String(entry.gid);
    const names = [...new Set([primary, ...(groupsOf.get(entry.name) ?? [])])].slice(0, 256);
    const groupIds = [entry.gid, ...names.flatMap((name) => idByGroup.get(name) ?? [])];
    const home = homes.get(entry.home);
    const state = shadow?.get(entry.name);
    return {
      ...entry,
      groups: names,
      password: state === 'locked' || state === 'empty' || state === 'set' ? state : 'unknown',
      subordinateUids: subordinateUids.get(entry.name) ?? subordinateUids.get(String(entry.uid)) ?? [],
      subordinateGids: subordinateGids.get(entry.name) ?? subordinateGids.get(String(entry.uid)) ?? [],
      homeDirectory: home?.directory ?? null,
      // A home that is not there holds no keys; one that is closed, did not answer or was not reached may.
      authorizedKeys: keysOf(entry.name, home ? home.keys : finished && !homesCut ? 0 : null),
      sudoRules: sudo.rules && rulesFor(sudo.rules, { ...entry, groups: names, groupIds }),
      sessions: sessions.get(entry.name) ?? 0,
      lastLoginAt: logins.get(entry.name) ?? null,
      personalTraces: home?.traces ?? [],
    };
  });
  for (const [path, home] of homes) {
    if (home.late) gaps.push(gapOf(`home ${path}`, 'it did not answer in time'));
    else if (home.hidden) gaps.push(gapOf(`home ${path}`, 'it is hidden, or no folder', help));
    else if (home.closed) gaps.push(gapOf(`home ${path}`, 'it is closed to the account that looked', help));
  }
  const searched = contents.has('programs-end') && contents.has('home-programs-end');
  if (!searched) {
    gaps.push(gapOf('setuid programs', 'the search for them did not come to its end'));
  } else if (!contents.has('capabilities-read')) {
    gaps.push(gapOf('file capabilities', 'the program getcap is not installed', 'install libcap2-bin'));
  }
  if (!finished) gaps.push(gapOf('some of the accounts', whyUnfinished(output)));

  const areHomesSeen =
    finished &&
    !homesCut &&
    ![...homes.values()].some(({ late, closed, hidden }) => late || closed || hidden);
  const elevation = readElevation(records, areHomesSeen);
  const setuidPrograms = readSetuid([...records, ...programsOfWalks(records)], gaps);
  const mapper = contents.has('newuidmap') ? decodePath(contents.get('newuidmap')) : null;
  const works = setuidPrograms.some(
    (program) =>
      program.path.endsWith('/newuidmap') && ((program.mode & 0o4000) !== 0 || program.capabilities !== null),
  );
  return seen(
    {
      accounts,
      groups:
        groups.length === 0
          ? null
          : groups.slice(0, 8_192).map((group) => ({ ...group, members: group.members.slice(0, 1_024) })),
      // One that was not found where the search did not end may still be there.
      newuidmapWorks: mapper !== null ? works || (searched ? false : null) : finished ? false : null,
      sudoersReadable: sudo.readable,
      ...(elevation === undefined ? {} : { elevation }),
      setuidPrograms: setuidPrograms.slice(0, 2_048),
    },
    gaps,
  );
}
