import type { ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { Verdict } from './access.ts';
import { processesOf } from './agent.ts';
import type { CheckInput } from './check.ts';
import { filesByPath, seen, unitOf } from './knowledge.ts';

/** Processes of an installation whose parent is not one of them: the daemon, the dashboard. */
export function mainProcesses(input: CheckInput, instance: InstanceProfile): ProcessFact[] {
  const all = processesOf(input, instance);
  const pids = new Set(all.map((process) => process.pid));
  return all.filter((process) => !pids.has(process.parent));
}

/** Whether a process sees file systems of its own, apart from those of the machine (mount_namespaces(7)). */
export function hasOwnMounts(input: CheckInput, process: ProcessFact): Verdict['can'] {
  const own = process.namespaces?.mnt;
  const machine = seen(input, 'processes')?.initNamespaces?.mnt;
  if (own === undefined || machine === undefined) return 'unknown';
  return own === machine ? 'no' : 'yes';
}

/** Times of processes are reckoned from the start of the machine, exact to about a second (proc_stat(5), "btime"). */
const CLOCK_DOUBT = 1_000;

/**
 * Whether the settings of a unit changed after its processes were started, so that what they say is not in force yet:
 * systemd sees it in its files (`NeedDaemonReload`), or a file of the unit is newer than a process. `unknown` when a time
 * was not seen.
 */
export function changedSinceStart(input: CheckInput, instance: InstanceProfile): Verdict['can'] {
  const unit = unitOf(input, instance);
  if (unit === null) return 'no';
  if (unit === 'unseen') return 'unknown';
  if (unit.properties.NeedDaemonReload === 'yes') return 'yes';
  const files = filesByPath(input);
  const written = [...(unit.path === null ? [] : [unit.path]), ...unit.dropIns].map((path) =>
    Date.parse(files.get(path)?.modifiedAt ?? ''),
  );
  const started = mainProcesses(input, instance).map((process) => Date.parse(process.startedAt ?? ''));
  const newest = Math.max(...written.filter((time) => !Number.isNaN(time)));
  if (started.some((time) => newest > time + CLOCK_DOUBT)) return 'yes';
  return [...written, ...started].some(Number.isNaN) ? 'unknown' : 'no';
}

/**
 * Whether the view of files that a unit describes is in force: every main process of the installation has mounts of its
 * own, and the unit did not change since they were made. `unknown` when the processes or their namespaces could not be
 * seen, and when nothing is running.
 */
export function isConfined(input: CheckInput, instance: InstanceProfile): Verdict['can'] {
  const answers = mainProcesses(input, instance).map((process) => hasOwnMounts(input, process));
  if (answers.length === 0 || answers.includes('unknown')) return 'unknown';
  if (answers.includes('no')) return 'no';
  return changedSinceStart(input, instance) === 'no' ? 'yes' : 'unknown';
}
