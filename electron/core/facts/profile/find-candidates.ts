import type { ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { UnitFact } from '#shared/domain/facts/files.ts';
import { argvOfExecStart, folderOf, invocationOf, roleOfCommand } from './command.ts';
import { accountByName, accountByPath, type Knowledge } from './knowledge.ts';
import { isLeftover } from './leftovers.ts';
import { absoluteFrom } from './paths.ts';

/** A trace that may be an installation, before it is described. */
export interface Candidate {
  daemon: ProcessFact | null;
  unit: UnitFact | null;
  /** Console script or interpreter that starts it, absolute, or null. */
  program: string | null;
  /** Account it runs as, or is set to run as. */
  uid: number | null;
}

/** Last component of a control group path: the unit of a service, also inside a user manager. */
function unitOfCgroup(process: ProcessFact): string | null {
  return process.cgroup?.split('/').at(-1) || process.unit;
}

export function runsIn(process: ProcessFact, unit: UnitFact): boolean {
  if (unit.mainPid > 0 && unit.mainPid === process.pid) return true;
  const underManager = /\/user@[0-9]+\.service\//.test(process.cgroup ?? '');
  return unit.userUnit === underManager && unitOfCgroup(process) === unit.name;
}

/** A unit that starts the daemon; a unit of that name which leads nowhere counts too, when it is there on disk. */
function startsDaemon(unit: UnitFact): boolean {
  if (!unit.name.endsWith('.service')) return false;
  const role = roleOfCommand(argvOfExecStart(unit.properties.ExecStart ?? ''));
  if (role) return role === 'daemon';
  return unit.load !== 'loaded' && unit.path !== null && /^mycoswarm(?:@[^/]*)?\.service$/i.test(unit.name);
}

function fromProcesses(knowledge: Knowledge): Candidate[] {
  return knowledge.services
    .filter((service) => service.role === 'daemon')
    .map(({ process }) => ({
      daemon: process,
      unit: knowledge.units.find((unit) => runsIn(process, unit)) ?? null,
      program: absoluteFrom(process.workingDirectory, invocationOf(process.argv)?.program ?? ''),
      uid: process.effectiveUid,
    }));
}

function fromUnits(knowledge: Knowledge, taken: readonly Candidate[]): Candidate[] {
  return knowledge.units
    .filter((unit) => startsDaemon(unit) && !taken.some((candidate) => candidate.unit === unit))
    .map((unit) => {
      const program = invocationOf(argvOfExecStart(unit.properties.ExecStart ?? ''))?.program ?? null;
      const owner = unit.userUnit && unit.path ? accountByPath(knowledge, unit.path) : null;
      const named = unit.user === '' ? null : accountByName(knowledge, unit.user);
      const numeric = /^[0-9]{1,10}$/.test(unit.user) ? Number(unit.user) : null;
      const root = unit.load === 'loaded' && unit.user === '' && !unit.userUnit ? 0 : null;
      return { daemon: null, unit, program, uid: owner?.uid ?? named?.uid ?? numeric ?? root };
    });
}

/** Programs on disk that nothing runs and no unit starts: installed and stopped. */
function fromDisk(knowledge: Knowledge, taken: readonly Candidate[]): Candidate[] {
  const { hints } = knowledge;
  const usedFolders = new Set(
    taken.flatMap((candidate) => (candidate.program ? [folderOf(candidate.program)] : [])),
  );
  const configured = hints.configurationFolders.filter(
    (folder) => !taken.some((candidate) => candidate.uid === folder.uid),
  );
  const found: Candidate[] = [];
  for (const script of hints.consoleScripts) {
    const folder = folderOf(script.path);
    if (usedFolders.has(folder) || isLeftover(script.path, taken)) continue;
    usedFolders.add(folder);
    const owner = accountByPath(knowledge, script.path);
    const only = configured.length === 1 ? (configured[0]?.uid ?? null) : null;
    found.push({ daemon: null, unit: null, program: script.path, uid: owner?.uid ?? only });
  }
  if (taken.length + found.length > 0) return found;
  // A folder of configuration alone is a leftover, and it still holds a token: better shown than passed over.
  return configured
    .filter((folder) => folder.names.includes('swarm-token') || folder.names.includes('node_id'))
    .map((folder) => ({ daemon: null, unit: null, program: null, uid: folder.uid }));
}

/** Everything on the node that may be an installation, running ones first, each trace in one candidate only. */
export function findCandidates(knowledge: Knowledge): Candidate[] {
  const running = fromProcesses(knowledge);
  const withUnits = [...running, ...fromUnits(knowledge, running)];
  return [...withUnits, ...fromDisk(knowledge, withUnits)];
}
