import type { UnitFact } from '#shared/domain/facts/files.ts';
import { isWithin } from './paths.ts';

/** Where a program goes that only the administrator can change. */
export const COPY_PLACE = '/opt/mycoswarm';
/** How the name of an original ends that was put aside for its copy. */
export const ASIDE = '.before-swarmkeep';

/** What lets a unit start the copy instead of what its own file names. */
const STARTS_COPY = /\/(?:65-swarmkeep-account|50-swarmkeep-code)\.conf$/;

interface Started {
  unit: UnitFact | null;
  program: string | null;
}

/**
 * Whether a program on disk that nothing runs and no unit starts is only an original that stays for the way back: put aside
 * beside its copy, or left where it was when its unit was told to start a copy. Started by hand it is running, and no leftover.
 * @param path of the program
 * @param started what runs or is started by a unit
 */
export function isLeftover(path: string, started: readonly Started[]): boolean {
  return started.some(({ unit, program }) => {
    if (program === null) return false;
    if (path.replace(`${ASIDE}/`, '/') === program) return true;
    const isCopy = isWithin(program, COPY_PLACE) && !isWithin(path, COPY_PLACE);
    return isCopy && (unit?.dropIns.some((file) => STARTS_COPY.test(file)) ?? false);
  });
}
