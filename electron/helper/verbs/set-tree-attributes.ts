import { chmodSync, chownSync } from 'node:fs';
import { z } from 'zod';
import type { Difference } from '#shared/domain/helper/answers.ts';
import { numericId, permissionBits, sha256, targetPath } from '#shared/domain/helper/targets.ts';
import { compareExpected } from '../entry/compare.ts';
import { withHeld } from '../entry/kept-entry.ts';
import { readPlace } from '../entry/read-entry.ts';
import { explain } from '../entry/work-folder.ts';
import { Refused } from '../refused.ts';
import { close, throughDescriptor } from '../walk/descriptor.ts';
import { type TreeEntry, visitTree } from '../walk/tree.ts';
import { type Held, holdTarget } from '../walk/walk.ts';
import { lineOf, listTree, readTree, type TreeLine, treeBytes } from './tree-list.ts';
import { anyVerb, type Work } from './verb.ts';

const before = z.strictObject({
  path: targetPath,
  uid: numericId,
  gid: numericId,
  takeBits: permissionBits,
  giveBits: permissionBits,
  /** SHA-256 of the list kept as `tree`. */
  tree: sha256,
});
type Before = z.infer<typeof before>;
const left = z.strictObject({ changed: z.int(), appeared: z.int() });

function withTree<T>(work: Work, path: string, use: (top: number, held: Held) => T): T {
  return withHeld(work, path, (held) => {
    const top = holdTarget(held);
    if (top === null) throw new Refused('not-found', `${path} is not there.`);
    try {
      return use(top, held);
    } finally {
      close(top);
    }
  });
}

interface Owned {
  uid: number;
  gid: number;
  mode: number;
}

const was = ([, , , uid, gid, mode]: TreeLine): Owned => ({ uid, gid, mode });

/** What an entry gets. A link has no mode of its own. */
function wanted(kept: Before, line: TreeLine): Owned {
  const mode = line[1] === 'l' ? line[5] : (line[5] & ~kept.takeBits) | kept.giveBits;
  return { uid: kept.uid, gid: kept.gid, mode };
}

function apply({ place, stat }: TreeEntry, to: Owned): void {
  const same = Number(stat.uid) === to.uid && Number(stat.gid) === to.gid;
  const mode = Number(stat.mode & 0o7777n);
  if (!same) chownSync(throughDescriptor(place), to.uid, to.gid);
  // chown takes setuid and setgid away, so the mode is set again.
  if (!stat.isSymbolicLink() && (!same || mode !== to.mode)) chmodSync(throughDescriptor(place), to.mode);
}

/** Gives every recorded entry that is still the same inode its owner and mode; answers how many, and how many are new. */
function applyAll(work: Work, kept: Before, to: (line: TreeLine) => Owned) {
  const lines = readTree(work.record.kept('tree', kept.tree));
  let changed = 0;
  let appeared = 0;
  withTree(work, kept.path, (top, held) => {
    try {
      visitTree(top, (entry) => {
        const line = lines.get(entry.relative);
        if (line === undefined || line[2] !== String(entry.stat.ino)) {
          appeared += 1;
          return;
        }
        apply(entry, to(line));
        changed += 1;
        if (changed % 1_000 === 0) work.machine.pause?.('tree');
      });
    } catch (thrown) {
      throw explain(work.machine, held, thrown);
    }
  });
  return { changed, appeared, gone: lines.size - changed };
}

const octal = (mode: number) => mode.toString(8).padStart(4, '0');

function differencesOf(work: Work, kept: Before): Difference[] {
  const lines = readTree(work.record.kept('tree', kept.tree));
  const found: Difference[] = [];
  withTree(work, kept.path, (top) =>
    visitTree(top, (entry) => {
      const line = lines.get(entry.relative);
      // What appeared or went since was not ours to change, and is not taken back.
      if (line === undefined || line[2] !== String(entry.stat.ino)) return;
      const [, , , uid, gid, mode] = lineOf(entry);
      const [old, given] = [was(line), wanted(kept, line)];
      const path = `${kept.path}/${entry.relative}`.slice(0, 4_096);
      if (uid !== old.uid && uid !== given.uid)
        found.push({ path, what: 'owner', left: String(given.uid), now: String(uid) });
      if (gid !== old.gid && gid !== given.gid)
        found.push({ path, what: 'group', left: String(given.gid), now: String(gid) });
      if (![old.mode, given.mode, old.mode & 0o1777].includes(mode))
        found.push({ path, what: 'mode', left: octal(given.mode), now: octal(mode) });
    }),
  );
  return found;
}

const words = (counts: { appeared: number; gone: number }) =>
  [
    counts.appeared > 0 ? `${counts.appeared} entries appeared meanwhile and were left as they are.` : '',
    counts.gone > 0 ? `${counts.gone} entries are gone.` : '',
  ]
    .filter(Boolean)
    .join(' ');

/** Owner, group and mode bits of everything in a tree (`set-tree-attributes` of the protocol). */
export const setTreeAttributes = anyVerb<'set-tree-attributes', Before, z.infer<typeof left>>({
  verb: 'set-tree-attributes',
  before,
  left,
  target: (action) => action.path,
  look: ({ path, uid, gid, takeBits, giveBits, expect }, work) =>
    withTree(work, path, (top) => {
      if ((giveBits & 0o6000) !== 0)
        throw new Refused('bad-request', 'No step makes a tree setuid or setgid.');
      const { state } = readPlace(work.machine, top, false, path);
      const differences = compareExpected(path, expect, state);
      if (differences.length > 0)
        throw new Refused(
          'changed-since',
          `${path} is not what the plan saw. Nothing was touched.`,
          differences,
        );
      if (state.kind !== 'directory') throw new Refused('unsafe-path', `${path} is no folder.`);
      const tree = work.record.keep('tree', treeBytes(listTree(top, path)));
      return { path, uid, gid, takeBits, giveBits, tree };
    }),
  perform: (_action, kept, work) => {
    const counts = applyAll(work, kept, (line) => wanted(kept, line));
    const { changed, appeared } = counts;
    return { left: { changed, appeared }, already: false, notUndone: null, output: words(counts) };
  },
  differences: (kept, _left, work) => differencesOf(work, kept),
  takeBack: (kept, _left, work) => `${kept.path} is as it was. ${words(applyAll(work, kept, was))}`.trim(),
});
