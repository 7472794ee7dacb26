import { constants, fchmodSync, fchownSync, fsyncSync, openSync } from 'node:fs';
import type { Ownership } from '#shared/domain/helper/targets.ts';
import { unpack } from '../entry/archive.ts';
import { compareEntries } from '../entry/compare.ts';
import { folderTime } from '../entry/folder-time.ts';
import { isAsKept, type KeptEntry, type LeftEntry, plannedEntry, withHeld } from '../entry/kept-entry.ts';
import { readEntry } from '../entry/read-entry.ts';
import {
  makeWorkFolder,
  putInPlace,
  removeWorkFolder,
  removeWorkFolders,
  type WorkFolder,
} from '../entry/work-folder.ts';
import { writeAll } from '../record/durable.ts';
import { Refused } from '../refused.ts';
import { close, inFolder } from '../walk/descriptor.ts';
import type { Held } from '../walk/walk.ts';
import type { Outcome, Work } from './verb.ts';

/**
 * Puts `contents` in the place of what was kept, with the wanted owner and mode, and with access list and extended
 * attributes of what was there. Made whole beside it, durable, then one rename.
 */
export function replaceFile(
  work: Work,
  kept: KeptEntry,
  contents: Uint8Array,
  wanted: Ownership,
): Outcome<LeftEntry> {
  return withHeld(work, kept.path, (held) => {
    const finished = finishedEarlier(work, held, kept);
    if (finished !== null) return finished;
    const folder = makeWorkFolder(work, held);
    try {
      fill(work, folder, kept, contents, wanted);
      const made = { ...held, folder: folder.descriptor, name: 'entry' };
      const { state } = readEntry(work.machine, made, true);
      work.record.plan({ state, folderTime: null });
      if (!isAsKept(work, held, kept))
        throw new Refused(
          'changed-since',
          `${kept.path} changed while its successor was made. It was not touched.`,
        );
      putInPlace(work.machine, held, folder);
    } finally {
      close(folder.descriptor);
      removeWorkFolder(work, held, folder.name);
    }
    return outcome(work, held, kept);
  });
}

/** An earlier run of this step put its file in place and was then cut off. Refuses when there is neither old nor new. */
export function finishedEarlier(work: Work, held: Held, kept: KeptEntry): Outcome<LeftEntry> | null {
  removeWorkFolders(work, held);
  if (isAsKept(work, held, kept)) return null;
  const planned = plannedEntry(work);
  const now = readEntry(work.machine, held, true).state;
  const differences = compareEntries(kept.path, planned?.state ?? kept.state, now, ['contents', 'time']);
  if (differences.length > 0)
    throw new Refused('changed-since', `${kept.path} was changed by somebody else since.`, differences);
  return outcome(work, held, kept);
}

function outcome(work: Work, held: Held, kept: KeptEntry): Outcome<LeftEntry> {
  const { state } = readEntry(work.machine, held, true);
  const planned = plannedEntry(work);
  if (planned === null || compareEntries(kept.path, planned.state, state, ['contents', 'time']).length > 0)
    throw new Refused('changed-since', `${kept.path} was changed by somebody else just now.`);
  return { left: { state, folderTime: folderTime(held) }, already: false, notUndone: null, output: '' };
}

function fill(
  work: Work,
  folder: WorkFolder,
  kept: KeptEntry,
  contents: Uint8Array,
  wanted: Ownership,
): void {
  const entry = inFolder(folder.descriptor, 'entry');
  let flags = constants.O_WRONLY | constants.O_NOFOLLOW;
  if (kept.archive === null) flags |= constants.O_CREAT | constants.O_EXCL;
  else {
    unpack(work.machine, work.record.kept('entry.tar', kept.archive), folder.descriptor);
    flags |= constants.O_TRUNC;
  }
  const descriptor = openSync(entry, flags, 0o600);
  try {
    writeAll(descriptor, contents);
    fchownSync(descriptor, wanted.uid, wanted.gid);
    fchmodSync(descriptor, wanted.mode);
    fsyncSync(descriptor);
  } finally {
    close(descriptor);
  }
}
