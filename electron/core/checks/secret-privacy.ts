import { posix } from 'node:path';
import type { FileFact } from '#shared/domain/facts/files.ts';
import type { TokenFact } from '#shared/domain/facts/software.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import { chainOf, permits } from './access.ts';
import type { Agent } from './agent.ts';
import type { CheckInput } from './check.ts';
import {
  AS_ADMINISTRATOR,
  filesByPath,
  gapParts,
  labelOf,
  notSeen,
  seen,
  sourceOf,
  unseenPart,
} from './knowledge.ts';
import type { Part } from './part.ts';
import { rotationSteps } from './rotation-steps.ts';
import { asRoot, byHand } from './steps.ts';

const octal = (mode: number) => mode.toString(8).padStart(4, '0');

/** Accounts besides the agent and root that are in a group, by primary group or as members. */
function membersOf(input: CheckInput, agent: Agent, gid: number): string[] | null {
  const accounts = seen(input, 'accounts');
  if (accounts === null || accounts.groups === null) return null;
  const listed = accounts.groups.filter((group) => group.gid === gid).flatMap((group) => group.members);
  const primary = accounts.accounts.filter((account) => account.gid === gid).map((account) => account.name);
  return [...new Set([...listed, ...primary])]
    .filter((name) => name !== agent.account?.name && name !== 'root')
    .toSorted();
}

/** Who can read the file itself. */
export function readerPart(input: CheckInput, agent: Agent, token: TokenFact): Part {
  const node = input.nodeName;
  const source = sourceOf(input, 'files');
  const hidden = unseenPart(input, 'files');
  if (hidden !== null) return hidden;
  const file = filesByPath(input).get(token.path);
  const label = labelOf(input, agent.instance);
  if (file === undefined)
    return notSeen(
      input,
      `${label}${token.path}`,
      'its permissions could not be looked at',
      source,
      AS_ADMINISTRATOR,
    );
  const what = `${label}${token.path}, mode ${octal(file.mode)}, uid ${file.uid}, gid ${file.gid}`;
  const wide = (seenThere: string): Part => ({
    what,
    seen: seenThere,
    status: 'fix',
    severity: 'high',
    source,
    headline: `Other accounts on ${node} can read the swarm secret.`,
    steps: [
      asRoot(input, 'Let only the service and the administrator read it')`chmod 0600 -- ${token.path}`,
      asRoot(input, 'Give it to the service')`chown ${agent.login} -- ${token.path}`,
      byHand('Somebody may have read it already: make a new secret afterwards, on all nodes.'),
    ],
  });
  if ((file.mode & 0o004) !== 0) return wide('every account can read it');
  if (file.uid !== 0 && !agent.canBe(file.uid)) return wide(`belongs to another account, uid ${file.uid}`);
  if ((file.mode & 0o040) !== 0) {
    const members = membersOf(input, agent, file.gid);
    if (members === null)
      return notSeen(
        input,
        what,
        'readable by its group, whose members are not known, for the table of groups (getent group) could not be read',
        source,
        'look again',
      );
    if (members.length > 0) return wide(`readable by its group, and so by ${members.slice(0, 8).join(', ')}`);
  }
  if (file.acl === null)
    return notSeen(
      input,
      what,
      'its access list could not be read, for getfacl is not installed there or its file system has none',
      source,
      'install the package acl',
    );
  const others = file.acl.filter(
    (entry) =>
      /^(u|user|g|group):[^:]+:r/.test(entry) && !new RegExp(`^u(ser)?:(${agent.uid ?? 'x'}|0):`).test(entry),
  );
  if (others.length > 0) return wide(`its access list lets others read it: ${others.join(', ')}`);
  return { what, seen: 'readable by the service and the administrator only', status: 'pass', source };
}

/** Entries of an access list by which somebody besides the agent and root may write, after its mask (acl(5)). */
function othersWhoWrite(agent: Agent, folder: FileFact): string[] {
  const acl = folder.acl ?? [];
  const mask = acl.find((entry) => /^m(?:ask)?:/.test(entry));
  if (mask !== undefined ? !/^m(?:ask)?::.w/.test(mask) : (folder.mode & 0o020) === 0) return [];
  return acl.filter((entry) => {
    const match = /^(u|user|g|group):([^:]+):.w/.exec(entry);
    if (match === null) return false;
    const [, kind = '', who = ''] = match;
    const isOwn = who === '0' || who === 'root' || who === String(agent.uid) || who === agent.account?.name;
    return kind.startsWith('g') || !isOwn;
  });
}

