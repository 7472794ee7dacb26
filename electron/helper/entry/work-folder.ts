import {
  chmodSync,
  constants,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import type { Machine } from '../machine.ts';
import { asRefused, codeOf, Refused } from '../refused.ts';
import { runProgram } from '../run/run-program.ts';
import { close, inFolder, openFolder, statOf, throughDescriptor } from '../walk/descriptor.ts';
import type { Held } from '../walk/walk.ts';

/** A folder of root's own beside the target, where the new entry is made whole before one rename(2) puts it in place. */
export interface WorkFolder {
  descriptor: number;
  name: string;
}

/** fsync(2) of a folder that is held without being open for reading. */
export function syncFolder(descriptor: number): void {
  const opened = openSync(throughDescriptor(descriptor), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(opened);
  } finally {
    close(opened);
  }
}

/**
 * Makes the work folder of a step beside its target. Its name carries the change's secret random id, so that nobody can
 * have put something there; what an earlier run of the same step left in it is removed.
 */
export function makeWorkFolder(machine: Machine, held: Held, name: string): WorkFolder {
  removeWorkFolder(held, name);
  try {
    mkdirSync(inFolder(held.folder, name), 0o700);
  } catch (thrown) {
    throw explain(machine, held, thrown);
  }
  const descriptor = openFolder(inFolder(held.folder, name));
  const { uid } = statOf(descriptor);
  if (uid !== 0n) {
    close(descriptor);
    throw new Refused('unsafe-path', `Somebody swaps folders beside ${held.path}.`);
  }
  // A folder may hand on setgid or an access list to what is made in it.
  chmodSync(throughDescriptor(descriptor), 0o700);
  return { descriptor, name };
}

/** Removes the work folder with the one entry that can be in it; not being there is fine. */
export function removeWorkFolder(held: Held, name: string): void {
  let descriptor: number;
  try {
    descriptor = openFolder(inFolder(held.folder, name));
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return;
    throw asRefused(thrown, `${held.path}: work folder`);
  }
  try {
    if (statOf(descriptor).uid !== 0n)
      throw new Refused('unsafe-path', `Somebody swaps folders beside ${held.path}.`);
    const entry = inFolder(descriptor, 'entry');
    const found = lstatSync(entry, { throwIfNoEntry: false });
    if (found?.isDirectory()) rmdirSync(entry);
    else if (found !== undefined) unlinkSync(entry);
    rmdirSync(inFolder(held.folder, name));
  } finally {
    close(descriptor);
  }
}

/** Puts the finished entry in the place of the target; one rename(2), durable. */
export function putInPlace(machine: Machine, held: Held, work: WorkFolder): void {
  machine.pause?.('put-in-place');
  try {
    renameSync(inFolder(work.descriptor, 'entry'), inFolder(held.folder, held.name));
  } catch (thrown) {
    throw explain(machine, held, thrown);
  }
  machine.pause?.('in-place');
  syncFolder(held.folder);
}

/** A refusal for what the kernel said about a target; EPERM is asked after, for chattr(1) flags are the usual reason. */
export function explain(machine: Machine, held: Held, thrown: unknown): Refused {
  if (codeOf(thrown) !== 'EPERM') return asRefused(thrown, held.path);
  const flagged = isImmutable(machine, held.folder, held.name) || isImmutable(machine, held.folder, '.');
  return flagged
    ? new Refused('immutable', `${held.path} or its folder has the immutable or append-only flag (chattr).`)
    : asRefused(thrown, held.path);
}

/** Whether lsattr(1) shows the immutable or append-only flag. False where the file system has no flags or lsattr is absent. */
export function isImmutable(machine: Machine, folder: number, name: string): boolean {
  try {
    const end = runProgram(machine, {
      program: 'lsattr',
      arguments: ['-d', '--', `/proc/self/fd/3/${name}`],
      descriptors: [folder],
      timeoutMs: 5_000,
    });
    return end.status === 0 && /^[^ ]*[ia]/.test(end.output.toString('utf8'));
  } catch {
    return false;
  }
}
