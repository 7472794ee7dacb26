import { type AdvisoryReader, readAdvisories } from '#core/store/advisories/advisory-reader.ts';
import { StoreError } from '#core/store/store-error.ts';
import type { AdvisorySource } from '../verdicts/audit.ts';
import type { CompiledPackage } from './compiled.ts';
import { advisoryDataState, unreadableData } from './data-state.ts';

/** No data: nothing is known of anything, and nothing is ever fine. */
export function noAdvisories(now: Date): AdvisorySource {
  return { state: advisoryDataState(null, now), about: () => null };
}

/** The advisories of an open database. What is damaged within it is met when it is asked for. */
export function storedAdvisories(reader: AdvisoryReader, now: Date): AdvisorySource {
  return {
    state: advisoryDataState(reader.facts, now),
    about: (ecosystem, name) => {
      const compiled = reader.compiled(ecosystem, name);
      // Written by an import of this program, whole, and checked then.
      return compiled === null ? null : (JSON.parse(compiled) as CompiledPackage);
    },
  };
}

/**
 * The advisories of this console, for one use.
 * @param folder the data folder
 * @returns with data that cannot be read: the state `unknown`, and why
 */
export function withStoredAdvisories<T>(folder: string, now: Date, use: (source: AdvisorySource) => T): T {
  let reader: AdvisoryReader | null = null;
  try {
    reader = readAdvisories(folder);
  } catch (error) {
    const why =
      error instanceof StoreError
        ? `${error.message} ${error.next}`
        : error instanceof Error
          ? error.message
          : String(error);
    return use({ state: unreadableData(why), about: () => null });
  }
  if (reader === null) return use(noAdvisories(now));
  try {
    return use(storedAdvisories(reader, now));
  } finally {
    reader.close();
  }
}
