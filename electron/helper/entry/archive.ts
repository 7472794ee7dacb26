import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { mustRun, runProgram } from '../run/run-program.ts';

/** Contents of one file that an undo record keeps, at most. */
export const MAX_KEPT_BYTES = 64 * 1024 * 1024;
/** Room for the header of an archive: attributes of at most 64 KiB each, access lists, padding. */
const HEADER_ROOM = 2 * 1024 * 1024;
/** Only the header is wanted: enough for the longest that is read. */
const HEADER_ONLY = 256 * 1024;

const KEEP = ['--xattrs', '--xattrs-include=*', '--acls', '--selinux', '--numeric-owner'];

/**
 * One open file or folder as a pax archive with the single member `entry`: owner, mode, time in nanoseconds, access lists,
 * extended attributes, contents. GNU tar reads it through the descriptor, so that no name can be swapped under it. With
 * `contents` false the archive is cut after its header. Refuses `program-failed` when something could not be read whole.
 */
export function archiveOf(machine: Machine, opened: number, contents: boolean): Buffer {
  const end = runProgram(machine, {
    program: 'tar',
    arguments: [
      '--create',
      '--file=-',
      '--format=pax',
      '--dereference',
      '--hard-dereference',
      '--no-recursion',
      ...KEEP,
      '--transform=s,.*,entry,',
      '--directory=/',
      '--no-unquote',
      '--',
      'proc/self/fd/3',
    ],
    descriptors: [opened],
    maxBytes: contents ? MAX_KEPT_BYTES + HEADER_ROOM : HEADER_ONLY,
  });
  if (!contents && end.cut) return end.output;
  if (end.timedOut) throw new Refused('timed-out', 'What is there could not be read in time.');
  if (end.cut || end.status !== 0)
    throw new Refused(
      'program-failed',
      `tar could not read all of what is there: ${end.errors.trim().slice(0, 700)}`,
    );
  return end.output;
}

/**
 * Unpacks an archive of `archiveOf` into a held folder that nobody else can enter, as `entry`, with everything that it was.
 * Refuses `no-space`, `read-only`, `program-failed`.
 */
export function unpack(machine: Machine, archive: Buffer, folder: number): void {
  mustRun(machine, {
    program: 'tar',
    arguments: [
      '--extract',
      '--file=-',
      ...KEEP,
      '--same-owner',
      '--preserve-permissions',
      '--delay-directory-restore',
      '--directory=/proc/self/fd/3',
      '--',
      'entry',
    ],
    input: archive,
    descriptors: [folder],
  });
}
