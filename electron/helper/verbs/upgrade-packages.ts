import { mkdirSync } from 'node:fs';
import { z } from 'zod';
import type { Difference } from '#shared/domain/helper/answers.ts';
import type { FetchedWheel } from '#shared/domain/helper/fetched-wheel.ts';
import { pipTellsFiles } from '#shared/domain/helper/pip-arguments.ts';
import { numericId, sha256, sitePackagesFolder, targetPath } from '#shared/domain/helper/targets.ts';
import { compareExpected } from '../entry/compare.ts';
import { folderTime, withFolderTimes } from '../entry/folder-time.ts';
import { withHeld } from '../entry/kept-entry.ts';
import { readPlace } from '../entry/read-entry.ts';
import { explain, makeWorkFolder, removeWorkFolder, removeWorkFolders } from '../entry/work-folder.ts';
import { exchangeFiles, giveTimes, putBack, refuseForeign, removeAdded } from '../python/change-files.ts';
import { compareInventory, upgradeDifferences } from '../python/compare-files.ts';
import { distributionsIn, filesOfInstalled } from '../python/distribution-files.ts';
import {
  type EnvironmentEntry,
  type EnvironmentList,
  foldersAbove,
  listBytes,
  listEnvironment,
  readList,
  refuseShared,
  withFolder,
} from '../python/environment.ts';
import { fetchedFiles, refuseOtherFiles } from '../python/fetched-files.ts';
import { archiveFiles, unpackFiles, withFoldersAbove } from '../python/keep-files.ts';
import { makeStage, pipAccount, removeStages, unmetRequirements, unpackPackages } from '../python/run-pip.ts';
import { type AddedEntry, addedEntry, type Given, takeOver } from '../python/staged-files.ts';
import { refuseReaching } from '../python/what-starts.ts';
import { ChangeRecord } from '../record/change-record.ts';
import { fetchingAlone, withoutLock } from '../record/lock.ts';
import { hashOf } from '../record/step-record.ts';
import { Refused } from '../refused.ts';
import { mustRun } from '../run/run-program.ts';
import { close, inFolder, openFolder } from '../walk/descriptor.ts';
import { type Held, holdTarget } from '../walk/walk.ts';
import { anyVerb, type Work } from './verb.ts';

const before = z.strictObject({
  path: targetPath,
  site: sitePackagesFolder,
  owner: z.strictObject({ uid: numericId, gid: numericId }),
  /** SHA-256 of the list of the whole environment, kept as `environment`. */
  list: sha256,
  /** SHA-256 of the archive of the files of the installed versions, kept as `files.tar.gz`, and of their names, as `names`. */
  archive: sha256,
  names: sha256,
  folderTime: z.string().max(32),
});
type Before = z.infer<typeof before>;
/** What is left, and before it is: what is about to be, `whole` false. */
const left = z.strictObject({
  /** SHA-256 of the list of what was put there, kept as `added`. */
  added: sha256,
  folderTime: z.string().max(32).nullable(),
  whole: z.boolean(),
});
type Left = z.infer<typeof left>;
const relatives = z.array(z.string().max(4_096));

function withEnvironment<T>(work: Work, path: string, use: (top: number, held: Held) => T): T {
  return withHeld(work, path, (held) => {
    const top = holdTarget(held);
    if (top === null) throw new Refused('not-found', `${path} is not there.`);
    const folder = openFolder(`/proc/self/fd/${top}/.`);
    try {
      return use(folder, held);
    } finally {
      close(top, folder);
    }
  });
}

const keptNames = (work: Work, kept: Before): ReadonlySet<string> =>
  new Set(relatives.parse(JSON.parse(work.record.kept('names', kept.names).toString('utf8'))));

const keptList = (work: Work, kept: Before) => readList(work.record.kept('environment', kept.list));

/** Each run has its own list: a kill between two of them leaves both whole. */
const addedName = (hash: string) => `added-${hash.slice(0, 32)}`;

