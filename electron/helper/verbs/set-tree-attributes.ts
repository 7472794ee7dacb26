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
import { fileKey, writerOf } from '../walk/open-for-writing.ts';
import { kindOf, type TreeEntry, visitTree } from '../walk/tree.ts';
import { type Held, holdTarget } from '../walk/walk.ts';
import { handedOver, SPECIAL_BITS } from './special-bits.ts';
import { lineOf, listTree, readTree, refuseCapabilities, type TreeLine, treeBytes } from './tree-list.ts';
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

/** The same entry as in the list: its inode, its kind, and no other name of it elsewhere. */
function isListed(line: TreeLine | undefined, { stat }: TreeEntry): line is TreeLine {
  if (line === undefined || line[2] !== String(stat.ino) || line[1] !== kindOf(stat)) return false;
  return stat.isDirectory() || stat.nlink === 1n;
}

function was([, kind, , uid, gid, mode]: TreeLine, now: Owned): Owned {
  return settled(kind, { uid, gid, mode }, now);
}

/**
 * What an entry gets, from what it is now. A file that changes hands is never setuid or setgid afterwards, neither by the step nor
 * by its undo: who had it until then chose what it does. A link is never given to root, for links of root are followed.
 */
function settled(kind: TreeLine[1], to: Owned, now: Owned): Owned {
  if (kind === 'l') return to.uid === 0 ? now : to;
  return kind === 'd' ? to : { ...to, mode: handedOver(now, to) };
}

/** What the step gives an entry. */
function wanted(kept: Before, [, kind, , , , mode]: TreeLine, now: Owned): Owned {
  return settled(kind, { uid: kept.uid, gid: kept.gid, mode: (mode & ~kept.takeBits) | kept.giveBits }, now);
}

const ownedBy = (stat: TreeEntry['stat']): Owned => ({
  uid: Number(stat.uid),
  gid: Number(stat.gid),
  mode: Number(stat.mode & 0o7777n),
});

/** chown(2) on a file takes setuid and setgid away in the same act, and only then the mode is set. */
function apply({ place, stat }: TreeEntry, to: Owned): void {
  const now = ownedBy(stat);
  const same = now.uid === to.uid && now.gid === to.gid;
  if (!same) {
    // setgid without execution for the group would stay.
    if (stat.isFile() && (now.mode & SPECIAL_BITS) !== 0)
      chmodSync(throughDescriptor(place), now.mode & ~SPECIAL_BITS);
    chownSync(throughDescriptor(place), to.uid, to.gid);
  }
  if (!stat.isSymbolicLink() && (!same || now.mode !== to.mode)) chmodSync(throughDescriptor(place), to.mode);
}

/** Gives every recorded entry that is still the same inode its owner and mode; answers how many, and how many are new. */
function applyAll(work: Work, kept: Before, to: (line: TreeLine, now: Owned) => Owned) {
  const lines = readTree(work.record.kept('tree', kept.tree));
  let changed = 0;
  let appeared = 0;
  withTree(work, kept.path, (top, held) => {
    try {
      visitTree(top, (entry) => {
        const line = lines.get(entry.relative);
        if (!isListed(line, entry)) {
          appeared += 1;
          return;
        }
        apply(entry, to(line, ownedBy(entry.stat)));
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
      if (!isListed(line, entry)) return;
      const [, kind, , uid, gid, mode] = lineOf(entry);
      const [, , , ...before] = line;
      const old = { uid: before[0], gid: before[1], mode: before[2] };
      const given = wanted(kept, line, old);
      const path = `${kept.path}/${entry.relative}`.slice(0, 4_096);
      if (uid !== old.uid && uid !== given.uid)
        found.push({ path, what: 'owner', left: String(given.uid), now: String(uid) });
      if (gid !== old.gid && gid !== given.gid)
        found.push({ path, what: 'group', left: String(given.gid), now: String(gid) });
      const modes = [old.mode, given.mode, old.mode & ~SPECIAL_BITS];
      if (kind !== 'l' && !modes.includes(mode))
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

/** What undo will not give back: files that changed hands lost their setuid and setgid marks for good. */
function marksTaken(work: Work, kept: Before): string | null {
  const marked = [...readTree(work.record.kept('tree', kept.tree)).values()].filter(
    ([, kind, , uid, gid, mode]) =>
      kind !== 'd' && kind !== 'l' && (mode & SPECIAL_BITS) !== 0 && (uid !== kept.uid || gid !== kept.gid),
  );
  const [first] = marked;
  return first === undefined
    ? null
    : `${marked.length} files were setuid or setgid and are not any more, the first ${shownName(first[0])}: undo does not bring that back.`;
}

/** Files that root alone can change are not that while somebody still has one of them open from before. */
function refuseWriters(work: Work, kept: Before): void {
  const lines = readTree(work.record.kept('tree', kept.tree));
  const files = new Map<string, string>();
  withTree(work, kept.path, (top) =>
    visitTree(top, (entry) => {
      const line = lines.get(entry.relative);
      if (isListed(line, entry) && line[1] === 'f' && line[3] !== 0)
        files.set(fileKey(entry.stat), entry.relative);
    }),
  );
  const writer = writerOf(new Set(files.keys()));
  if (writer === null) return;
  const name = shownName(files.get(writer.file) ?? '');
  throw new Refused(
    'changed-since',
    `Process ${writer.pid} has ${kept.path}/${name} open for writing, and would keep that whoever owns the file. End it first.`,
  );
}

const shownName = (relative: string) => Buffer.from(relative, 'latin1').toString('utf8').slice(0, 256);

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
      const lines = listTree(top, path);
      refuseCapabilities(work.machine, top, path);
      const tree = work.record.keep('tree', treeBytes(lines));
      return { path, uid, gid, takeBits, giveBits, tree };
    }),
  perform: (_action, kept, work) => {
    const counts = applyAll(work, kept, (line, now) => wanted(kept, line, now));
    const { changed, appeared } = counts;
    if (kept.uid === 0) refuseWriters(work, kept);
    return {
      left: { changed, appeared },
      already: false,
      notUndone: marksTaken(work, kept),
      output: words(counts),
    };
  },
  differences: (kept, _left, work) => differencesOf(work, kept),
  takeBack: (kept, _left, work) => `${kept.path} is as it was. ${words(applyAll(work, kept, was))}`.trim(),
});
