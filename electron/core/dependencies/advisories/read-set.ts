import { isUtf8 } from 'node:buffer';
import { statSync } from 'node:fs';
import { AdvisoryDataError, cancelled, WHERE_TO_GET } from './data-error.ts';
import { type OsvRecord, readOsvRecord } from './osv-record.ts';
import { filesOfArchive, type SetFile, wholeFile } from './read-archive.ts';
import { filesOfFolder } from './read-folder.ts';

/** An advisory and the text that it was read from. */
export interface ReadAdvisory {
  record: OsvRecord;
  /** JSON as published. */
  text: string;
}

export interface ReadingOptions {
  /** Calls the reading off. */
  signal?: AbortSignal | undefined;
  /** Told now and then how many were read. */
  onProgress?: ((read: number) => void) | undefined;
}

/** After so many a caller's signal is looked at and others get their turn. */
const TURN = 512;

function recordOf(name: string, text: string): ReadAdvisory {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AdvisoryDataError(`"${name}" is no JSON.`, WHERE_TO_GET, { cause: error });
  }
  const read = readOsvRecord(value);
  if ('wrong' in read)
    throw new AdvisoryDataError(`"${name}" is no advisory in the OSV schema: ${read.wrong}.`, WHERE_TO_GET);
  return { record: read.ok, text };
}

/** One file of a set as an advisory. @throws AdvisoryDataError */
export function readAdvisoryFile({ name, bytes }: SetFile): ReadAdvisory {
  if (!isUtf8(bytes)) throw new AdvisoryDataError(`"${name}" is not in UTF-8.`, WHERE_TO_GET);
  const text = bytes.toString('utf8');
  return recordOf(name, text.startsWith('\ufeff') ? text.slice(1) : text);
}

/** @throws AdvisoryDataError for what is nested deeper than can be written again */
function asText(name: string, value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch (error) {
    throw new AdvisoryDataError(`"${name}" is nested deeper than any advisory.`, WHERE_TO_GET, {
      cause: error,
    });
  }
}

/** A file of one advisory, or of a JSON list of them. */
function* advisoriesOfFile(path: string, bytes: Buffer): Generator<ReadAdvisory> {
  const text = isUtf8(bytes) ? bytes.toString('utf8').replace(/^\ufeff/, '') : '';
  if (!/^\s*\[/.test(text)) {
    yield readAdvisoryFile({ name: path, bytes });
    return;
  }
  let list: unknown[] = [];
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new AdvisoryDataError(`${path} is no JSON.`, WHERE_TO_GET, { cause: error });
  }
  for (const [index, value] of list.entries()) {
    const name = `${path}, entry ${index + 1}`;
    yield recordOf(name, asText(name, value));
  }
}

async function* advisoriesAt(path: string): AsyncGenerator<Iterable<ReadAdvisory>> {
  const status = statSync(path);
  if (status.isDirectory()) {
    for (const file of filesOfFolder(path)) yield [readAdvisoryFile(file)];
    return;
  }
  if (!status.isFile()) throw new AdvisoryDataError(`${path} is neither a file nor a folder.`, WHERE_TO_GET);
  if (status.size === 0) throw new AdvisoryDataError(`${path} is empty.`, WHERE_TO_GET);
  if (path.endsWith('.json')) yield advisoriesOfFile(path, wholeFile(path));
  else for await (const files of filesOfArchive(path)) yield files.map(readAdvisoryFile);
}

/**
 * Reads a set of advisories: a zip archive in the layout of OSV's `PyPI/all.zip`, a folder of its JSON files, or one JSON file. The
 * first thing that is wrong ends it: half a set would say "nothing is known" of the other half.
 * @param path of this computer
 * @returns some at a time
 * @throws AdvisoryDataError for what cannot be used or read, for a set without any advisory, and when it was called off
 */
export async function* readAdvisorySet(
  path: string,
  options: ReadingOptions = {},
): AsyncGenerator<ReadAdvisory[]> {
  let read = 0;
  let told = 0;
  try {
    for await (const some of advisoriesAt(path)) {
      const advisories = [...some];
      read += advisories.length;
      if (read >= told + TURN) {
        told = read;
        options.onProgress?.(read);
        await new Promise((resolve) => setImmediate(resolve));
        if (options.signal?.aborted) throw cancelled();
      }
      yield advisories;
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof AdvisoryDataError || code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    const what = code === 'ENOENT' ? 'There is nothing at' : 'This could not be read:';
    throw new AdvisoryDataError(`${what} ${path}${code === 'ENOENT' ? '.' : ` (${code}).`}`, WHERE_TO_GET, {
      cause: error,
    });
  }
  if (read === 0) throw new AdvisoryDataError(`There is no advisory in ${path}.`, WHERE_TO_GET);
}
