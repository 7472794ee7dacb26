import { renameSync } from 'node:fs';
import { z } from 'zod';
import { targetPath } from '#shared/domain/helper/targets.ts';
import { compareEntries, compareExpected } from '../entry/compare.ts';
import { type EntryState, entryState } from '../entry/entry-state.ts';
import { folderTime, withFolderTimes } from '../entry/folder-time.ts';
import { withHeld } from '../entry/kept-entry.ts';
import { readEntry } from '../entry/read-entry.ts';
import { explain, syncFolder } from '../entry/work-folder.ts';
import { Refused } from '../refused.ts';
import { inFolder, statOf } from '../walk/descriptor.ts';
import type { Held } from '../walk/walk.ts';
import { anyVerb, type Work } from './verb.ts';

const before = z.strictObject({
  from: targetPath,
  path: targetPath,
  state: entryState,
  fromTime: z.string().max(32),
  toTime: z.string().max(32),
});
type Before = z.infer<typeof before>;
const left = z.strictObject({ fromTime: z.string().max(32), toTime: z.string().max(32) });
type Left = z.infer<typeof left>;

function withBoth<T>(work: Work, from: string, path: string, use: (source: Held, target: Held) => T): T {
  return withHeld(work, from, (source) => withHeld(work, path, (target) => use(source, target)));
}

const identityOf = (state: EntryState) => (state.kind === 'absent' ? null : state.identity);

/** Renames between two held folders when source and target are as they have to be; was it done before, that is fine. */
function moveTo(work: Work, source: Held, target: Held, state: EntryState): void {
  const at = (held: Held) => readEntry(work.machine, held, false).state;
  const there = at(target);
  if (there.kind !== 'absent') {
    if (identityOf(there) === identityOf(state)) return;
    throw new Refused('changed-since', `${target.path} is there already. Nothing was touched.`);
  }
  if (identityOf(at(source)) !== identityOf(state))
    throw new Refused('changed-since', `${source.path} is not what it was. Nothing was touched.`);
  try {
    renameSync(inFolder(source.folder, source.name), inFolder(target.folder, target.name));
  } catch (thrown) {
    throw explain(work.machine, source, thrown);
  }
  work.machine.pause?.('moved');
  if (identityOf(at(target)) !== identityOf(state)) {
    renameSync(inFolder(target.folder, target.name), inFolder(source.folder, source.name));
    throw new Refused('changed-since', `${source.path} was swapped while it was moved. It is where it was.`);
  }
  syncFolder(target.folder);
  syncFolder(source.folder);
}

/** Moves a file or folder within a file system (`move` of the protocol): quarantine. What it is stays as it is. */
export const move = anyVerb<'move', Before, Left>({
  verb: 'move',
  before,
  left,
  target: (action) => action.path,
  look: ({ from, path, expect }, work) =>
    withBoth(work, from, path, (source, target) => {
      const withContents = expect.kind === 'file';
      const { state } = readEntry(work.machine, source, withContents);
      const differences = compareExpected(from, expect, state);
      if (differences.length > 0)
        throw new Refused(
          'changed-since',
          `${from} is not what the plan saw. Nothing was touched.`,
          differences,
        );
      if (state.kind === 'absent') throw new Refused('not-found', `${from} is not there.`);
      if (readEntry(work.machine, target, false).state.kind !== 'absent')
        throw new Refused('changed-since', `${path} is there already. Nothing was touched.`);
      if (path.startsWith(`${from}/`)) throw new Refused('bad-request', 'A folder is not moved into itself.');
      if (statOf(source.folder).dev !== statOf(target.folder).dev)
        throw new Refused('unsafe-path', `${from} and ${path} are on different file systems.`);
      return { from, path, state, fromTime: folderTime(source), toTime: folderTime(target) };
    }),
  perform: (_action, kept, work) =>
    withBoth(work, kept.from, kept.path, (source, target) => {
      moveTo(work, source, target, kept.state);
      const times = { fromTime: folderTime(source), toTime: folderTime(target) };
      return { left: times, already: false, notUndone: null, output: '' };
    }),
  differences: (kept, _left, work) =>
    withBoth(work, kept.from, kept.path, (source, target) => {
      const here = readEntry(work.machine, source, false).state;
      const there = readEntry(work.machine, target, false).state;
      if (identityOf(here) === identityOf(kept.state) && there.kind === 'absent') return [];
      if (here.kind !== 'absent') return [{ path: kept.from, what: 'added', left: 'absent', now: here.kind }];
      const whole = kept.state.kind === 'file' && kept.state.sha256 !== null;
      const now = whole ? readEntry(work.machine, target, true).state : there;
      if (identityOf(now) !== identityOf(kept.state))
        return [
          {
            path: kept.path,
            what: now.kind === 'absent' ? 'missing' : 'kind',
            left: kept.state.kind,
            now: now.kind,
          },
        ];
      return compareEntries(kept.path, kept.state, now, whole ? ['contents', 'time'] : []);
    }),
  takeBack: (kept, leftThere, work) =>
    withBoth(work, kept.from, kept.path, (source, target) => {
      const folders = [
        { held: source, kept: kept.fromTime, left: leftThere?.fromTime ?? null },
        { held: target, kept: kept.toTime, left: leftThere?.toTime ?? null },
      ];
      withFolderTimes(work, folders, () => moveTo(work, target, source, kept.state));
      return `${kept.from} is back.`;
    }),
});
