import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import { setFolderTime } from '../entry/folder-time.ts';
import { codeOf, Refused } from '../refused.ts';
import type { Work } from '../verbs/verb.ts';
import {
  close,
  inFolder,
  isEmpty,
  mountOf,
  namesIn,
  openFolder,
  statOf,
  throughDescriptor,
} from '../walk/descriptor.ts';
import { MAX_ENTRIES } from '../walk/tree.ts';
import { sourceOf } from './distribution-files.ts';
import {
  baseOf,
  type EnvironmentList,
  folderOf,
  foldersAbove,
  nameIn,
  shown,
  timeText,
  withFolder,
} from './environment.ts';
import type { AddedEntry, Given } from './staged-files.ts';

/** Files after which a test may end the process. */
const PAUSE_EVERY = 64;

const filesOf = (added: readonly AddedEntry[]) => added.filter(({ kind }) => kind === 'file');
const foldersOf = (added: readonly AddedEntry[]) => added.filter(({ kind }) => kind === 'folder');

/** What keeps new files from their places: something else lies there, which is another package's or somebody's. */
export function refuseForeign(
  list: EnvironmentList,
  removed: ReadonlySet<string>,
  added: readonly AddedEntry[],
): void {
  for (const { kind, relative } of added) {
    const found = list.get(relative);
    const fits = found === undefined || (kind === 'folder' ? found[1] === 'd' : removed.has(relative));
    if (!fits)
      throw new Refused(
        'unsafe-path',
        `${shown(relative)} is there already and belongs to no package that is replaced. Nothing was touched.`,
      );
  }
}

function removeFile(top: number, relative: string): void {
  withFolder(top, folderOf(relative), (folder) => {
    try {
      unlinkSync(nameIn(folder, baseOf(relative)));
    } catch (thrown) {
      if (codeOf(thrown) !== 'ENOENT') throw thrown;
    }
  });
}

/** Removes folders that are empty, what lies deeper first. */
function removeEmpty(top: number, folders: Iterable<string>): void {
  for (const relative of [...folders].sort((a, b) => b.split('/').length - a.split('/').length))
    withFolder(top, folderOf(relative), (folder) => {
      try {
        rmdirSync(nameIn(folder, baseOf(relative)));
      } catch (thrown) {
        if (!['ENOENT', 'ENOTEMPTY', 'ENOTDIR', 'EEXIST'].includes(codeOf(thrown) ?? '')) throw thrown;
      }
    });
}

/**
 * Takes the old files away and puts the new ones in their places, each by one rename(2). `prepared` holds the new files under their
 * numbers, on the same file system, with owner and mode.
 */
export function exchangeFiles(
  work: Work,
  top: number,
  prepared: number,
  removed: ReadonlySet<string>,
  added: readonly AddedEntry[],
  given: Given,
): void {
  const files = filesOf(added);
  const kept = new Set(files.map(({ relative }) => relative));
  const gone = [...removed].filter((relative) => !kept.has(relative));
  for (const relative of gone) removeFile(top, relative);
  work.machine.pause?.('old-removed');
  removeEmpty(top, new Set(gone.flatMap(foldersAbove)));
  for (const { relative, mode } of foldersOf(added))
    inFolderOf(top, relative, (folder) => {
      const path = nameIn(folder, baseOf(relative));
      try {
        mkdirSync(path, 0o700);
      } catch (thrown) {
        if (codeOf(thrown) === 'EEXIST') return;
        throw thrown;
      }
      const made = openFolder(path);
      try {
        // Whoever owns the folder around it could have put another one in its place.
        const { uid, mode: bits } = statOf(made);
        if (uid !== 0n || (bits & 0o777n) !== 0o700n || !isEmpty(made))
          throw new Refused('changed-since', `Somebody swaps folders at ${shown(relative)}.`);
        chownSync(throughDescriptor(made), given.uid, given.gid);
        chmodSync(throughDescriptor(made), mode);
      } finally {
        close(made);
      }
    });
  files.forEach(({ relative }, number) => {
    inFolderOf(top, relative, (folder) =>
      renameSync(inFolder(prepared, String(number)), nameIn(folder, baseOf(relative))),
    );
    if (number % PAUSE_EVERY === 1) work.machine.pause?.('placing');
  });
  work.machine.pause?.('placed');
}

