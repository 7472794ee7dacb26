import type { CheckInput } from '#core/checks/check.ts';
import type { SubjectValue } from '#core/facts/collector.ts';
import {
  account as plainAccount,
  process as plainProcess,
  socket as plainSocket,
  unit as plainUnit,
} from '#core/facts/profile/testing.ts';
import type { AccountFact, ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { Facts, SubjectName, Subjects } from '#shared/domain/facts/facts.ts';
import type { FileFact, TreeFact, UnitFact } from '#shared/domain/facts/files.ts';
import type { InterfaceFact, ListeningSocket } from '#shared/domain/facts/network.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';

/** "Now" of every built node. */
export const NOW = '2026-11-21T19:20:00.000Z';

/** A subject as seen, with the gaps that remain. */
export function seenAs<S extends SubjectName>(value: SubjectValue<S>, gaps: Gap[] = []): Subjects[S] {
  return { state: 'seen', at: NOW, tookMs: 5, source: 'a test', value, gaps } as never;
}

/** The same facts with one subject's value changed by `change`; the given facts stay as they are. */
export function changed<S extends SubjectName>(
  facts: Facts,
  subject: S,
  change: (value: SubjectValue<S>) => void,
): Facts {
  const copy = structuredClone(facts);
  const observation = copy.subjects[subject];
  if (observation.state === 'seen') change(observation.value as SubjectValue<S>);
  return copy;
}

/** The same facts with one subject not seen at all, as without root. */
export function withoutSubject(facts: Facts, subject: SubjectName): Facts {
  const copy = structuredClone(facts);
  const unseen = {
    state: 'unseen',
    at: NOW,
    source: 'a test',
    reason: 'permission denied',
    wouldHelp: 'allow one command as administrator',
  };
  return { ...copy, subjects: { ...copy.subjects, [subject]: unseen } as Subjects };
}

/** What `runChecks` takes, with no decisions of an operator. */
export function inputFor(facts: Facts, more: Partial<CheckInput> = {}): CheckInput {
  return {
    facts,
    nodeName: facts.node.name,
    now: new Date(facts.collectedAt),
    settings: DEFAULT_SETTINGS,
    declarations: [],
    ...more,
  };
}

/** A declaration for every node. */
export function declare(kind: CheckInput['declarations'][number]['kind'], value: string) {
  return { id: `d-${value}`, node: null, kind, value, reason: 'we use it', createdAt: NOW };
}

export function account(name: string, uid: number, more: Partial<AccountFact> = {}): AccountFact {
  const home = more.home ?? (uid === 0 ? '/root' : `/home/${name}`);
  const homeDirectory = { mode: 0o700, uid, gid: uid, acl: false, resolved: home };
  return { ...plainAccount(name, uid, home), homeDirectory, ...more };
}

export function file(path: string, uid: number, mode: number, more: Partial<FileFact> = {}): FileFact {
  return {
    path,
    kind: 'directory',
    mode,
    uid,
    gid: uid,
    size: 4_096,
    modifiedAt: '2026-10-01T10:00:00.000Z',
    links: 1,
    target: null,
    resolved: null,
    acl: [],
    attributes: null,
    ...more,
  };
}

export function tree(
  purpose: TreeFact['purpose'],
  root: string,
  uid: number,
  more: Partial<TreeFact> = {},
): TreeFact {
  return {
    root,
    purpose,
    instance: 'mycoswarm.service',
    exists: true,
    counted: 40,
    complete: true,
    unreadable: [],
    unreadableCount: 0,
    buckets: [
      { kind: 'file', uid, gid: uid, mode: 0o644, count: 35, examples: [`${root}/a.py`] },
      { kind: 'directory', uid, gid: uid, mode: 0o755, count: 5, examples: [`${root}/b`] },
    ],
    linksOut: [],
    linksOutCount: 0,
    hardLinks: [],
    hardLinksCount: 0,
    setuid: [],
    special: [],
    mounts: [],
    withAcl: [],
    newestModifiedAt: '2026-10-01T10:00:00.000Z',
    ...more,
  };
}

export function process(
  pid: number,
  uid: number,
  name: string,
  more: Partial<ProcessFact> = {},
): ProcessFact {
  return plainProcess(pid, uid, [name], {
    groups: [uid],
    name,
    environment: [{ name: 'PATH', value: '/usr/bin:/bin', empty: false }],
    workingDirectory: '/',
    startedAt: '2026-11-20T08:00:00.000Z',
    cgroup: '/system.slice/mycoswarm.service',
    unit: 'mycoswarm.service',
    namespaces: { mnt: 'mnt:[4026531840]', net: 'net:[4026531840]' },
    seccomp: 0,
    noNewPrivileges: false,
    capabilitiesEffective: '0',
    capabilitiesBounding: '0',
    ...more,
  });
}

export function listening(
  address: string,
  port: number,
  uid: number,
  more: Partial<ListeningSocket> = {},
): ListeningSocket {
  return {
    ...plainSocket(port, uid, []),
    family: address.includes(':') ? 6 : 4,
    address,
    raw: `LISTEN 0 100 ${address}:${port} 0.0.0.0:*`,
    ...more,
  };
}

export function networkInterface(
  name: string,
  kind: InterfaceFact['kind'],
  addresses: readonly string[],
): InterfaceFact {
  return {
    name,
    kind,
    up: true,
    carrier: true,
    mac: null,
    master: null,
    addresses: addresses.map((text) => {
      const [address = '', prefix = '32'] = text.split('/');
      return {
        family: address.includes(':') ? (6 as const) : (4 as const),
        address,
        prefix: Number(prefix),
        scope: 'global',
      };
    }),
    receivedBytes: 1,
    sentBytes: 1,
  };
}

export function unit(name: string, user: string, properties: Record<string, string>): UnitFact {
  return plainUnit(name, '', { mainPid: 812, user, properties, text: `[Service]\nUser=${user}\n` });
}
