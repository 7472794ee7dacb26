import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { compareEntries } from '../entry/compare.ts';
import { folderTime } from '../entry/folder-time.ts';
import {
  entryDifferences,
  isGoneWithFolder,
  type KeptEntry,
  keepEntry,
  keptEntry,
  type LeftEntry,
  leftEntry,
  plannedEntry,
  restoreEntry,
  withHeld,
} from '../entry/kept-entry.ts';
import { readEntry } from '../entry/read-entry.ts';
import { makeWorkFolder, putInPlace, removeWorkFolder, removeWorkFolders } from '../entry/work-folder.ts';
import { Refused } from '../refused.ts';
import { close, inFolder, namesIn, openFolder } from '../walk/descriptor.ts';
import type { Held } from '../walk/walk.ts';
import { anyVerb } from './verb.ts';

const MOST_NAMED = 256;

/** Some of the names in the folder that is a target. */
function someIn(held: Held): string[] {
  const folder = openFolder(inFolder(held.folder, held.name));
  try {
    const names: string[] = [];
    for (const name of namesIn(folder)) if (names.push(name.toString('utf8')) >= MOST_NAMED) break;
    return names;
  } finally {
    close(folder);
  }
}

/** Makes one folder (`make-directory` of the protocol). */
export const makeDirectory = anyVerb<'make-directory', KeptEntry, LeftEntry>({
  verb: 'make-directory',
  before: keptEntry,
  left: leftEntry,
  target: (action) => action.path,
  look: (action, work) =>
    withHeld(work, action.path, (held) => {
      const kept = keepEntry(work, held, action.path, action.expect);
      const { state } = kept;
      if (state.kind === 'absent') return kept;
      const exact =
        state.kind === 'directory' &&
        state.uid === action.uid &&
        state.gid === action.gid &&
        state.mode === action.mode;
      if (!exact) throw new Refused('changed-since', `${action.path} is there already, and not as wanted.`);
      return kept;
    }),
  perform: (action, before, work) =>
    withHeld(work, before.path, (held) => {
      if (before.state.kind !== 'absent')
        return {
          left: { state: before.state, folderTime: null },
          already: true,
          notUndone: null,
          output: '',
        };
      removeWorkFolders(work, held);
      const now = readEntry(work.machine, held, false).state;
      if (now.kind !== 'absent') {
        const planned = plannedEntry(work);
        const differences = compareEntries(before.path, planned?.state ?? before.state, now, []);
        if (differences.length > 0)
          throw new Refused('changed-since', `Somebody made ${before.path} meanwhile.`, differences);
      } else {
        const folder = makeWorkFolder(work, held);
        try {
          const entry = inFolder(folder.descriptor, 'entry');
          mkdirSync(entry, 0o700);
          chownSync(entry, action.uid, action.gid);
          chmodSync(entry, action.mode);
          const made = { ...held, folder: folder.descriptor, name: 'entry' };
          const { state } = readEntry(work.machine, made, false);
          work.record.plan({ state, folderTime: null });
          putInPlace(work.machine, held, folder);
        } finally {
          close(folder.descriptor);
          removeWorkFolder(work, held, folder.name);
        }
      }
      const { state } = readEntry(work.machine, held, false);
      return { left: { state, folderTime: folderTime(held) }, already: false, notUndone: null, output: '' };
    }),
  differences: (before, left, work) => {
    const found = entryDifferences(work, before, left);
    if (found.length > 0 || before.state.kind !== 'absent' || isGoneWithFolder(work, before)) return found;
    return withHeld(work, before.path, (held) => {
      if (readEntry(work.machine, held, false).state.kind !== 'directory') return [];
      // Somebody's work lies in it by now.
      return someIn(held).map((name) => ({
        path: `${before.path}/${name}`.slice(0, 4_096),
        what: 'added',
        left: 'nothing',
        now: 'there',
      }));
    });
  },
  takeBack: (before, left, work) => restoreEntry(work, before, left),
});