/** A link of somebody else: its owner can lead it elsewhere where the folder lets everybody replace their own. */
function linkPart(input: CheckInput, what: string, at: string): Part {
  return {
    what,
    seen: 'a link of another account, which can lead it elsewhere',
    status: 'fix',
    severity: 'high',
    source: sourceOf(input, 'files'),
    headline: `Another account on ${input.nodeName} can replace the swarm secret.`,
    steps: [asRoot(input, 'Give the link to the administrator')`chown -h root:root -- ${at}`],
  };
}

/** By what somebody besides the agent and root could replace what lies in a folder. */
export function folderFlaws(input: CheckInput, agent: Agent, folder: FileFact) {
  const members = (folder.mode & 0o020) === 0 ? [] : membersOf(input, agent, folder.gid);
  return {
    isOthers: folder.uid !== 0 && !agent.canBe(folder.uid),
    isSticky: (folder.mode & 0o1000) !== 0,
    isWide: (folder.mode & 0o002) !== 0 || (members?.length ?? 0) > 0,
    /** Other accounts in the group that may write; null when they are not known. */
    members,
    /** Entries of the access list by which others may write. */
    listed: othersWhoWrite(agent, folder),
  };
}

/** What is to be said of one folder, or link, above the secret; null when only the agent and root can write it. */
function folderPart(input: CheckInput, agent: Agent, at: string, isAboveSticky: boolean): Part | null {
  const folder = filesByPath(input).get(at);
  const source = sourceOf(input, 'files');
  const what = `${labelOf(input, agent.instance)}${at}${folder === undefined ? '' : `, mode ${octal(folder.mode)}, uid ${folder.uid}, gid ${folder.gid}`}`;
  if (folder === undefined)
    return notSeen(input, what, 'who may write there was not seen', source, AS_ADMINISTRATOR);
  const { isOthers, isSticky, isWide, members, listed } = folderFlaws(input, agent, folder);
  if (folder.kind === 'link') return isOthers && isAboveSticky ? linkPart(input, what, at) : null;
  const bad = (seenThere: string, steps: readonly FixStep[]): Part => ({
    what,
    seen: seenThere,
    status: 'fix',
    severity: 'high',
    source,
    headline: `Another account on ${input.nodeName} can replace the swarm secret.`,
    steps,
  });
  const listSteps =
    listed.length === 0
      ? []
      : [asRoot(input, 'Take its access list away; the mode stays')`setfacl -b -- ${at}`];
  if (isOthers || (isWide && !isSticky)) {
    const because = isOthers
      ? 'belongs to another account'
      : 'others may write in it, and so replace the secret';
    return bad(because, [
      ...listSteps,
      asRoot(input, 'Let nobody else write in that folder')`chmod go-w -- ${at}`,
      ...(isOthers ? [asRoot(input, 'Give it to the administrator')`chown root:root -- ${at}`] : []),
    ]);
  }
  if (listed.length > 0 && !isSticky)
    return bad(`its access list lets others write in it: ${listed.join(', ')}`, listSteps);
  if (members === null)
    return notSeen(
      input,
      what,
      'writable by its group, whose members are not known, for the table of groups (getent group) could not be read',
      source,
      'look again',
    );
  if (folder.acl === null && !isSticky)
    return notSeen(
      input,
      what,
      'its access list could not be read, for getfacl is not installed there or its file system has none',
      source,
      'install the package acl',
    );
  return null;
}

const MAX_LINKS = 8;

/**
 * Parts for every folder on the way to a path, and on the way to what links on it lead to: whoever can replace something
 * there, replaces what is read in the end. A link is followed as it is written, and to where it leads at last.
 */
