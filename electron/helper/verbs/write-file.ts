import {
  entryDifferences,
  type KeptEntry,
  keepEntry,
  keptEntry,
  leftEntry,
  restoreEntry,
  withHeld,
} from '../entry/kept-entry.ts';
import { hashOf } from '../record/step-record.ts';
import { Refused } from '../refused.ts';
import { replaceFile } from './replace-file.ts';
import { refuseSpecialBits } from './special-bits.ts';
import { anyVerb } from './verb.ts';

/** Replaces or makes a file (`write-file` of the protocol). */
export const writeFile = anyVerb<'write-file', KeptEntry, ReturnType<typeof leftEntry.parse>>({
  verb: 'write-file',
  before: keptEntry,
  left: leftEntry,
  target: (action) => action.path,
  look: (action, work) =>
    withHeld(work, action.path, (held) => {
      const kept = keepEntry(work, held, action.path, action.expect);
      if (kept.state.kind === 'directory') throw new Refused('unsafe-path', `${action.path} is a folder.`);
      refuseSpecialBits(action.path, action, kept.state.kind === 'file' ? kept.state : null);
      return kept;
    }),
  perform: (action, before, work) => {
    const contents = Buffer.from(action.contents, 'base64');
    const { state } = before;
    const same =
      state.kind === 'file' &&
      state.sha256 === hashOf(contents) &&
      state.uid === action.uid &&
      state.gid === action.gid &&
      state.mode === action.mode;
    if (!same) return replaceFile(work, before, contents, action);
    return { left: { state, folderTime: null }, already: true, notUndone: null, output: '' };
  },
  differences: (before, left, work) => entryDifferences(work, before, left),
  takeBack: (before, left, work) => restoreEntry(work, before, left),
});
