import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { mustRun, needProgram } from '../run/run-program.ts';

/** Copying a workspace with models in it takes its time. */
const COPY_MS = 1_800_000;

/**
 * Copies what is in one held folder into another: modes, times, attributes of users, links as links, one file system; everything
 * gets the new owner. File capabilities are left behind: their owner could change the file between the reading of both. Access
 * lists are taken along too, but not by a copy of root's, which nobody else may write. Both folders are held, and GNU tar walks relative to them without following links.
 * Refuses `no-space`, `read-only`, `program-failed`; what was copied until then is the caller's to remove.
 */
export function copyInto(
  machine: Machine,
  from: number,
  to: number,
  owner: { uid: number; gid: number },
): void {
  const shell = needProgram(machine, 'sh');
  const tar = needProgram(machine, 'tar');
  if (!/^\/[a-z/]+$/.test(tar)) throw new Refused('missing-tool', 'tar is not where it belongs.');
  const lists = owner.uid === 0 ? '' : '--acls --selinux';
  const keep = `--xattrs --xattrs-include="user.*" ${lists} --numeric-owner`;
  // Constant text: a pipe between two programs is what a shell is for. The only values are two numbers, as arguments.
  const script = `
{ ${tar} --create --file=- --format=pax ${keep} --one-file-system --sparse --owner=":$1" --group=":$2" \\
    --directory=/proc/self/fd/3/. . || echo "reading ended with $?" >&2; } |
  ${tar} --extract --file=- ${keep} --same-owner --preserve-permissions --delay-directory-restore \\
    --directory=/proc/self/fd/4/.
`;
  const end = mustRun(machine, {
    program: 'sh',
    arguments: ['-c', script, shell, String(owner.uid), String(owner.gid)],
    descriptors: [from, to],
    timeoutMs: COPY_MS,
  });
  // The reading half's own failure: its words or its status are all that is ever on standard error.
  if (end.errors.split('\n').some((line) => line.trim() !== '' && !/socket ignored/.test(line)))
    throw new Refused('program-failed', `tar could not copy everything: ${end.errors.trim().slice(0, 700)}`);
}
