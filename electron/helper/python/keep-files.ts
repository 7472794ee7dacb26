import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { mustRun, runProgram } from '../run/run-program.ts';
import { foldersAbove } from './environment.ts';

/** What is kept of an environment, compressed: as much as an undo record reads back. */
const MOST_KEPT = 88 * 1024 * 1024;
const KEEP_MS = 600_000;
const KEEP = ['--xattrs', '--xattrs-include=*', '--acls', '--selinux', '--numeric-owner'];

/** Files and every folder above them, without the top. */
export function withFoldersAbove(files: Iterable<string>): string[] {
  const all = new Set<string>();
  for (const file of files) {
    for (const folder of foldersAbove(file)) all.add(folder);
    all.add(file);
  }
  return [...all].sort();
}

/**
 * Files of a held environment, and the folders above them, as one archive with all that GNU tar knows of them: bytes, owner, mode,
 * times in nanoseconds, access lists, attributes. Refuses `unsafe-path` when that is more than an undo record can hold.
 */
export function archiveFiles(machine: Machine, top: number, files: readonly string[]): Buffer {
  const names = withFoldersAbove(files)
    .map((name) => `./${name}`)
    .join('\0');
  const end = runProgram(machine, {
    program: 'tar',
    arguments: [
      '--create',
      '--gzip',
      '--file=-',
      '--format=pax',
      '--no-recursion',
      '--one-file-system',
      ...KEEP,
      '--directory=/proc/self/fd/3/.',
      '--null',
      '--verbatim-files-from',
      '--files-from=-',
    ],
    input: Buffer.from(`${names}\0`, 'latin1'),
    descriptors: [top],
    timeoutMs: KEEP_MS,
    maxBytes: MOST_KEPT,
  });
  if (end.cut)
    throw new Refused(
      'unsafe-path',
      'The packages as they are are more than an undo record can hold (88 MiB compressed). Upgrade them by hand.',
    );
  if (end.timedOut) throw new Refused('timed-out', 'The packages as they are could not be kept in time.');
  if (end.status !== 0)
    throw new Refused(
      'program-failed',
      `tar could not keep all of the packages: ${end.errors.trim().slice(0, 700)}`,
    );
  return end.output;
}

/** Unpacks such an archive into a held folder that nobody else can enter. */
export function unpackFiles(machine: Machine, archive: Buffer, folder: number): void {
  mustRun(machine, {
    program: 'tar',
    arguments: [
      '--extract',
      '--gzip',
      '--file=-',
      ...KEEP,
      '--same-owner',
      '--preserve-permissions',
      '--delay-directory-restore',
      '--directory=/proc/self/fd/3/.',
    ],
    input: archive,
    descriptors: [folder],
    timeoutMs: KEEP_MS,
  });
}
