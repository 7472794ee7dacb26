import type { AccountFact, ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { Subjects } from '#shared/domain/facts/facts.ts';
import type { UnitFact } from '#shared/domain/facts/files.ts';
import type { ListeningSocket } from '#shared/domain/facts/network.ts';
import type { Observation } from '#shared/domain/facts/observation.ts';
import { roleOfCommand, type ServiceRole } from './command.ts';
import type { InstallationHints } from './hints.ts';

/** A process that is a daemon or dashboard of mycoSwarm. */
export interface ServiceProcess {
  process: ProcessFact;
  role: ServiceRole;
}

/** Everything that detection may look at, with absent subjects as empty lists. */
export interface Knowledge {
  processes: readonly ProcessFact[];
  services: readonly ServiceProcess[];
  units: readonly UnitFact[];
  sockets: readonly ListeningSocket[];
  accounts: readonly AccountFact[];
  hints: InstallationHints;
}

function seenValue<T>(observation: Observation<T> | undefined): T | null {
  return observation?.state === 'seen' ? observation.value : null;
}

/**
 * Gathers what round trip 1 saw. A child of a daemon that carries the same command line (a fork before exec) is no
 * service of its own.
 */
export function knowledgeFrom(seen: Partial<Subjects>, hints: InstallationHints): Knowledge {
  const processes = seenValue(seen.processes)?.processes ?? [];
  const all = processes.flatMap((process) => {
    const role = roleOfCommand(process.argv, process.executable);
    return role ? [{ process, role }] : [];
  });
  const roles = new Map(all.map((entry) => [entry.process.pid, entry.role]));
  return {
    processes,
    services: all.filter((entry) => roles.get(entry.process.parent) !== entry.role),
    units: seenValue(seen.units)?.units ?? [],
    sockets: seenValue(seen.sockets)?.listening ?? [],
    accounts: seenValue(seen.accounts)?.accounts ?? [],
    hints,
  };
}

export function accountByUid(knowledge: Knowledge, uid: number | null): AccountFact | null {
  return uid === null ? null : (knowledge.accounts.find((account) => account.uid === uid) ?? null);
}

export function accountByName(knowledge: Knowledge, name: string): AccountFact | null {
  return knowledge.accounts.find((account) => account.name === name) ?? null;
}

/**
 * @returns the account whose home holds a path (the longest home wins), or null; `/` and system folders are no homes
 */
export function accountByPath(knowledge: Knowledge, path: string): AccountFact | null {
  let best: AccountFact | null = null;
  for (const account of knowledge.accounts) {
    if (account.home.length < 3 || !path.startsWith(`${account.home}/`)) continue;
    if (!best || account.home.length > best.home.length) best = account;
  }
  return best;
}
