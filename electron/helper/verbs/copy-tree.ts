import { mkdirSync } from 'node:fs';
import { z } from 'zod';
import type { Difference } from '#shared/domain/helper/answers.ts';
import { sha256, targetPath } from '#shared/domain/helper/targets.ts';
import { compareExpected } from '../entry/compare.ts';
import { folderTime, withFolderTimes } from '../entry/folder-time.ts';
import { withHeld } from '../entry/kept-entry.ts';
import { readEntry, readPlace } from '../entry/read-entry.ts';
import {
  makeWorkFolder,
  putInPlace,
  removeWorkFolder,
  removeWorkFolders,
  syncFolder,
} from '../entry/work-folder.ts';
import { Refused } from '../refused.ts';
import { mustRun } from '../run/run-program.ts';
import { close, inFolder, openFolder, reopenForReading } from '../walk/descriptor.ts';
import { type Held, holdTarget } from '../walk/walk.ts';
import { removeTree } from './remove-tree.ts';
import { type Settled, settleCopy } from './settle-copy.ts';
import { SPECIAL_BITS } from './special-bits.ts';
import { type Amount, copyInto } from './tar-copy.ts';
import { listTree, readTree, type TreeLine, treeBytes } from './tree-list.ts';
import { anyVerb, type Work } from './verb.ts';

const before = z.strictObject({ path: targetPath, from: targetPath, folderTime: z.string().max(32) });
type Before = z.infer<typeof before>;
const left = z.strictObject({
  /** SHA-256 of the list of the copy, kept as `tree`. */
  tree: sha256,
  folderTime: z.string().max(32).nullable(),
});
const planned = z.strictObject({ lines: z.array(z.string()) });

/** Refuses what a copy would turn into more than it was: what root or a third account owns. */
function refuseForeign(lines: readonly TreeLine[], owners: ReadonlySet<number>, from: string): void {
  for (const [relative, kind, , uid] of lines) {
    const path = `${from}/${relative}`;
    if (!owners.has(uid))
      throw new Refused('unsafe-path', `${path} belongs to uid ${uid}, so it is not copied.`);
    if (kind === 'p') throw new Refused('unsafe-path', `${path} is a FIFO.`);
  }
}

function withTop<T>(work: Work, path: string, use: (top: number, held: Held) => T): T | null {
  return withHeld(work, path, (held) => {
    const top = holdTarget(held);
    if (top === null) return null;
    try {
      return use(top, held);
    } finally {
      close(top);
    }
  });
}

/** The list of the copy as an earlier run of this step meant to leave it. */
function plannedTree(work: Work): Map<string, TreeLine> | null {
  const parsed = planned.safeParse(work.record.planned());
  return parsed.success ? readTree(Buffer.from(parsed.data.lines.join('\n'))) : null;
}

function compareTrees(
  path: string,
  was: ReadonlyMap<string, TreeLine>,
  now: readonly TreeLine[],
): Difference[] {
  const found: Difference[] = [];
  const seen = new Set<string>();
  const words = (line: TreeLine) => line.slice(1).join(' ');
  for (const line of now) {
    const at = `${path}/${line[0]}`.slice(0, 4_096);
    seen.add(line[0]);
    const old = was.get(line[0]);
    if (old === undefined) found.push({ path: at, what: 'added', left: 'nothing', now: words(line) });
    else if (words(old) !== words(line))
      found.push({ path: at, what: 'contents', left: words(old), now: words(line) });
  }
  for (const relative of was.keys())
    if (!seen.has(relative))
      found.push({
        path: `${path}/${relative}`.slice(0, 4_096),
        what: 'missing',
        left: 'there',
        now: 'nothing',
      });
  return found;
}

/** How much is listed, as long as its files are said to be: holes are not copied. */
function amountOf(lines: readonly TreeLine[]): Amount {
  const bytes = lines.reduce((sum, [, kind, , , , , touched]) => {
    return sum + (kind === 'f' ? Number(touched.split(' ')[0]) : 0);
  }, 0);
  return { entries: lines.length, bytes };
}