/** What was put there, or was about to be; null when no run of this step got that far, and then nothing was touched. */
function addedOf(work: Work, leftThere: Left | null): AddedEntry[] | null {
  const hash = leftThere?.added ?? left.safeParse(work.record.planned()).data?.added;
  if (hash === undefined) return null;
  return z.array(addedEntry).parse(JSON.parse(work.record.kept(addedName(hash), hash).toString('utf8')));
}

/** New files belong to whom the folder of packages belongs, and are not open further than that is. */
function givenIn(list: EnvironmentList, kept: Before): Given {
  const [, , uid, gid, open] = list.get(kept.site) ?? [];
  if (uid === undefined || gid === undefined || open === undefined)
    throw new Refused('record-damaged', 'The list of the environment lacks its folder of packages.');
  return { uid, gid, open };
}

/** Takes the new files away and puts the kept ones back, from wherever an earlier run stopped. */
function restore(work: Work, kept: Before, top: number, held: Held, added: readonly AddedEntry[]): void {
  const list = keptList(work, kept);
  const names = keptNames(work, kept);
  const archived = new Set(withFoldersAbove(names));
  const folder = makeWorkFolder(work, held);
  try {
    const entry = inFolder(folder.descriptor, 'entry');
    mkdirSync(entry, 0o700);
    const unpacked = openFolder(entry);
    try {
      unpackFiles(work.machine, work.record.kept('files.tar.gz', kept.archive), unpacked);
      work.machine.pause?.('kept-unpacked');
      removeAdded(top, list, added, archived);
      work.machine.pause?.('new-removed');
      putBack(work, unpacked, top);
    } finally {
      close(unpacked);
    }
  } finally {
    close(folder.descriptor);
    removeWorkFolder(work, held, folder.name);
  }
  const touched = new Set([
    ...archived,
    ...added.flatMap(({ relative }) => [relative, ...foldersAbove(relative)]),
  ]);
  giveTimes(work, top, list, touched);
  sync(work, top);
}

function sync(work: Work, top: number): void {
  mustRun(work.machine, {
    program: 'sync',
    arguments: ['--file-system', '/proc/self/fd/3/.'],
    descriptors: [top],
    timeoutMs: 600_000,
  });
}

/**
 * Unpacks what was kept once, before anything is touched, and holds it to the list: then it brings back what there was, and nothing that
 * somebody put in its way while it was read.
 */
function refuseOtherArchive(work: Work, kept: Before, held: Held): void {
  const list = keptList(work, kept);
  const wanted = withFoldersAbove(keptNames(work, kept));
  const folder = makeWorkFolder(work, held);
  try {
    const entry = inFolder(folder.descriptor, 'entry');
    mkdirSync(entry, 0o700);
    const unpacked = openFolder(entry);
    try {
      unpackFiles(work.machine, work.record.kept('files.tar.gz', kept.archive), unpacked);
      const found = listEnvironment(unpacked, kept.path);
      const same = wanted.filter((name) => whatIs(found.get(name)) === whatIs(list.get(name)));
      if (same.length === wanted.length && found.size === wanted.length + 1) return;
      throw new Refused(
        'changed-since',
        `The packages in ${kept.path} were changed while they were kept. Nothing was touched.`,
      );
    } finally {
      close(unpacked);
    }
  } finally {
    close(folder.descriptor);
    removeWorkFolder(work, held, folder.name);
  }
}

/** The time of a folder changes with the bytecode in it. */
function whatIs(entry: EnvironmentEntry | undefined): string {
  return entry === undefined ? '' : JSON.stringify(entry[1] === 'd' ? entry.slice(0, 5) : entry);
}

