import type { Machine } from '../machine.ts';
import { mustRun } from '../run/run-program.ts';
import { statOf } from '../walk/descriptor.ts';
import type { Held } from '../walk/walk.ts';

/** When names in the held folder last changed: seconds and nanoseconds since 1970, as `touch --date=@…` takes it. */
export function folderTime(held: Held): string {
  const time = statOf(held.folder).mtimeNs;
  const seconds = time / 1_000_000_000n;
  return `${seconds}.${String(time - seconds * 1_000_000_000n).padStart(9, '0')}`;
}

/** Gives a folder the time it had (utimensat(2) in nanoseconds, which Node cannot give): undo leaves no trace in it. */
export function setFolderTime(machine: Machine, held: Held, time: string): void {
  mustRun(machine, {
    program: 'touch',
    arguments: ['--no-create', '--time=modify', `--date=@${time}`, '--', '/proc/self/fd/3/.'],
    descriptors: [held.folder],
  });
}
