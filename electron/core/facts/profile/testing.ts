import type { AccountFact, ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { Subjects } from '#shared/domain/facts/facts.ts';
import type { UnitFact } from '#shared/domain/facts/files.ts';
import type { ListeningSocket } from '#shared/domain/facts/network.ts';
import type { Observation } from '#shared/domain/facts/observation.ts';
import type { InstallationHints } from './hints.ts';

/** Small facts for tests of detection: everything that a test does not name is as plain as it can be. */

export function seenAs<T>(value: T): Observation<T> {
  return { state: 'seen', at: '2026-11-21T20:00:00.000Z', tookMs: 1, source: 'test', value, gaps: [] };
}

export function account(name: string, uid: number, home = `/home/${name}`): AccountFact {
  return {
    name,
    uid,
    gid: uid,
    comment: '',
    home,
    shell: '/bin/bash',
    groups: [],
    password: 'locked',
    subordinateUids: [],
    subordinateGids: [],
    homeDirectory: null,
    authorizedKeys: 0,
    sudoRules: [],
    sessions: 0,
    lastLoginAt: null,
    personalTraces: [],
  };
}

export function process(
  pid: number,
  uid: number,
  argv: string[],
  more: Partial<ProcessFact> = {},
): ProcessFact {
  return {
    pid,
    parent: 1,
    uid,
    effectiveUid: uid,
    gid: uid,
    groups: [],
    name: 'python3',
    argv,
    environment: null,
    executable: '/usr/bin/python3.11',
    workingDirectory: null,
    startedAt: null,
    cgroup: null,
    unit: null,
    namespaces: null,
    seccomp: null,
    noNewPrivileges: null,
    capabilitiesEffective: null,
    capabilitiesBounding: null,
    apparmor: null,
    ...more,
  };
}

export function unit(name: string, execStart: string, more: Partial<UnitFact> = {}): UnitFact {
  const { properties, ...rest } = more;
  const command = execStart.split(' ')[0] ?? '';
  return {
    name,
    path: `/etc/systemd/system/${name}`,
    dropIns: [],
    load: 'loaded',
    active: 'active',
    sub: 'running',
    enabled: 'enabled',
    mainPid: 0,
    user: '',
    userUnit: false,
    environmentNames: [],
    text: '',
    ...rest,
    properties: {
      ...(execStart
        ? { ExecStart: `{ path=${command} ; argv[]=${execStart} ; ignore_errors=no ; pid=0 }` }
        : {}),
      ...properties,
    },
  };
}

export function socket(port: number, uid: number, pids: number[]): ListeningSocket {
  return {
    family: 4,
    protocol: 'tcp',
    address: '0.0.0.0',
    port,
    interface: null,
    uid,
    user: null,
    pids,
    processName: null,
    ipv6Only: null,
    unit: null,
    raw: '',
  };
}

export function subjectsOf(parts: {
  accounts?: AccountFact[];
  processes?: ProcessFact[];
  units?: UnitFact[];
  sockets?: ListeningSocket[];
}): Partial<Subjects> {
  return {
    accounts: seenAs({
      accounts: parts.accounts ?? [],
      newuidmapWorks: null,
      sudoersReadable: true,
      setuidPrograms: [],
    }),
    processes: seenAs({ processes: parts.processes ?? [], initNamespaces: null }),
    units: seenAs({ systemd: true, version: '252', units: parts.units ?? [] }),
    sockets: seenAs({ listening: parts.sockets ?? [] }),
  } as Partial<Subjects>;
}

export function hints(parts: Partial<InstallationHints>): InstallationHints {
  return {
    consoleScripts: [],
    distributions: [],
    virtualEnvironments: [],
    configurationFolders: [],
    sources: [],
    folders: [],
    closed: [],
    complete: true,
    ...parts,
  };
}

/** A clone with a virtual environment in it, as the shipped unit expects it. */
export function cloneHints(home: string, uid: number): InstallationHints {
  const environment = `${home}/mycoSwarm/.venv`;
  const sitePackages = `${environment}/lib/python3.11/site-packages`;
  return hints({
    consoleScripts: [{ path: `${environment}/bin/mycoswarm`, uid, modifiedAt: null }],
    distributions: [
      {
        metadataPath: `${sitePackages}/mycoswarm-0.2.16.dist-info`,
        sitePackages,
        version: '0.2.16',
        uid,
        editableSource: null,
      },
    ],
    virtualEnvironments: [environment],
    configurationFolders: [
      { path: `${home}/.config/mycoswarm`, uid, modifiedAt: null, names: ['swarm-token', 'node_id'] },
    ],
    sources: [{ path: `${home}/mycoSwarm`, uid }],
  });
}