/** Refuses packages that are not those that were asked for, each once. */
function refuseOthers(stage: string, kept: Before, packages: readonly { name: string }[]): void {
  const top = openFolder(stage);
  try {
    const found = withFolder(top, kept.path.slice(1), (staged) => {
      const list = listEnvironment(staged, stage);
      const sites = new Set([kept.site, kept.site.replace(/^lib\//, 'lib64/')]);
      return [...sites].flatMap((site) => distributionsIn(staged, list, site).map(({ name }) => name));
    });
    const unpacked = (found ?? []).sort().join(', ');
    const wanted = packages
      .map(({ name }) => name)
      .sort()
      .join(', ');
    if (unpacked !== wanted)
      throw new Refused(
        'program-failed',
        `pip unpacked ${unpacked.slice(0, 400) || 'nothing'} where ${wanted.slice(0, 400)} was asked for.`,
      );
  } finally {
    close(top);
  }
}

/** What was met before and is not now: the other version does not fit to what stays. */
function refuseUnmet(earlier: ReadonlySet<string>, now: ReadonlySet<string>): void {
  const broken = [...now].filter((line) => !earlier.has(line));
  if (broken.length > 0)
    throw new Refused(
      'program-failed',
      `The other packages of this environment would not fit any more: ${broken.slice(0, 4).join('; ').slice(0, 600)}`,
    );
}

/** While nobody held the node, the time of the change may have run out, and its timer has taken back what came before this step. */
function refuseTakenBack({ machine, record }: Work): void {
  const change = new ChangeRecord(machine, record.change);
  if (change.is('reverting') || change.is('reverted'))
    throw new Refused(
      'too-late',
      'The change was taken back while packages were fetched for it. Nothing was put in place.',
    );
}

function exchange(
  work: Work,
  kept: Before,
  held: Held,
  top: number,
  packages: readonly { name: string; to: string; sha256?: string[] | undefined }[],
): { added: string; output: string; wheels: FetchedWheel[] | null } {
  const { machine } = work;
  const list = keptList(work, kept);
  const account = pipAccount(machine, kept.owner);
  const stage = makeStage(work, account);
  const pip = distributionsIn(top, list, kept.site).find(({ name }) => name === 'pip');
  // An index may take its time, and so may what the account has put into its environment: nobody else is held up by that.
  const { earlier, output } = withoutLock(machine, (free) => ({
    earlier: unmetRequirements({ ...work, machine: free }, kept.path, account),
    output: unpackPackages(
      { ...work, machine: free },
      kept.path,
      account,
      stage,
      packages,
      pipTellsFiles(pip?.version ?? ''),
    ),
  }));
  refuseTakenBack(work);
  const wheels = fetchedFiles(stage, packages);
  refuseOtherFiles(packages, wheels);
  const now = listEnvironment(top, kept.path);
  const differences = compareInventory(kept.path, list, now);
  if (differences.length > 0)
    throw new Refused(
      'changed-since',
      `${kept.path} was changed meanwhile. Nothing was touched.`,
      differences,
    );
  const folder = makeWorkFolder(work, held);
  try {
    const entry = inFolder(folder.descriptor, 'entry');
    mkdirSync(entry, 0o700);
    const prepared = openFolder(entry);
    try {
      const given = givenIn(list, kept);
      const added = takeOver(stage.files, kept.path, list, given, prepared);
      refuseOthers(stage.files, kept, packages);
      const names = keptNames(work, kept);
      refuseReaching(kept.site, names, added);
      refuseForeign(list, names, added);
      sync(work, prepared);
      const bytes = Buffer.from(JSON.stringify(added), 'utf8');
      const what = work.record.keepLate(addedName(hashOf(bytes)), bytes);
      work.record.plan({ added: what, folderTime: null, whole: false } satisfies Left);
      exchangeFiles(work, top, prepared, names, added, given);
      sync(work, top);
      refuseUnmet(earlier, unmetRequirements(work, kept.path, account));
      return { added: what, output, wheels };
    } finally {
      close(prepared);
    }
  } catch (thrown) {
    throw explain(machine, held, thrown);
  } finally {
    close(folder.descriptor);
    removeWorkFolder(work, held, folder.name);
    removeStages(work);
  }
}

/**
 * Replaces packages of a virtual environment by other versions (`upgrade-packages` of the protocol).
 *
 * pip never writes to the environment. It runs as the owner of the environment, of one of root's as a number that no account has,
 * and unpacks wheels into a folder of its own; root then copies the plain files and puts them in place. So nothing is changed before
 * all of it is there, a cut-off pip leaves nothing, and what changed is known exactly: the files of the RECORD of the installed
 * versions, which are kept, and the files that were put there. The environment's own pip is used. The system's, with `--python`
 * (pip 22.3), would start the environment's Python just the same, with its `.pth` files, and is often not there at all.
 */
export const upgradePackages = anyVerb<'upgrade-packages', Before, Left>({
  verb: 'upgrade-packages',
  before,
  left,
  fetches: true,
  target: (action) => action.path,
  look: ({ path, site, packages, expect }, work) =>
    withEnvironment(work, path, (top, held) => {
      const { state } = readPlace(work.machine, top, false, path);
      const differences = compareExpected(path, expect, state);
      if (differences.length > 0)
        throw new Refused(
          'changed-since',
          `${path} is not what the plan saw. Nothing was touched.`,
          differences,
        );
      if (state.kind !== 'directory') throw new Refused('unsafe-path', `${path} is no folder.`);
      if (held.path !== path) throw new Refused('unsafe-path', `${path} is reached through a link.`);
      const list = listEnvironment(top, path);
      if (list.get('pyvenv.cfg')?.[1] !== 'f' || list.get(site)?.[1] !== 'd')
        throw new Refused('unsafe-path', `${path} is no virtual environment with ${site}.`);
      refuseShared(list, state.uid, path);
      const names = packages.flatMap((one) => filesOfInstalled(top, list, site, one));
      return {
        path,
        site,
        owner: { uid: state.uid, gid: state.gid },
        list: work.record.keep('environment', listBytes(list)),
        archive: work.record.keep('files.tar.gz', archiveFiles(work.machine, top, list, names)),
        names: work.record.keep('names', Buffer.from(JSON.stringify([...new Set(names)]), 'utf8')),
        folderTime: folderTime(held),
      };
    }),
  perform: ({ packages }, kept, work) =>
    withEnvironment(work, kept.path, (top, held) => {
      removeWorkFolders(work, held);
      removeStages(work);
      const halfWay = addedOf(work, null);
      if (halfWay !== null) restore(work, kept, top, held, halfWay);
      refuseOtherArchive(work, kept, held);
      const { added, output, wheels } = exchange(work, kept, held, top, packages);
      return {
        left: { added, folderTime: folderTime(held), whole: true },
        already: false,
        notUndone: null,
        output,
        ...(wheels === null ? {} : { wheels }),
      };
    }),
  differences: (kept, leftThere, work): Difference[] => {
    const added = addedOf(work, leftThere);
    if (added === null || work.record.marked('undoing') !== null) return [];
    const list = keptList(work, kept);
    return withEnvironment(work, kept.path, (top) =>
      upgradeDifferences(top, kept.path, {
        before: list,
        removed: keptNames(work, kept),
        added,
        given: givenIn(list, kept),
        cutOff: leftThere?.whole !== true,
      }),
    );
  },
  takeBack: (kept, leftThere, work) =>
    // Not under the hands of a run that fetches: the name of its folder would be free for anybody.
    fetchingAlone(work.machine, (machine) =>
      withEnvironment({ ...work, machine }, kept.path, (top, held) => {
        const folder = { held, kept: kept.folderTime, left: leftThere?.folderTime ?? null };
        withFolderTimes(work, [folder], () => {
          removeWorkFolders(work, held);
          removeStages(work);
          const added = addedOf(work, leftThere);
          if (added !== null) restore(work, kept, top, held, added);
        });
        return `The packages of ${kept.path} are as they were.`;
      }),
    ),
});