/** Copies a tree to a place that is absent (`copy-tree` of the protocol). The original stays. */
export const copyTree = anyVerb<'copy-tree', Before, z.infer<typeof left>>({
  verb: 'copy-tree',
  before,
  left,
  target: (action) => action.path,
  look: ({ from, path, expect, uid, giveBits = 0 }, work) => {
    if ((giveBits & SPECIAL_BITS) !== 0)
      throw new Refused('bad-request', 'No step makes a tree setuid or setgid.');
    const checked = withTop(work, from, (top, held) => {
      const { state } = readPlace(work.machine, top, false, from);
      const differences = compareExpected(from, expect, state);
      if (differences.length > 0)
        throw new Refused(
          'changed-since',
          `${from} is not what the plan saw. Nothing was touched.`,
          differences,
        );
      if (state.kind !== 'directory') throw new Refused('unsafe-path', `${from} is no folder.`);
      refuseForeign(listTree(top, from), new Set([held.subject, state.uid, uid]), from);
      return true;
    });
    if (checked === null) throw new Refused('not-found', `${from} is not there.`);
    if (path.startsWith(`${from}/`)) throw new Refused('bad-request', 'A tree is not copied into itself.');
    return withHeld(work, path, (held) => {
      if (readEntry(work.machine, held, false).state.kind !== 'absent')
        throw new Refused('changed-since', `${path} is there already. Nothing was touched.`);
      if (uid === 0 && held.subject !== 0)
        throw new Refused('unsafe-path', `Others than root can change what lies at ${path}.`);
      return { path, from, folderTime: folderTime(held) };
    });
  },
  perform: ({ uid, gid, takeBits = 0, giveBits = 0 }, kept, work) =>
    withHeld(work, kept.path, (held) => {
      removeWorkFolders(work, held);
      const place = holdTarget(held);
      let lines: TreeLine[];
      if (place !== null) {
        try {
          lines = listTree(place, kept.path);
        } finally {
          close(place);
        }
        const was = plannedTree(work);
        if (was === null || compareTrees(kept.path, was, lines).length > 0)
          throw new Refused('changed-since', `Somebody made ${kept.path} meanwhile.`);
      } else lines = copy(work, kept, held, { uid, gid, takeBits, giveBits });
      const tree = work.record.keepLate('tree', treeBytes(lines));
      return {
        left: { tree, folderTime: folderTime(held) },
        already: false,
        notUndone: null,
        output: `${lines.length} entries were copied.`,
      };
    }),
  differences: (kept, leftThere, work) =>
    withTop(work, kept.path, (top) => {
      const was = leftThere === null ? plannedTree(work) : readTree(work.record.kept('tree', leftThere.tree));
      if (work.record.marked('undoing') !== null) return [];
      return compareTrees(kept.path, was ?? new Map(), listTree(top, kept.path));
    }) ?? [],
  takeBack: (kept, leftThere, work) =>
    withHeld(work, kept.path, (held) => {
      const folder = { held, kept: kept.folderTime, left: leftThere?.folderTime ?? null };
      withFolderTimes(work, [folder], () => {
        removeWorkFolders(work, held);
        removeTree(held.folder, held.name);
        work.machine.pause?.('tree-removed');
        syncFolder(held.folder);
      });
      return `${kept.path} is gone again; ${kept.from} was never changed.`;
    }),
});

/**
 * Copies into a folder of root's own beside the target, settles there who may do what with the copy, makes it durable, and puts it
 * in place by one rename: nobody else ever had a way to what is in it.
 */
function copy(work: Work, kept: Before, held: Held, to: Settled): TreeLine[] {
  const folder = makeWorkFolder(work, held);
  try {
    const entry = inFolder(folder.descriptor, 'entry');
    mkdirSync(entry, 0o700);
    const target = openFolder(entry);
    try {
      const copied = withTop(work, kept.from, (top, from) => {
        const opened = reopenForReading(top);
        try {
          const { state } = readPlace(work.machine, top, false, kept.from);
          const reader = state.kind === 'directory' && state.uid !== 0 ? state.uid : from.subject;
          copyInto(work.machine, opened, target, to, amountOf(listTree(top, kept.from)), reader);
        } finally {
          close(opened);
        }
        return true;
      });
      if (copied === null) throw new Refused('not-found', `${kept.from} is not there.`);
      settleCopy(work.machine, target, kept.path, to);
      mustRun(work.machine, {
        program: 'sync',
        arguments: ['--file-system', '/proc/self/fd/3/.'],
        descriptors: [target],
        timeoutMs: 600_000,
      });
      const lines = listTree(target, kept.path);
      work.record.plan({ lines: lines.map((line) => JSON.stringify(line)) });
      putInPlace(work.machine, held, folder);
      return lines;
    } finally {
      close(target);
    }
  } finally {
    close(folder.descriptor);
    removeWorkFolder(work, held, folder.name);
  }
}
