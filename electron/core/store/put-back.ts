import { existsSync, readdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Between the name of a data folder and six characters: a backup is being restored there. */
export const RESTORING = '-restoring-';
const BEFORE = '.before-';

/** @returns where records are kept beside a data folder that a restored one takes the place of */
export function keptFolder(dataFolder: string, now: Date): string {
  return `${dataFolder}${BEFORE}${now.toISOString().replaceAll(/[-:.]/g, '').slice(0, 15)}`;
}

/** @returns whether a folder of this name, beside a data folder, is one in which a backup is being restored */
export function isRestoring(name: string, dataFolder: string): boolean {
  const start = `.${dataFolder}${RESTORING}`;
  return name.startsWith(start) && /^[A-Za-z0-9]{6}$/.test(name.slice(start.length));
}

/**
 * Ends what a restore left that was killed between its two renames: the records that were there before lie under another name, the
 * restored ones wait beside, and there is no data folder. What was there before comes back, as when a restore fails; the backup can be
 * restored again. Records that somebody moved away without a restore under way are left alone.
 * @param dataFolder a path at which there is nothing
 * @returns whether there is a data folder now
 * @throws what the system says, when it cannot be renamed
 */
export function putBack(dataFolder: string): boolean {
  const [folder, own] = [dirname(dataFolder), basename(dataFolder)];
  const names = readdirSync(folder);
  const waits = names.some(
    (name) => isRestoring(name, own) && existsSync(join(folder, name, 'swarmkeep.db')),
  );
  const kept = names
    .filter((name) => isKept(name, own))
    .sort()
    .at(-1);
  if (!waits || kept === undefined) return false;
  renameSync(join(folder, kept), dataFolder);
  return true;
}

function isKept(name: string, dataFolder: string): boolean {
  const start = `${dataFolder}${BEFORE}`;
  return name.startsWith(start) && /^\d{8}T\d{6}$/.test(name.slice(start.length));
}
