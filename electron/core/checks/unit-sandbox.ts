import type { ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { Verdict } from './access.ts';
import { processesOf } from './agent.ts';
import type { CheckInput } from './check.ts';
import { seen } from './knowledge.ts';

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

/**
 * Whether the view of files that a unit describes is in force: every main process of the installation has mounts of its
 * own. `unknown` when the processes or their namespaces could not be seen, and when nothing is running.
 */
export function isConfined(input: CheckInput, instance: InstanceProfile): Verdict['can'] {
  const answers = mainProcesses(input, instance).map((process) => hasOwnMounts(input, process));
  if (answers.length === 0 || answers.includes('unknown')) return 'unknown';
  return answers.includes('no') ? 'no' : 'yes';
}
