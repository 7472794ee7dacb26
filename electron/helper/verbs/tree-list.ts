import { z } from 'zod';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { runProgram } from '../run/run-program.ts';
import { kindOf, type TreeEntry, visitTree } from '../walk/tree.ts';

/** The longest relative name, and the most that a list may take: what is longer could be written and never be read back. */
const MAX_NAME = 16_384;
const MAX_LIST = 32 * 1024 * 1024;

/** One line of a list of a tree: relative name, kind, inode, owner, group, mode, size and time (files only). */
const line = z.tuple([
  z.string().max(MAX_NAME),
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
  let names = 0;
  visitTree(top, (entry) => {
    names += entry.relative.length;
    if (entry.relative.length > MAX_NAME || names > MAX_LIST)
      throw new Refused('unsafe-path', `What lies in ${path} is too deep, or too much, for an undo record.`);
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

/** A line of tar about an extended attribute; names of files cannot look so, for they stand behind their mode. */
const CAPABILITY = /\n {2}x: +\d+ security\.capability$/m;

/**
 * Refuses `unsafe-path` for a held tree with file capabilities (capabilities(7)), which a new owner takes away for good. Nothing
 * that Node has reads them; GNU tar names them, and writing to /dev/null it reads no contents.
 */
export function refuseCapabilities(machine: Machine, top: number, path: string): void {
  const end = runProgram(machine, {
    program: 'tar',
    arguments: [
      '--create',
      '--file=/dev/null',
      '-vvv',
      '--quoting-style=escape',
      '--xattrs',
      '--xattrs-include=security.capability',
      '--one-file-system',
      '--directory=/proc/self/fd/3/.',
      '.',
    ],
    descriptors: [top],
    timeoutMs: 120_000,
    maxBytes: 256 * 1024 * 1024,
  });
  if (end.timedOut || end.cut || end.status !== 0)
    throw new Refused('program-failed', `tar could not look at all of ${path}: ${end.errors.slice(0, 700)}`);
  const lines = end.output.toString('latin1');
  const at = CAPABILITY.exec(`\n${lines}`)?.index;
  if (at === undefined) return;
  const name =
    lines
      .slice(0, Math.max(0, at - 1))
      .split('\n')
      .at(-1) ?? '';
  throw new Refused(
    'unsafe-path',
    `In ${path} is a file with file capabilities, which a new owner would take away for good: ${name.slice(0, 500)}`,
  );
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
