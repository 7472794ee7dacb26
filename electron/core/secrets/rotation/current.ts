import type { StoredRotation } from '#core/store/operations/rotations.ts';
import { isDecided, isSuperseded } from './run.ts';

/**
 * @returns the rotation whose secret is in force: the newest one that was decided, without `except`; null where another console has given its
 *   nodes a newer one
 */
export function currentOf(newestFirst: readonly StoredRotation[], except: string | null): string | null {
  const newest = newestFirst.find((one) => one.id !== except && isDecided(one));
  return newest === undefined || isSuperseded(newest) ? null : newest.id;
}
