import type { AdvisoryDataState } from './advisory.ts';

/** OSV publishes well over ten thousand advisories for Python packages; far fewer are somebody's selection. */
export const FEWEST_ADVISORIES = 1_000;

/**
 * Whether advisories that were taken into use are so few that they say nothing of packages they do not name. A set that somebody
 * names for one question (`--advisories`) was chosen for it, and answers that question only.
 */
export function isPartOfAdvisories({
  state,
  advisories,
  importedAt,
}: Pick<AdvisoryDataState, 'state' | 'advisories' | 'importedAt'>): boolean {
  return state === 'fresh' && importedAt !== null && advisories < FEWEST_ADVISORIES;
}