function inFolderOf(top: number, relative: string, use: (folder: number) => void): void {
  const done = withFolder(top, folderOf(relative), (folder) => {
    use(folder);
    return true;
  });
  if (done === null)
    throw new Refused('changed-since', `The folder of ${shown(relative)} went away meanwhile.`);
}

/** Takes the new files away, with the bytecode that was made of them since, and the folders that only they were in. */
export function removeAdded(
  top: number,
  before: EnvironmentList,
  added: readonly AddedEntry[],
  archived: ReadonlySet<string>,
): void {
  const files = new Set(filesOf(added).map(({ relative }) => relative));
  const caches = new Set<string>();
  for (const relative of files) {
    if (relative.endsWith('.py'))
      caches.add(`${folderOf(relative) === '' ? '' : `${folderOf(relative)}/`}__pycache__`);
    removeFile(top, relative);
  }
  for (const cache of caches)
    for (const name of namesBelow(top, cache) ?? []) {
      const source = sourceOf(`${cache}/${name}`);
      if (source !== null && files.has(source)) removeFile(top, `${cache}/${name}`);
    }
  const ours = (folder: string) => archived.has(folder) || !before.has(folder);
  const folders = [...foldersOf(added).map(({ relative }) => relative), ...caches, ...archived];
  removeEmpty(top, new Set(folders.filter((folder) => ours(folder) && before.get(folder)?.[1] !== 'f')));
}

/** Names (bytes as Latin-1) in a folder of the environment; null when it is not there, or lists more than a tree may hold. */
function namesBelow(top: number, relative: string): string[] | null {
  try {
    return withFolder(top, relative, (folder) => {
      const names: string[] = [];
      for (const name of namesIn(folder)) if (names.push(name.toString('latin1')) > MAX_ENTRIES) return null;
      return names;
    });
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOTDIR') return null;
    throw thrown;
  }
}

/** Moves what was unpacked into its places: a folder that is there is kept and filled, everything else comes by one rename. */
export function putBack(work: Work, from: number, to: number): void {
  const mount = mountOf(to);
  for (const bytes of readdirSync(throughDescriptor(from), { encoding: 'buffer' })) {
    const name = bytes.toString('latin1');
    const source = nameIn(from, name);
    const target = nameIn(to, name);
    if (
      !lstatSync(source).isDirectory() ||
      lstatSync(target, { throwIfNoEntry: false })?.isDirectory() !== true
    ) {
      renameSync(source, target);
      work.machine.pause?.('put-back');
      continue;
    }
    const [inner, place] = [openFolder(source), openFolder(target)];
    try {
      if (mountOf(place) !== mount)
        throw new Refused('unsafe-path', 'Another file system is mounted in the environment.');
      putBack(work, inner, place);
    } finally {
      close(inner, place);
    }
  }
}

/** Gives folders their time, where what lies in them is by its names what lay in them before. */
export function giveTimes(work: Work, top: number, before: EnvironmentList, folders: Iterable<string>): void {
  const listed = new Map<string, string[]>();
  for (const relative of before.keys()) {
    if (relative === '') continue;
    const inner = listed.get(folderOf(relative)) ?? [];
    inner.push(baseOf(relative));
    listed.set(folderOf(relative), inner);
  }
  const deepest = [...new Set(folders)].sort((a, b) => b.length - a.length);
  for (const relative of [...deepest, '']) {
    const entry = before.get(relative);
    if (entry?.[1] !== 'd') continue;
    const names = namesBelow(top, relative)?.sort();
    if (names === undefined || names.join('\0') !== (listed.get(relative) ?? []).sort().join('\0')) continue;
    withFolder(top, relative, (folder) => {
      if (timeText(statOf(folder).mtimeNs) === entry[6]) return;
      setFolderTime(work.machine, { folder, name: '.', path: relative, subject: 0 }, entry[6]);
    });
  }
}
