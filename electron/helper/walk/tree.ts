import { type BigIntStats, constants, openSync } from 'node:fs';
import { Refused } from '../refused.ts';
import { close, mountOf, namesIn, O_PATH, statOf, throughDescriptor } from './descriptor.ts';

/** What a tree may hold at most; a larger one is no workspace. */
export const MAX_ENTRIES = 300_000;
const MAX_DEPTH = 200;

/** One entry of a tree, held while it is visited. Names are bytes, written as Latin-1, for they need not be UTF-8. */
export interface TreeEntry {
  /** Relative to the tree: `` for its top, `a/b` below. */
  relative: string;
  /** Descriptor that stands for exactly this entry, links included. */
  place: number;
  stat: BigIntStats;
}

/**
 * Visits the top of a tree and everything below on the same mount, folders before what they hold, each opened
 * relative to its held folder and never through a link. Refuses `unsafe-path` for trees that are too large or too deep.
 */
export function visitTree(top: number, visit: (entry: TreeEntry) => void): void {
  const mount = mountOf(top);
  let seen = 0;
  const into = (place: number, relative: string, depth: number) => {
    // Another file system, or another place bound in here.
    if (mountOf(place) !== mount) return;
    const stat = statOf(place);
    if (++seen > MAX_ENTRIES)
      throw new Refused('unsafe-path', `More than ${MAX_ENTRIES} entries are in the tree.`);
    visit({ relative, place, stat });
    if (!stat.isDirectory()) return;
    if (depth >= MAX_DEPTH) throw new Refused('unsafe-path', 'The tree is too deep.');
    for (const name of namesIn(place)) {
      const inner = openEntry(place, name);
      // Gone since the folder was listed.
      if (inner === null) continue;
      try {
        const text = name.toString('latin1');
        into(inner, relative === '' ? text : `${relative}/${text}`, depth + 1);
      } finally {
        close(inner);
      }
    }
  };
  into(top, '', 0);
}

function openEntry(folder: number, name: Buffer): number | null {
  try {
    const path = Buffer.concat([Buffer.from(`${throughDescriptor(folder)}/`), name]);
    return openSync(path, O_PATH | constants.O_NOFOLLOW);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null;
    throw thrown;
  }
}

/** Kind of an entry in one letter: file, directory, link, socket, FIFO (pipe), device. */
export function kindOf(stat: BigIntStats): 'f' | 'd' | 'l' | 's' | 'p' | 'c' {
  if (stat.isFile()) return 'f';
  if (stat.isDirectory()) return 'd';
  if (stat.isSymbolicLink()) return 'l';
  if (stat.isSocket()) return 's';
  return stat.isFIFO() ? 'p' : 'c';
}
