import { readdirSync, readFileSync } from 'node:fs';
import type { Machine } from '../machine.ts';
import { runProgram } from '../run/run-program.ts';

/** The lines that the node knows of an account or group, from whatever directory it asks (getent(1)); null for none. */
export function lookUp(machine: Machine, database: 'passwd' | 'group', key: string | number): string | null {
  const end = runProgram(machine, { program: 'getent', arguments: [database, String(key)] });
  const line = end.output.toString('utf8').split('\n')[0]?.trim() ?? '';
  return end.status === 0 && line !== '' ? line : null;
}

/** The line of a local file that begins with `name:`, or null. */
export function localLine(path: string, name: string): string | null {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.find((line) => line.startsWith(`${name}:`)) ?? null;
  } catch {
    return null;
  }
}

/** Whether an account has subordinate ids, by name or number (subuid(5)). */
export function hasSubordinateIds(name: string, uid: number): boolean {
  return ['/etc/subuid', '/etc/subgid'].some(
    (path) => localLine(path, name) !== null || localLine(path, String(uid)) !== null,
  );
}

/** Groups besides its own that list the account as a member. */
export function furtherGroups(name: string): string[] {
  try {
    return readFileSync('/etc/group', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .filter(([group, , , members]) => group !== name && (members ?? '').split(',').includes(name))
      .map(([group]) => group ?? '');
  } catch {
    return [];
  }
}

/** How many processes run as this uid, real, effective, saved or for files (proc(5)). */
export function processesOf(uid: number): number {
  let count = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      // A zombie has ended, and only waits for its parent to hear of it.
      if (/^State:\s*Z/m.test(status)) continue;
      const line = /^Uid:(.*)$/m.exec(status)?.[1] ?? '';
      if (line.trim().split(/\s+/).map(Number).includes(uid)) count += 1;
    } catch {
      // It ended meanwhile.
    }
  }
  return count;
}
