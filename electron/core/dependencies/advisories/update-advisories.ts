import { join } from 'node:path';
import { type AdvisoryReader, readAdvisories } from '#core/store/advisories/advisory-reader.ts';
import type { AdvisoryFacts } from '#core/store/advisories/advisory-writer.ts';
import { takeLock } from '#core/store/ownership.ts';
import { AdvisoryDataError, cancelled } from './data-error.ts';
import { fetchFile, fetchText, forget, requireAddress } from './download.ts';
import { importAdvisories, takeAdvisories } from './import-advisories.ts';
import { changesSince, readModifiedList } from './modified-list.ts';
import { LARGEST_ADVISORY } from './read-archive.ts';
import { type ReadAdvisory, type ReadingOptions, readAdvisoryFile } from './read-set.ts';

const LARGEST_LIST = 64 * 1024 * 1024;
/** More single files than this take longer than the whole. */
const MOST_SINGLE = 1_000;
const AT_ONCE = 8;
const TURN = 256;

export interface UpdateOptions extends Pick<ReadingOptions, 'signal'> {
  /** Words for what goes on. */
  onProgress?: ((words: string) => void) | undefined;
  /** Take everything, even if a part would do. */
  whole?: boolean | undefined;
}

export interface UpdateResult {
  facts: AdvisoryFacts;
  /** How it was done, and how many advisories were fetched for it. */
  way: 'nothing-new' | 'changes' | 'whole';
  fetched: number;
}

/**
 * Fetches what was published since, when the operator asks for it: the changed advisories one by one when there are few, else the
 * whole archive. Nothing about this computer or what is installed is sent.
 * @param folder the prepared data folder @param base address with `PyPI/all.zip` below it
 * @throws AdvisoryDataError or StoreError; the former data then is in use as before
 */
export async function updateAdvisories(
  folder: string,
  base: string,
  now: Date,
  options: UpdateOptions = {},
): Promise<UpdateResult> {
  const address = `${requireAddress(base).href.replace(/\/+$/, '')}/PyPI`;
  const part = options.whole ? null : await byChanges(folder, address, now, options);
  if (part !== null) return part;
  // A console and a command may want it at the same time, and what broke off is gone on with: one of them at a time.
  const turn = takeLock(join(folder, 'advisories.lock'));
  if (turn === null)
    throw new AdvisoryDataError(
      'Another Swarmkeep is fetching advisories at this moment.',
      'Wait until that is done; both use the same.',
    );
  try {
    return await byWhole(folder, `${address}/all.zip`, now, options);
  } finally {
    turn.release();
  }
}

async function byWhole(
  folder: string,
  url: string,
  now: Date,
  options: UpdateOptions,
): Promise<UpdateResult> {
  const file = join(folder, 'advisories.download');
  await fetchFile(url, file, { signal: options.signal }, (bytes, total) =>
    options.onProgress?.(
      `Fetching advisories: ${megabytes(bytes)}${total === null ? '' : ` of ${megabytes(total)}`} MB`,
    ),
  );
  try {
    const facts = await importAdvisories(folder, file, now, {
      signal: options.signal,
      onProgress: (read) => options.onProgress?.(`Reading advisories: ${read}`),
      origin: url,
    });
    return { facts, way: 'whole', fetched: facts.advisories };
  } finally {
    forget(file);
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** @returns null when the whole has to be fetched: nothing is there yet, there is no list, or too much has changed */
async function byChanges(
  folder: string,
  address: string,
  now: Date,
  options: UpdateOptions,
): Promise<UpdateResult | null> {
  const reader = readable(folder);
  if (reader === null) return null;
  try {
    options.onProgress?.('Asking what has changed');
    const text = await fetchText(`${address}/modified_id.csv`, LARGEST_LIST, { signal: options.signal });
    const published = text === null ? null : readModifiedList(text);
    if (published === null) return null;
    const { changed, gone } = changesSince(reader.modified(), published);
    if (changed.length === 0 && gone.size === 0)
      return { facts: reader.facts, way: 'nothing-new', fetched: 0 };
    // A list that lost many may have been cut where a line ends: only the whole, which has an end, says that they are gone.
    if (changed.length > MOST_SINGLE || gone.size > MOST_SINGLE) return null;
    const fetched = await fetchEach(address, changed, options);
    if (fetched === null) return null;
    const facts = await takeAdvisories(folder, together(reader, fetched, gone), address, now);
    return { facts, way: 'changes', fetched: fetched.length };
  } catch (error) {
    if (options.signal?.aborted) throw cancelled();
    // The whole archive may be there where a part of it was not as it should be.
    if (error instanceof AdvisoryDataError) return null;
    throw error;
  } finally {
    reader.close();
  }
}

function readable(folder: string): AdvisoryReader | null {
  try {
    return readAdvisories(folder);
  } catch {
    // An import says what is wrong with it, or replaces it.
    return null;
  }
}

/** @returns null when one of them is not there, or is another one than was asked for */
async function fetchEach(
  address: string,
  ids: readonly string[],
  { signal, onProgress }: UpdateOptions,
): Promise<ReadAdvisory[] | null> {
  const found: ReadAdvisory[] = [];
  const waiting = ids.values();
  let isWhole = true;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const id of waiting) {
        if (!isWhole) return;
        const name = `${encodeURIComponent(id)}.json`;
        const text = await fetchText(`${address}/${name}`, LARGEST_ADVISORY, { signal });
        const read = text === null ? null : readAdvisoryFile({ name, bytes: Buffer.from(text) });
        if (read === null || read.record.id !== id) {
          isWhole = false;
          return;
        }
        found.push(read);
        onProgress?.(`Fetching advisories: ${found.length} of ${ids.length}`);
      }
    }),
  );
  return isWhole ? found : null;
}

/** What is there already, without what was replaced or taken back, and what came. */
async function* together(
  reader: AdvisoryReader,
  fetched: readonly ReadAdvisory[],
  gone: ReadonlySet<string>,
): AsyncGenerator<ReadAdvisory[]> {
  const replaced = new Set(fetched.map(({ record }) => record.id));
  let some: ReadAdvisory[] = [];
  for (const [id, text] of reader.all()) {
    if (replaced.has(id) || gone.has(id)) continue;
    some.push(readAdvisoryFile({ name: id, bytes: Buffer.from(text) }));
    if (some.length < TURN) continue;
    yield some;
    some = [];
    await new Promise((resolve) => setImmediate(resolve));
  }
  yield some;
  yield [...fetched];
}
