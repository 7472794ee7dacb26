import { readAdvisories } from '#core/store/advisories/advisory-reader.ts';
import { type AdvisoryFacts, writeAdvisories } from '#core/store/advisories/advisory-writer.ts';
import { StoreError } from '#core/store/store-error.ts';
import { AdvisoryCompiler } from './compile.ts';
import { AdvisoryDataError, WHERE_TO_GET } from './data-error.ts';
import { type ReadAdvisory, type ReadingOptions, readAdvisorySet } from './read-set.ts';

const TOLERANCE = 3_600_000;

/** What is in use, as far as it matters to what may replace it; null when there is nothing that could be read. */
function inUse(folder: string): AdvisoryFacts | null {
  try {
    const reader = readAdvisories(folder);
    reader?.close();
    return reader?.facts ?? null;
  } catch (error) {
    // What is damaged or of another form is replaced; what a newer version wrote is not ours to replace.
    if (error instanceof StoreError && error.kind !== 'damaged' && !/older/.test(error.message)) throw error;
    return null;
  }
}

/**
 * Refuses a set that is older than the one in use: whoever can hand over old data could else hide what was found since. A set
 * whose newest record is from the future protects nothing, and may be replaced.
 */
function requireNotOlder(before: AdvisoryFacts | null, newest: number, now: Date): void {
  if (before === null || newest >= before.newest || before.newest > now.getTime() + TOLERANCE) return;
  const day = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  throw new AdvisoryDataError(
    `This data is older than what is in use: its newest advisory is of ${day(newest)}, ours of ${day(before.newest)} (UTC).`,
    'Nothing was changed. Take newer data.',
  );
}

/**
 * Makes a set of advisories the data of this console.
 * @param folder the prepared data folder @param advisories the set, some at a time @param origin where it is from, for people
 * @returns what is in use now
 * @throws AdvisoryDataError or StoreError; the former data then is in use as before
 */
export async function takeAdvisories(
  folder: string,
  advisories: AsyncIterable<readonly ReadAdvisory[]>,
  origin: string,
  now: Date,
): Promise<AdvisoryFacts> {
  const before = inUse(folder);
  const writer = writeAdvisories(folder);
  try {
    const compiler = new AdvisoryCompiler(null, now);
    for await (const some of advisories) {
      for (const { record, text } of some)
        if (compiler.add(record)) writer.advisory(record.id, record.modified, text);
      await writer.ready();
    }
    const { count, newest } = compiler;
    if (newest === null)
      throw new AdvisoryDataError('None of these advisories is about a Python package.', WHERE_TO_GET);
    if (compiler.inForce === 0)
      throw new AdvisoryDataError(
        'All of these advisories about Python packages were withdrawn.',
        WHERE_TO_GET,
      );
    requireNotOlder(before, newest, now);
    for (const { ecosystem, name, compiled } of compiler.packages())
      writer.package(ecosystem, name, compiled);
    const facts = { advisories: count, newest, importedAt: now.getTime(), origin: origin.slice(0, 1_024) };
    await writer.commit(facts);
    return facts;
  } finally {
    writer.abandon();
  }
}

/**
 * Imports a zip archive in the layout of OSV's `PyPI/all.zip`, a folder of its JSON files, or one such file.
 * @param folder the prepared data folder @param path what to import
 * @param options `origin`: where it is from, when that is not the path
 * @throws AdvisoryDataError or StoreError; the former data then is in use as before
 */
export function importAdvisories(
  folder: string,
  path: string,
  now: Date,
  options: ReadingOptions & { origin?: string } = {},
): Promise<AdvisoryFacts> {
  return takeAdvisories(folder, readAdvisorySet(path, options), options.origin ?? path, now);
}
