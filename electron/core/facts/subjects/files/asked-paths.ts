import type { Subjects } from '#shared/domain/facts/facts.ts';
import type { TreeFact } from '#shared/domain/facts/files.ts';
import type { InstanceProfile, Profile } from '#shared/domain/profile.ts';
import { dataMounts } from '../../data-mounts.ts';
import { mountedHomes } from '../../mounted-homes.ts';
import { folderOf, pathsOfExec } from '../../profile/command.ts';
import { ancestorsOf, isWithin } from '../../profile/paths.ts';
import { EXEC_PROPERTIES } from '../units/properties.ts';

/** A folder to count, and what it is for. */
export interface AskedTree {
  root: string;
  purpose: TreeFact['purpose'];
  instance: string;
}

const STATE_FILES = ['swarm-token', 'node_id', 'access.log', 'config.json', 'plugins', 'identity.json'];

/** Unit files, drop-ins and everything that ExecStart= and its companions name by an absolute path. */
function unitPaths(instance: InstanceProfile, seen: Partial<Subjects>): string[] {
  if (!instance.unit || seen.units?.state !== 'seen') return [];
  return seen.units.value.units
    .filter((unit) => unit.name === instance.unit)
    .flatMap((unit) => [
      ...(unit.path ? [unit.path] : []),
      ...unit.dropIns,
      ...EXEC_PROPERTIES.flatMap((name) => pathsOfExec(unit.properties[name] ?? '')),
      ...(unit.properties.EnvironmentFiles ?? '').split(/\s/).map((path) => path.replace(/^-/, '')),
      ...(unit.properties.WorkingDirectory ? [unit.properties.WorkingDirectory] : []),
    ]);
}

/** Programs and scripts that processes of the installation were started from. */
function processPaths(instance: InstanceProfile, seen: Partial<Subjects>): string[] {
  if (seen.processes?.state !== 'seen') return [];
  const pids = new Set(instance.pids);
  return seen.processes.value.processes
    .filter((process) => pids.has(process.pid))
    .flatMap((process) => [...(process.executable ? [process.executable] : []), ...process.argv.slice(0, 2)]);
}

/** Packages of the system, which a virtual environment may load as well. */
function systemPackages({ sitePackages }: InstanceProfile): string[] {
  const version = /\/(python3\.\d{1,3})\//.exec(sitePackages ?? '')?.[1];
  return [
    '/usr/lib/python3/dist-packages',
    ...(version ? [`/usr/local/lib/${version}/dist-packages`, `/usr/lib/${version}/site-packages`] : []),
  ];
}

/** Second places of homes: what is mounted again is judged where it is seen. */
function homesAgain(seen: Partial<Subjects>): string[] {
  if (seen.mounts?.state !== 'seen' || seen.accounts?.state !== 'seen') return [];
  const homes = seen.accounts.value.accounts.map(
    ({ home, homeDirectory }) => homeDirectory?.resolved ?? home,
  );
  return mountedHomes(seen.mounts.value, [...new Set(homes)].slice(0, 256)).map(({ path }) => path);
}

/** Programs that answer on the network: whether an agent could replace one decides what it may be taken for. */
function listenerPaths(seen: Partial<Subjects>): string[] {
  if (seen.processes?.state !== 'seen' || seen.sockets?.state !== 'seen') return [];
  const pids = new Set(seen.sockets.value.listening.flatMap((socket) => socket.pids));
  return seen.processes.value.processes
    .filter((process) => pids.has(process.pid))
    .flatMap((process) => process.executable ?? [])
    .slice(0, 64);
}

/**
 * Every path of an installation that a check may ask for, and every folder above it up to `/`.
 * @returns absolute paths without doubles, parents before children
 */
export function askedPaths(profile: Profile, seen: Partial<Subjects>): string[] {
  const wanted = new Set<string>();
  for (const instance of profile.instances) {
    const { configurationFolder: configuration, virtualEnvironment: environment, source } = instance;
    const paths: (string | null)[] = [
      instance.home,
      configuration,
      ...(configuration ? STATE_FILES.map((name) => `${configuration}/${name}`) : []),
      instance.workspace,
      source,
      ...(source ? [`${source}/pyproject.toml`, `${source}/.git`] : []),
      environment,
      ...(environment
        ? ['pyvenv.cfg', 'bin', 'bin/python', 'bin/python3', 'bin/mycoswarm'].map(
            (name) => `${environment}/${name}`,
          )
        : []),
      instance.sitePackages,
      ...(environment ? systemPackages(instance) : []),
      ...(instance.sitePackages ? [`${instance.sitePackages}/mycoswarm`] : []),
      ...(instance.detectedBy === 'pip-user' && instance.home
        ? [`${instance.home}/.local/bin/mycoswarm`]
        : []),
      instance.logFolder,
      ...(instance.logFolder
        ? ['shell.log', 'network.log', 'tool.log'].map((name) => `${instance.logFolder}/${name}`)
        : []),
      ...unitPaths(instance, seen),
      ...processPaths(instance, seen),
    ];
    for (const path of paths) if (path?.startsWith('/')) wanted.add(path.replace(/(?<=.)\/+$/, ''));
  }
  // Disks and shares that an agent could read; a node without mycoSwarm has no agent.
  if (profile.instances.length > 0 && seen.mounts?.state === 'seen') {
    for (const path of dataMounts(seen.mounts.value)) wanted.add(path);
  }
  if (profile.instances.length > 0) {
    for (const path of listenerPaths(seen)) wanted.add(path);
    for (const path of homesAgain(seen)) wanted.add(path);
  }
  for (const path of [...wanted]) for (const ancestor of ancestorsOf(path)) wanted.add(ancestor);
  return [...wanted].sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, 2_048);
}

/** Folders to count. One folder asked for twice (two installations with one source) is counted for each. */
export function askedTrees(profile: Profile): AskedTree[] {
  const trees = profile.instances.flatMap((instance): AskedTree[] => {
    const of = (purpose: AskedTree['purpose'], root: string | null): AskedTree[] =>
      root?.startsWith('/') && root !== '/' ? [{ root, purpose, instance: instance.id }] : [];
    const { sitePackages, virtualEnvironment, configurationFolder } = instance;
    const environment =
      virtualEnvironment ??
      (sitePackages && !isWithin(sitePackages, '/usr') ? folderOf(folderOf(folderOf(sitePackages))) : null);
    return [
      ...of('workspace', instance.workspace),
      ...of('source', instance.source),
      ...of('virtual-environment', environment),
      ...of('configuration', configurationFolder),
      ...of('plugins', configurationFolder && `${configurationFolder}/plugins`),
      ...of('log', instance.logFolder),
    ];
  });
  return trees.slice(0, 64);
}

/** Mount points that do not answer: nothing at or below them may be touched. */
export function hungMounts(seen: Partial<Subjects>): string[] {
  if (seen.mounts?.state !== 'seen') return [];
  return seen.mounts.value.mounts.filter((mount) => mount.hung).map((mount) => mount.path);
}

/** All mount points, to name those below a tree. */
export function mountPoints(seen: Partial<Subjects>): string[] | null {
  return seen.mounts?.state === 'seen' ? seen.mounts.value.mounts.map((mount) => mount.path) : null;
}
