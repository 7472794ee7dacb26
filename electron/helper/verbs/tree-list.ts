import { z } from 'zod';
import { Refused } from '../refused.ts';
import { kindOf, type TreeEntry, visitTree } from '../walk/tree.ts';

/** One line of a list of a tree: relative name, kind, inode, owner, group, mode, size and time (files only). */
const line = z.tuple([
  z.string().max(16_384),
  z.enum(['f', 'd', 'l', 's', 'p', 'c']),
  z.string().max(32),
  z.int().min(0),
  z.int().min(0),
  z.int().min(0).max(0o7777),
  z.string().max(64),
]);
export type TreeLine = z.infer<typeof line>;

/** What an entry is, as a line. */
export function lineOf({ relative, stat }: TreeEntry): TreeLine {
  const touched = stat.isFile() ? `${stat.size} ${stat.mtimeNs}` : '';
  return [
    relative,
    kindOf(stat),
    String(stat.ino),
    Number(stat.uid),
    Number(stat.gid),
    Number(stat.mode & 0o7777n),
    touched,
  ];
}

/** Lists a held tree, one JSON line per entry. Refuses `unsafe-path` for files with several names and for devices. */
export function listTree(top: number, path: string): TreeLine[] {
  const lines: TreeLine[] = [];
  visitTree(top, (entry) => {
    const kind = kindOf(entry.stat);
    if (kind === 'c') throw new Refused('unsafe-path', `${path}/${entry.relative} is a device.`);
    if (kind !== 'd' && entry.stat.nlink > 1n)
      throw new Refused(
        'unsafe-path',
        `${path}/${entry.relative} has several names (hard links), so changing it could change something else.`,
      );
    lines.push(lineOf(entry));
  });
  return lines;
}

export const treeBytes = (lines: readonly TreeLine[]) =>
  Buffer.from(lines.map((one) => JSON.stringify(one)).join('\n'), 'utf8');

/** Reads a kept list back; refuses `record-damaged`. */
export function readTree(bytes: Buffer): Map<string, TreeLine> {
  try {
    const lines = bytes.toString('utf8').split('\n').filter(Boolean);
    return new Map(lines.map((text) => line.parse(JSON.parse(text))).map((one) => [one[0], one]));
  } catch {
    throw new Refused('record-damaged', 'The list of the tree cannot be read.');
  }
}
