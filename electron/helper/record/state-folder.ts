import { lstatSync, mkdirSync } from 'node:fs';
import type { Machine } from '../machine.ts';
import { codeOf, Refused } from '../refused.ts';
import { syncPath } from './durable.ts';

/**
 * The helper's own folder and its folder of changes, made 0700 where they are not there. Refuses `unsafe-helper` when
 * somebody else than root could have put something there.
 */
export function openStateFolder(machine: Machine): void {
  const parents = machine.stateFolder.split('/').slice(1, -1);
  let path = '';
  for (const parent of parents) {
    path += `/${parent}`;
    const found = lstatSync(path);
    if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0)
      throw new Refused('unsafe-helper', `${path} can be changed by somebody else than root.`);
  }
  for (const folder of [machine.stateFolder, `${machine.stateFolder}/changes`]) {
    try {
      mkdirSync(folder, 0o700);
      syncPath(folder.slice(0, folder.lastIndexOf('/')));
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw thrown;
    }
    const found = lstatSync(folder);
    if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o077) !== 0)
      throw new Refused('unsafe-helper', `${folder} is not root's alone.`);
  }
}
