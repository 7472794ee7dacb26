import type { ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import { argvOfExecStart, portOfCommand } from './command.ts';
import { type Candidate, runsIn } from './find-candidates.ts';
import { accountByName, accountByUid, type Knowledge } from './knowledge.ts';
import { locateCode } from './locate-code.ts';
import { isWithin } from './paths.ts';

const DEFAULT_API_PORT = 7890;
const DEFAULT_DASHBOARD_PORT = 8080;

/** A process and all that it started, as far as parents tell. */
function withDescendants(roots: readonly ProcessFact[], all: readonly ProcessFact[]): Set<number> {
  const pids = new Set(roots.map((process) => process.pid));
  const children = Map.groupBy(all, (process) => process.parent);
  const queue = [...pids];
  for (let parent = queue.pop(); parent !== undefined; parent = queue.pop()) {
    for (const child of children.get(parent) ?? []) {
      if (!pids.has(child.pid)) queue.push(child.pid);
      pids.add(child.pid);
    }
  }
  return pids;
}

/** The port a process listens on: as ordered, else as seen, else the one that mycoSwarm always uses. */
function portOf(process: ProcessFact, knowledge: Knowledge, fallback: number): number {
  const ordered = portOfCommand(process.argv);
  if (ordered !== null) return ordered;
  const seen = knowledge.sockets
    .filter((socket) => socket.protocol === 'tcp' && socket.pids.includes(process.pid))
    .map((socket) => socket.port);
  return seen.includes(fallback) ? fallback : (seen[0] ?? fallback);
}

/** Dashboards of the same account that belong to this daemon rather than to another one of that account. */
function dashboardsOf(candidate: Candidate, program: string | null, knowledge: Knowledge): ProcessFact[] {
  const dashboards = knowledge.services
    .filter((service) => service.role === 'dashboard' && service.process.effectiveUid === candidate.uid)
    .map((service) => service.process);
  const folder = program?.slice(0, program.lastIndexOf('/') + 1) ?? '';
  const samePlace = dashboards.filter(
    (process) => folder !== '' && process.argv.some((w) => w.startsWith(folder)),
  );
  return samePlace.length > 0 ? samePlace : dashboards;
}

function homeOf(candidate: Candidate, knowledge: Knowledge): string | null {
  const variable = candidate.daemon?.environment?.find((entry) => entry.name === 'HOME')?.value;
  if (variable?.startsWith('/')) return variable;
  return accountByUid(knowledge, candidate.uid)?.home ?? null;
}

/** Folders that systemd lets the service write, which are neither its state nor its log: its declared workspace. */
function workspaceOf(candidate: Candidate, home: string | null, knowledge: Knowledge): string | null {
  const atHome = knowledge.hints.folders.find(
    (folder) => folder.kind === 'workspace' && home !== null && isWithin(folder.path, home),
  );
  if (atHome) return atHome.path;
  const writable = (candidate.unit?.properties.ReadWritePaths ?? '')
    .split(' ')
    .map((path) => path.replace(/^[-+]+/, ''))
    .filter((path) => path.startsWith('/') && !path.includes('/.config/') && !path.startsWith('/var/log'));
  return (
    writable.find((path) => path.includes('workspace')) ??
    (writable.length === 1 ? (writable[0] ?? null) : null)
  );
}

function logFolderOf(candidate: Candidate, knowledge: Knowledge): string | null {
  const declared = /^[\w.-]+/.exec(candidate.unit?.properties.LogsDirectory ?? '')?.[0];
  if (declared) return `/var/log/${declared}`;
  return knowledge.hints.folders.find((folder) => folder.kind === 'log')?.path ?? null;
}

/** @returns all fields of one installation; what was not found is null */
export function describeCandidate(candidate: Candidate, knowledge: Knowledge): InstanceProfile {
  const { daemon, unit } = candidate;
  const home = homeOf(candidate, knowledge);
  const account =
    accountByUid(knowledge, candidate.uid) ?? (unit?.user ? accountByName(knowledge, unit.user) : null);
  const code = locateCode(candidate, home, knowledge);
  const dashboards = dashboardsOf(candidate, candidate.program, knowledge);
  const dashboard = dashboards[0];
  const apiPort = daemon
    ? portOf(daemon, knowledge, DEFAULT_API_PORT)
    : (portOfCommand(argvOfExecStart(unit?.properties.ExecStart ?? '')) ?? DEFAULT_API_PORT);
  const own = withDescendants([...(daemon ? [daemon] : []), ...dashboards], knowledge.processes);
  for (const process of knowledge.processes) if (unit && runsIn(process, unit)) own.add(process.pid);
  const unitId = unit?.userUnit ? `${unit.name}-${candidate.uid ?? 'unknown'}` : unit?.name;
  return {
    id: (unitId ?? `${candidate.uid ?? 'unknown'}-${apiPort}`).slice(0, 256),
    detectedBy: unit ? 'systemd' : code.pipUser ? 'pip-user' : 'by-hand',
    user: account?.name ?? (unit?.user || null),
    uid: candidate.uid,
    home,
    configurationFolder: home === null ? null : `${home === '/' ? '' : home}/.config/mycoswarm`,
    workspace: workspaceOf(candidate, home, knowledge),
    source: code.source,
    virtualEnvironment: code.virtualEnvironment,
    sitePackages: code.sitePackages,
    unit: unit?.name ?? null,
    version: code.version,
    apiPort,
    dashboardPort: dashboard ? portOf(dashboard, knowledge, DEFAULT_DASHBOARD_PORT) : null,
    logFolder: logFolderOf(candidate, knowledge),
    pids: [...own].sort((a, b) => a - b).slice(0, 512),
    running: daemon !== null,
  };
}