function wayParts(
  input: CheckInput,
  agent: Agent,
  path: string,
  known: Set<string>,
  linksLeft: number,
): Part[] {
  const parts: Part[] = [];
  const way = chainOf(path).slice(0, -1);
  let isAboveSticky = false;
  for (const [index, at] of way.entries()) {
    const part = known.has(at) ? null : folderPart(input, agent, at, isAboveSticky);
    known.add(at);
    if (part !== null) parts.push(part);
    const fact = filesByPath(input).get(at);
    isAboveSticky = fact !== undefined && (fact.mode & 0o1002) === 0o1002;
    if (fact?.kind !== 'link') continue;
    if (fact.resolved === null || linksLeft === 0) {
      const source = sourceOf(input, 'files');
      parts.push(notSeen(input, at, 'a link whose end is not known', source, AS_ADMINISTRATOR));
      return parts;
    }
    const written = fact.target === null ? fact.resolved : posix.resolve(way[index - 1] ?? '/', fact.target);
    for (const next of new Set([written, fact.resolved]))
      parts.push(...wayParts(input, agent, `${next}${path.slice(at.length)}`, known, linksLeft - 1));
    return parts;
  }
  return parts;
}

/** Folders above it that somebody else could write: whoever can, replaces the secret. */
function folderParts(input: CheckInput, agent: Agent, token: TokenFact): Part[] {
  if (seen(input, 'files') === null) return [];
  const parts = wayParts(input, agent, token.path, new Set(), MAX_LINKS);
  if (parts.length > 0) return parts;
  return [
    {
      what: `${labelOf(input, agent.instance)}folders above ${token.path}`,
      seen: 'nobody else may write in them',
      status: 'pass',
      source: sourceOf(input, 'files'),
    },
  ];
}

const LEAK_WORDS: Readonly<Record<NonNullable<TokenFact['leaks']>[number]['kind'], string>> = {
  log: 'a log',
  journal: 'the journal',
  'shell-history': 'a shell history',
  git: 'a git working tree',
  'world-readable': 'a file that everybody can read',
  unit: 'a unit file',
  environment: 'the environment of a program',
};

/** Where the facts were looked for: no more is claimed than was searched, so archives, backups and other logs are not named. */
function searchedPlaces(agent: Agent): string {
  const { home, source, unit } = agent.instance;
  return [
    '*.log, syslog and messages in /var/log',
    ...(unit === null ? [] : [`the newest lines of the journal of ${unit}, where there is one`]),
    'histories of shells',
    'units and variables in /etc/systemd and /etc/default',
    ...(source === null ? [] : [`the files of ${source}, where it is a git working tree`]),
    `files that everybody can read in ${home === null ? '' : `${home}, `}/srv, /opt, /tmp, /var/tmp and /etc`,
    'arguments of running programs and the environment of mycoSwarm',
  ].join('; ');
}

function leakParts(input: CheckInput, agent: Agent, token: TokenFact): Part[] {
  const label = labelOf(input, agent.instance);
  const source = sourceOf(input, 'mycoswarm');
  const what = `${label}copies of the secret in ${searchedPlaces(agent)}`;
  if (token.leaks === null)
    return [notSeen(input, what, 'could not be looked for', source, AS_ADMINISTRATOR)];
  if (token.leaks.length === 0) return [{ what, seen: 'none found in these', status: 'pass', source }];
  return token.leaks.map((leak) => ({
    what: `${label}${leak.place}`,
    seen: `the secret is in ${LEAK_WORDS[leak.kind]}`,
    status: 'fix',
    severity: 'critical',
    source,
    headline: `The swarm secret of ${input.nodeName} lies in ${LEAK_WORDS[leak.kind]}.`,
    steps: [
      ...rotationSteps(input, agent, token.path),
      byHand(`Then remove the old secret from ${leak.place}; after the rotation it opens nothing any more.`),
    ],
  }));
}

/** Whether the secret is private: who can read the file, who can replace it, and whether it lies elsewhere too. */
export function privacyParts(input: CheckInput, agent: Agent, token: TokenFact): Part[] {
  const file = filesByPath(input).get(token.path);
  const parts = [
    readerPart(input, agent, token),
    ...folderParts(input, agent, token),
    ...leakParts(input, agent, token),
    ...gapParts(input, 'mycoswarm', (what) => what.startsWith(`copies of ${token.path}`)),
  ];
  if (file !== undefined && !agent.canBe(file.uid) && permits(agent, file, 4) === 'no') {
    parts.push({
      what: `${labelOf(input, agent.instance)}${token.path}`,
      seen: `the account ${agent.name} itself cannot read it, so mycoSwarm cannot start with it`,
      status: 'review',
      severity: 'low',
      source: sourceOf(input, 'files'),
      headline: `mycoSwarm on ${input.nodeName} cannot read its own swarm secret.`,
    });
  }
  return parts;
}
