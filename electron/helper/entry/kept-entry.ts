import { renameSync, rmdirSync } from 'node:fs';
import { z } from 'zod';
import type { Difference } from '#shared/domain/helper/answers.ts';
import { type Expected, sha256, targetPath } from '#shared/domain/helper/targets.ts';
import { Refused } from '../refused.ts';
import type { Work } from '../verbs/verb.ts';
import { close, inFolder, statOf } from '../walk/descriptor.ts';
import { type Held, holdFolder, holdTarget } from '../walk/walk.ts';
import { unpack } from './archive.ts';
import { compareEntries, compareExpected, type Part } from './compare.ts';
import { entryState } from './entry-state.ts';
import { folderTime, withFolderTimes } from './folder-time.ts';
import { readEntry } from './read-entry.ts';
import {
  explain,
  makeWorkFolder,
  putInPlace,
  removeWorkFolder,
  removeWorkFolders,
  syncFolder,
} from './work-folder.ts';

/** What was at a target before a step: all of it, with its archive kept under `entry.tar`, and its folder's time. */
export const keptEntry = z.strictObject({
  path: targetPath,
  state: entryState,
  archive: sha256.nullable(),
  folderTime: z.string().max(32),
});
export type KeptEntry = z.infer<typeof keptEntry>;

/** What a step left at a target. */
export const leftEntry = z.strictObject({ state: entryState, folderTime: z.string().max(32).nullable() });
export type LeftEntry = z.infer<typeof leftEntry>;

const WHOLE: readonly Part[] = ['contents', 'time'];

/** Holds the folder of a target that is to be changed for as long as `use` runs. */
export function withHeld<T>(work: Work, path: string, use: (held: Held) => T): T {
  const held = holdFolder(work.machine, path, 'change');
  try {
    return use(held);
  } finally {
    close(held.folder);
  }
}

/** Looks at a target and keeps it whole for undo. Refuses what is not as the plan saw it, links, and files with several names. */
export function keepEntry(work: Work, held: Held, path: string, expect: Expected): KeptEntry {
  const { state, archive } = readEntry(work.machine, held, true);
  const differences = compareExpected(path, expect, state);
  if (differences.length > 0)
    throw new Refused('changed-since', `${path} is not what the plan saw. Nothing was touched.`, differences);
  if (state.kind === 'other')
    throw new Refused('unsafe-path', `${path} is a ${state.what}, which is not touched.`);
  if (state.kind === 'file' && state.links > 1)
    throw new Refused(
      'unsafe-path',
      `${path} has ${state.links} names (hard links), so changing it could change something else.`,
    );
  const kept = archive !== null && state.kind === 'file' ? work.record.keep('entry.tar', archive) : null;
  return { path, state, archive: kept, folderTime: folderTime(held) };
}

/** Whether what is at a target is still what was kept. */
export function isAsKept(work: Work, held: Held, kept: KeptEntry): boolean {
  return (
    compareEntries(kept.path, kept.state, readEntry(work.machine, held, true).state, partsFor(kept))
      .length === 0
  );
}

/** Time and contents of a folder change with what lies in it, so they do not count. */
function partsFor(kept: { state: { kind: string } }): readonly Part[] {
  return kept.state.kind === 'file' ? WHOLE : [];
}

/**
 * Whether a target that was absent before is absent again because its folder went, too: below /run, which every boot
 * empties. Then it is as it was.
 */
export function isGoneWithFolder(work: Work, kept: KeptEntry): boolean {
  if (kept.state.kind !== 'absent') return false;
  try {
    return withHeld(work, kept.path, () => false);
  } catch (thrown) {
    if (thrown instanceof Refused && thrown.refusal === 'not-found') return true;
    throw thrown;
  }
}

