import type { AdvisoryDataState } from '#shared/domain/dependencies/advisory.ts';
import { isPartOfAdvisories } from '#shared/domain/dependencies/part-of-advisories.ts';
import { STALE_AFTER_DAYS } from '#shared/domain/dependencies/stale-after.ts';
import { capital, counted } from '#shared/domain/words.ts';

const DAY = 86_400_000;
/** A clock may be off by this much before a record counts as being from the future. */
const TOLERANCE = 3_600_000;
const HELP = 'Get newer data with `swarmkeep dependencies update`, or import a file without network.';

/** What is known of a set besides its contents. */
export interface AdvisorySetFacts {
  advisories: number;
  /** Milliseconds since 1970; null when there is none. */
  newest: number | null;
  importedAt: number | null;
  origin: string;
}

/**
 * How advisory data stands. Its age is that of its newest record, not of the import: an old file does not get newer by being
 * imported again.
 * @param facts null when there is no data
 */
export function advisoryDataState(facts: AdvisorySetFacts | null, now: Date): AdvisoryDataState {
  if (facts === null || facts.newest === null || facts.advisories === 0)
    return {
      state: 'none',
      advisories: 0,
      newest: null,
      ageDays: null,
      importedAt: null,
      origin: '',
      trouble: `There is no advisory data, so nothing is known about any package. ${HELP}`,
    };
  const age = now.getTime() - facts.newest;
  const ageDays = Math.floor(age / DAY);
  const common = {
    advisories: facts.advisories,
    newest: new Date(facts.newest).toISOString(),
    ageDays,
    importedAt: facts.importedAt === null ? null : new Date(facts.importedAt).toISOString(),
    origin: facts.origin,
  };
  if (age < -TOLERANCE)
    return {
      state: 'unknown',
      ...common,
      trouble: `The newest advisory is dated ${common.newest.slice(0, 10)}, which is in the future: either the data or the clock of this computer is wrong.`,
    };
  if (age > STALE_AFTER_DAYS * DAY)
    return {
      state: 'stale',
      ...common,
      trouble: `The newest advisory is ${ageDays} days old: what was found since is not in the data. ${HELP}`,
    };
  return {
    state: 'fresh',
    ...common,
    trouble: isPartOfAdvisories({ state: 'fresh', ...common })
      ? `${capital(counted(facts.advisories, 'advisory', 'advisories'))} ${facts.advisories === 1 ? 'is' : 'are'} a small part of the more than ten thousand that are published for Python packages: of what they do not name nothing is known. ${HELP}`
      : '',
  };
}

/** Data that is there and cannot be read. */
export function unreadableData(why: string): AdvisoryDataState {
  return {
    state: 'unknown',
    advisories: 0,
    newest: null,
    ageDays: null,
    importedAt: null,
    origin: '',
    trouble: `The advisory data cannot be read: ${why}`.slice(0, 4_000),
  };
}
