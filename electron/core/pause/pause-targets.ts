import { unitName } from '#shared/domain/helper/targets.ts';
import type { Profile } from '#shared/domain/profile.ts';

/** Whom the helper is to stop on a node. */
export interface PauseTargets {
  uids: number[];
  units: string[];
}

/**
 * @param profile what is known of mycoSwarm on the node, as corrected by the operator
 * @returns accounts (root's own service is stopped by its unit) and units; null when nothing is known to run there
 */
export function pauseTargets(profile: Profile | null): PauseTargets | null {
  if (profile === null || profile.instances.length === 0) return null;
  const uids = profile.instances.flatMap(({ uid }) => (uid === null || uid === 0 ? [] : [uid]));
  const units = profile.instances.flatMap(({ unit }) => {
    const name = unitName.safeParse(unit);
    return name.success ? [name.data] : [];
  });
  if (uids.length === 0 && units.length === 0) return null;
  return { uids: [...new Set(uids)].slice(0, 64), units: [...new Set(units)].slice(0, 16) };
}
