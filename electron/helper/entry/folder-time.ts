import { z } from 'zod';
import type { Machine } from '../machine.ts';
import { mustRun } from '../run/run-program.ts';
import type { Work } from '../verbs/verb.ts';
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

/** A folder whose time an undo may give back: what it was before the step, and what the step left (null: unknown). */
export interface FolderTimes {
  held: Held;
  kept: string;
  left: string | null;
}

const undoing = z.strictObject({ restore: z.array(z.boolean()) });

/**
 * Runs an undo and then gives folders the time that they had, where nobody else changed them since the step. That is judged
 * before anything is touched and written down, so that an undo that was killed and runs again still knows.
 */
export function withFolderTimes(work: Work, folders: readonly FolderTimes[], undo: () => void): void {
  const earlier = undoing.safeParse(work.record.marked('undoing'));
  const restore = earlier.success
    ? earlier.data.restore
    : folders.map(({ held, left }) => left === null || left === folderTime(held));
  if (!earlier.success) work.record.mark('undoing', { restore });
  undo();
  folders.forEach(({ held, kept }, index) => {
    if (restore[index] === true && folderTime(held) !== kept) setFolderTime(work.machine, held, kept);
  });
}
