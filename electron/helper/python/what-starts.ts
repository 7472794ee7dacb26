import { Refused } from '../refused.ts';
import { baseOf, folderOf, shown } from './environment.ts';
import type { AddedEntry } from './staged-files.ts';

/** What makes an environment what it is, and where its pip gets packages from: no package's, whatever its list says. */
const OF_ENVIRONMENT =
  /^(?:pyvenv\.cfg|pip\.conf|bin\/(?:python[0-9.]*t?|pip[0-9.]*|activate[a-z._]*|Activate\.ps1)|lib(?:64)?(?:\/python[^/]*(?:\/site-packages)?)?)$/;

/** What Python runs at every start, whatever is imported (site module). */
function runsAtStart(site: string, relative: string): boolean {
  if (folderOf(relative) === site && relative.endsWith('.pth')) return true;
  return /^(?:site|user)customize(?:\.|$)/.test(
    relative.startsWith(`${site}/`) ? relative.slice(site.length + 1) : '',
  );
}

/**
 * Refuses new files that would change more than a package: what Python runs at every start, the settings of pip and of the
 * environment, its interpreter. One that the installed version has already may be replaced by its own.
 * @param removed files of the installed versions
 */
export function refuseReaching(
  site: string,
  removed: ReadonlySet<string>,
  added: readonly AddedEntry[],
): void {
  for (const { kind, relative } of added) {
    if (removed.has(relative)) continue;
    if (kind === 'file' && OF_ENVIRONMENT.test(relative))
      throw new Refused(
        'unsafe-path',
        `The package brings ${shown(relative)}, which belongs to the environment and not to a package. Nothing was touched.`,
      );
    if (runsAtStart(site, relative))
      throw new Refused(
        'unsafe-path',
        `The package brings ${shown(baseOf(relative))}, which Python would run at every start, and the installed version has none. Read it, then upgrade by hand. Nothing was touched.`,
      );
  }
}

/** Whether a file that a list names is the environment's own. */
export const isOfEnvironment = (relative: string): boolean =>
  OF_ENVIRONMENT.test(relative) && !/^bin\/pip[0-9.]*$/.test(relative);
