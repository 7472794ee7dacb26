import { decodePath } from '../../script/decode.ts';

const UNIT = /^[A-Za-z0-9:_.@\\-]{1,240}\.(?:service|scope|socket|mount|swap)$/;

/**
 * The unit in a path of the control group tree. Below `system.slice` the outermost unit counts, since a service may make
 * groups of any name inside its own; below a user's manager the first one inside it.
 */
export function unitOfPath(path: string): string | null {
  for (const part of path.split('/')) {
    if (UNIT.test(part) && !/^user@[0-9]+\.service$/.test(part)) return part;
  }
  return null;
}

/**
 * Reads /proc/PID/cgroup (cgroups(7)): the line of version 2 (`0::PATH`), or of systemd's own hierarchy in version 1. Its root
 * tells nothing: so it is in a container that manages version 2, on a machine that has both.
 */
export function unitOfCgroup(bytes: Buffer | undefined): { path: string | null; unit: string | null } {
  const lines = decodePath(bytes).split('\n');
  const line =
    lines.find((entry) => /^[0-9]+:name=systemd:\/./.test(entry)) ??
    lines.find((entry) => entry.startsWith('0::')) ??
    lines.find((entry) => /^[0-9]+:name=systemd:/.test(entry));
  if (line === undefined) return { path: null, unit: null };
  const path = line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1);
  return { path, unit: unitOfPath(path) };
}