/** What keeps an entry from being taken back: it is neither what was kept nor what was left. */
export function entryDifferences(work: Work, kept: KeptEntry, left: LeftEntry | null): Difference[] {
  if (isGoneWithFolder(work, kept)) return [];
  return withHeld(work, kept.path, (held) => {
    const now = readEntry(work.machine, held, true).state;
    if (compareEntries(kept.path, kept.state, now, partsFor(kept)).length === 0) return [];
    const wanted = left ?? plannedEntry(work) ?? { state: kept.state, folderTime: null };
    return compareEntries(kept.path, wanted.state, now, partsFor(wanted));
  });
}

/** What an earlier run of this step meant to leave, or null. */
export function plannedEntry(work: Work): LeftEntry | null {
  const planned = leftEntry.safeParse(work.record.planned());
  return planned.success ? planned.data : null;
}

/** Brings back what was kept, whole, by one rename; and the time of its folder, when nobody else changed the folder since. */
export function restoreEntry(work: Work, kept: KeptEntry, left: LeftEntry | null): string {
  if (isGoneWithFolder(work, kept)) return `${kept.path} is not there, as before.`;
  return withHeld(work, kept.path, (held) => {
    const folder = { held, kept: kept.folderTime, left: left?.folderTime ?? null };
    withFolderTimes(work, [folder], () => {
      removeWorkFolders(work, held);
      if (!isAsKept(work, held, kept)) replaceByKept(work, held, kept);
    });
    return `${kept.path} is as it was.`;
  });
}

function replaceByKept(work: Work, held: Held, kept: KeptEntry): void {
  if (kept.state.kind === 'absent') {
    takeAway(work, held);
    return;
  }
  if (kept.archive === null) throw new Refused('record-damaged', `Of ${kept.path} nothing was kept.`);
  const folder = makeWorkFolder(work, held);
  try {
    unpack(work.machine, work.record.kept('entry.tar', kept.archive), folder.descriptor);
    const unpacked = readEntry(
      work.machine,
      { ...held, folder: folder.descriptor, name: 'entry' },
      true,
    ).state;
    const wrong = compareEntries(kept.path, kept.state, unpacked, WHOLE);
    if (wrong.length > 0)
      throw new Refused(
        'program-failed',
        `${kept.path} could not be made as it was. Nothing was touched.`,
        wrong,
      );
    putInPlace(work.machine, held, folder);
  } finally {
    close(folder.descriptor);
    removeWorkFolder(work, held, folder.name);
  }
}

/** Which thing is at a target, as fstat(2) tells it; null where nothing is. */
function whatIsAt(held: Held): { isDirectory: boolean; identity: string } | null {
  const place = holdTarget(held);
  if (place === null) return null;
  try {
    const found = statOf(place);
    return { isDirectory: found.isDirectory(), identity: `${found.dev}:${found.ino}` };
  } finally {
    close(place);
  }
}

/** Removes what is at a target. A folder goes only when it is empty. */
export function takeAway(work: Work, held: Held): void {
  const there = whatIsAt(held);
  if (there === null) return;
  try {
    if (there.isDirectory) {
      rmdirSync(inFolder(held.folder, held.name));
      syncFolder(held.folder);
      return;
    }
  } catch (thrown) {
    throw explain(work.machine, held, thrown);
  }
  const folder = makeWorkFolder(work, held);
  try {
    // Out of reach first: what is removed is then surely what was looked at.
    renameSync(inFolder(held.folder, held.name), inFolder(folder.descriptor, 'entry'));
    const moved = whatIsAt({ ...held, folder: folder.descriptor, name: 'entry' });
    if (moved === null || moved.identity !== there.identity) {
      renameSync(inFolder(folder.descriptor, 'entry'), inFolder(held.folder, held.name));
      throw new Refused(
        'changed-since',
        `${held.path} was swapped while it was being removed. It is still there.`,
      );
    }
    work.machine.pause?.('taken-away');
    syncFolder(held.folder);
  } catch (thrown) {
    throw explain(work.machine, held, thrown);
  } finally {
    close(folder.descriptor);
    removeWorkFolder(work, held, folder.name);
  }
}
