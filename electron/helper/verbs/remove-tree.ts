import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { Refused } from '../refused.ts';
import { close, mountOf, openFolder, throughDescriptor } from '../walk/descriptor.ts';

const MAX_DEPTH = 200;

/**
 * Removes a tree in a held folder, entry by entry relative to held folders, never through a link and never across a
 * mount. Not being there is fine.
 */
export function removeTree(folder: number, name: string): void {
  const mount = mountOf(folder);
  remove(folder, Buffer.from(name), mount, 0);
}

function remove(folder: number, name: Buffer, mount: string, depth: number): void {
  const path = Buffer.concat([Buffer.from(`${throughDescriptor(folder)}/`), name]);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isDirectory()) {
    unlinkSync(path);
    return;
  }
  if (depth > MAX_DEPTH) throw new Refused('unsafe-path', 'The tree is too deep.');
  const inner = openFolder(path);
  try {
    if (mountOf(inner) !== mount)
      throw new Refused('unsafe-path', 'Another file system is mounted in the tree.');
    for (const entry of readdirSync(throughDescriptor(inner), { encoding: 'buffer' }))
      remove(inner, entry, mount, depth + 1);
  } finally {
    close(inner);
  }
  rmdirSync(path);
}
