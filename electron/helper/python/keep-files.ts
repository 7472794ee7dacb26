import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { mustRun, needProgram, runProgram } from '../run/run-program.ts';
import { type EnvironmentList, foldersAbove } from './environment.ts';

/** What is kept of an environment, compressed: as much as an undo record reads back. */
const MOST_KEPT = 88 * 1024 * 1024;
/** What they are unpacked: a file with holes may be longer than every disk, and packs to little. */
const MOST_UNPACKED = 1024 * 1024 * 1024;
/** Header, names and attributes of an entry in an archive, and what each archive may have besides. */
const ENTRY_ROOM = 16 * 1024;
const ARCHIVE_ROOM = 16 * 1024 * 1024;
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
 * times in nanoseconds, access lists, attributes. No more is read than the files had by `list`. Refuses `unsafe-path` when that is
 * more than an undo record can hold, `changed-since` when they grow.
 */
export function archiveFiles(
  machine: Machine,
  top: number,
  list: EnvironmentList,
  files: readonly string[],
): Buffer {
  const wanted = withFoldersAbove(files);
  const bytes = wanted.reduce((sum, name) => sum + (list.get(name)?.[5] ?? 0), 0);
  if (bytes > MOST_UNPACKED)
    throw new Refused(
      'unsafe-path',
      `The packages as they are are more than an undo record can hold (${bytes} bytes). Upgrade them by hand.`,
    );
  const names = wanted.map((name) => `./${name}`).join('\0');
  const [tar, head, gzip] = ['tar', 'head', 'gzip'].map((program) => needProgram(machine, program));
  const most = bytes + wanted.length * ENTRY_ROOM + ARCHIVE_ROOM;
  // Constant text, as where trees are copied: tar itself reads on as long as a file grows until it is opened.
  const script = `
tar=$1 head=$2 gzip=$3 most=$4
shift 4
{ "$tar" "$@" || echo "reading ended with $?" >&2; } | "$head" -c "$most" | "$gzip"
`;
  const end = runProgram(machine, {
    program: 'sh',
    arguments: [
      '-c',
      script,
      'sh',
      String(tar),
      String(head),
      String(gzip),
      String(most),
      '--create',
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
  const reading = /^reading ended with (\d+)$/m.exec(end.errors)?.[1];
  // SIGPIPE: it had more to say.
  if (reading === '141')
    throw new Refused('changed-since', 'The packages grew while they were kept. Nothing was touched.');
  if (end.status !== 0 || reading !== undefined)
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
