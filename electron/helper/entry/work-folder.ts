import { chmodSync, constants, fsyncSync, mkdirSync, openSync, renameSync, rmdirSync } from 'node:fs';
import type { Machine } from '../machine.ts';
import { asRefused, codeOf, Refused } from '../refused.ts';
import { runProgram } from '../run/run-program.ts';
import { clearAway } from '../verbs/remove-tree.ts';
import type { Work } from '../verbs/verb.ts';
import {
  close,
  inFolder,
  isEmpty,
  namesIn,
  openFolder,
  statOf,
  throughDescriptor,
} from '../walk/descriptor.ts';
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

/** Makes a work folder of a step beside its target, under a name that nobody can have known before. */
export function makeWorkFolder(work: Work, held: Held): WorkFolder {
  const { machine } = work;
  const name = work.record.newWorkName();
  try {
    mkdirSync(inFolder(held.folder, name), 0o700);
  } catch (thrown) {
    throw explain(machine, held, thrown);
  }
  const descriptor = openFolder(inFolder(held.folder, name));
  // Whoever may write there can have put another folder of root's in its place.
  if (statOf(descriptor).uid !== 0n || !isEmpty(descriptor)) {
    close(descriptor);
    throw new Refused('unsafe-path', `Somebody swaps folders beside ${held.path}.`);
  }
  // A folder may hand on setgid or an access list to what is made in it.
  chmodSync(throughDescriptor(descriptor), 0o700);
  return { descriptor, name };
}

/** Removes the work folders that runs of this step have left beside its target, with what is in them. */
export function removeWorkFolders(work: Work, held: Held): void {
  for (const name of work.record.workNames()) removeWorkFolder(work, held, name);
}

/**
 * Removes one work folder. Whoever may write beside the target can move it away and put something of the same name there: what
 * is not a folder of root's alone with one entry in it is not ours, and stays. What cannot be removed stays closed to everybody but
 * root, is said with the outcome of the step, and is tried again by the next run: cleaning up decides nothing.
 */
export function removeWorkFolder(work: Work, held: Held, name: string): void {
  let descriptor: number | null = null;
  try {
    descriptor = openFolder(inFolder(held.folder, name));
    const { uid, mode } = statOf(descriptor);
    if (uid !== 0n || (mode & 0o777n) !== 0o700n) return;
    for (const entry of namesIn(descriptor)) if (entry.toString('latin1') !== 'entry') return;
    const left = clearAway(descriptor, 'entry');
    if (left !== null) throw left;
    rmdirSync(inFolder(held.folder, name));
    work.record.leftBehind.delete(name);
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENOTEMPTY'].includes(codeOf(thrown) ?? '')) return;
    const why = asRefused(thrown, name).message;
    work.record.leftBehind.set(name, `A folder of this step stayed beside ${held.path}, ${name}: ${why}`);
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
