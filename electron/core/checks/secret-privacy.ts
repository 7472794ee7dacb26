import type { TokenFact } from '#shared/domain/facts/software.ts';
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
  const listed = accounts.groups.find((group) => group.gid === gid)?.members ?? [];
  const primary = accounts.accounts.filter((account) => account.gid === gid).map((account) => account.name);
  return [...new Set([...listed, ...primary])]
    .filter((name) => name !== agent.account?.name && name !== 'root')
    .toSorted();
}

/** Who can read the file itself. */
function readerPart(input: CheckInput, agent: Agent, token: TokenFact): Part {
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
      return notSeen(input, what, 'readable by its group, whose members are not known', source, 'look again');
    if (members.length > 0) return wide(`readable by its group, and so by ${members.slice(0, 8).join(', ')}`);
  }
  if (file.acl === null)
    return notSeen(input, what, 'its access list could not be read', source, 'install the package acl');
  const others = file.acl.filter(
    (entry) =>
      /^(u|user|g|group):[^:]+:r/.test(entry) && !new RegExp(`^u(ser)?:(${agent.uid ?? 'x'}|0):`).test(entry),
  );
  if (others.length > 0) return wide(`its access list lets others read it: ${others.join(', ')}`);
  return { what, seen: 'readable by the service and the administrator only', status: 'pass', source };
}

/** Folders above it that somebody else could write: whoever can, replaces the secret. */
function folderParts(input: CheckInput, agent: Agent, token: TokenFact): Part[] {
  const files = filesByPath(input);
  const label = labelOf(input, agent.instance);
  const source = sourceOf(input, 'files');
  if (seen(input, 'files') === null) return [];
  const parts: Part[] = [];
  for (const at of chainOf(token.path).slice(0, -1)) {
    const folder = files.get(at);
    const what = `${label}${at}${folder === undefined ? '' : `, mode ${octal(folder.mode)}, uid ${folder.uid}, gid ${folder.gid}`}`;
    if (folder === undefined) {
      parts.push(notSeen(input, what, 'was not looked at', source, AS_ADMINISTRATOR));
      continue;
    }
    if (folder.kind === 'link') continue;
    const isOthers = folder.uid !== 0 && !agent.canBe(folder.uid);
    const isSticky = (folder.mode & 0o1000) !== 0;
    const members = (folder.mode & 0o020) === 0 ? [] : membersOf(input, agent, folder.gid);
    const isWide = (folder.mode & 0o002) !== 0 || (members?.length ?? 0) > 0;
    if (isOthers || (isWide && !isSticky)) {
      parts.push({
        what,
        seen: isOthers ? 'belongs to another account' : 'others may write in it, and so replace the secret',
        status: 'fix',
        severity: 'high',
        source,
        headline: `Another account on ${input.nodeName} can replace the swarm secret.`,
        steps: [
          asRoot(input, 'Let nobody else write in that folder')`chmod go-w -- ${at}`,
          ...(isOthers ? [asRoot(input, 'Give it to the administrator')`chown root:root -- ${at}`] : []),
        ],
      });
    } else if (members === null)
      parts.push(
        notSeen(input, what, 'writable by its group, whose members are not known', source, 'look again'),
      );
  }
  if (parts.length === 0)
    parts.push({
      what: `${label}folders above ${token.path}`,
      seen: 'nobody else may write in them',
      status: 'pass',
      source,
    });
  return parts;
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

function leakParts(input: CheckInput, agent: Agent, token: TokenFact): Part[] {
  const label = labelOf(input, agent.instance);
  const source = sourceOf(input, 'mycoswarm');
  const what = `${label}copies of the secret in logs, journal, histories and git`;
  if (token.leaks === null)
    return [notSeen(input, what, 'could not be looked for', source, AS_ADMINISTRATOR)];
  if (token.leaks.length === 0) return [{ what, seen: 'none found', status: 'pass', source }];
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
      seen: `${agent.name} itself cannot read it, so mycoSwarm cannot start with it`,
      status: 'review',
      severity: 'low',
      source: sourceOf(input, 'files'),
      headline: `mycoSwarm on ${input.nodeName} cannot read its own swarm secret.`,
    });
  }
  return parts;
}
