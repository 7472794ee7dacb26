import { folderTime } from '../entry/folder-time.ts';
import {
  entryDifferences,
  isAsKept,
  type KeptEntry,
  keepEntry,
  keptEntry,
  type LeftEntry,
  leftEntry,
  restoreEntry,
  takeAway,
  withHeld,
} from '../entry/kept-entry.ts';
import { readEntry } from '../entry/read-entry.ts';
import { removeWorkFolders } from '../entry/work-folder.ts';
import { Refused } from '../refused.ts';
import { anyVerb } from './verb.ts';

const ABSENT = { kind: 'absent' } as const;

/** Removes one file (`remove-file` of the protocol); it stays whole in the undo record. */
export const removeFile = anyVerb<'remove-file', KeptEntry, LeftEntry>({
  verb: 'remove-file',
  before: keptEntry,
  left: leftEntry,
  target: (action) => action.path,
  look: (action, work) =>
    withHeld(work, action.path, (held) => {
      const kept = keepEntry(work, held, action.path, action.expect);
      if (kept.state.kind === 'directory') throw new Refused('unsafe-path', `${action.path} is a folder.`);
      return kept;
    }),
  perform: (_action, before, work) =>
    withHeld(work, before.path, (held) => {
      const already = before.state.kind === 'absent';
      removeWorkFolders(work, held);
      const gone = readEntry(work.machine, held, false).state.kind === 'absent';
      if (!gone) {
        if (!isAsKept(work, held, before))
          throw new Refused('changed-since', `${before.path} was changed by somebody else since.`);
        work.record.plan({ state: ABSENT, folderTime: null });
        takeAway(work, held);
      }
      return {
        left: { state: ABSENT, folderTime: already ? null : folderTime(held) },
        already,
        notUndone: null,
        output: '',
      };
    }),
  differences: (before, left, work) => entryDifferences(work, before, left),
  takeBack: (before, left, work) => restoreEntry(work, before, left),
});
