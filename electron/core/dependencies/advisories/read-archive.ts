import { readFileSync, statSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import { type Entry, fromBufferPromise } from 'yauzl';
import { AdvisoryDataError, WHERE_TO_GET } from './data-error.ts';

/** One file of a set, not looked at yet. */
export interface SetFile {
  /** As the set names it. */
  name: string;
  bytes: Buffer;
}

/** Bounds: the whole of OSV's data for PyPI has some 50 MB and less than 30,000 files. */
const MOST_PACKED = 512 * 1024 * 1024;
const MOST_UNPACKED = 2 * 1024 * 1024 * 1024;
const MOST_FILES = 500_000;
export const LARGEST_ADVISORY = 8 * 1024 * 1024;

const LOCAL_HEADER = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

function wrong(path: string, what: string, cause?: unknown): AdvisoryDataError {
  return new AdvisoryDataError(`${path} cannot be used: ${what}.`, WHERE_TO_GET, { cause });
}

/** Where the contents of an entry begin (APPNOTE.TXT 6.3.10, section 4.3.7). */
function contentsOf(zip: Buffer, entry: Entry): Buffer | null {
  const at = entry.relativeOffsetOfLocalHeader;
  if (at + 30 > zip.length || zip.readUInt32LE(at) !== LOCAL_HEADER) return null;
  const start = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
  const end = start + entry.compressedSize;
  return end > zip.length ? null : zip.subarray(start, end);
}

/** @throws AdvisoryDataError for what is not as the directory of the archive says */
function unpacked(path: string, zip: Buffer, entry: Entry): Buffer {
  const { fileName, compressionMethod: method, uncompressedSize: size } = entry;
  if ((entry.generalPurposeBitFlag & 1) !== 0) throw wrong(path, `"${fileName}" is encrypted`);
  if (method !== STORED && method !== DEFLATED)
    throw wrong(path, `"${fileName}" is packed in a way of its own`);
  if (size > LARGEST_ADVISORY) throw wrong(path, `"${fileName}" is larger than any advisory`);
  const contents = contentsOf(zip, entry);
  if (contents === null) throw wrong(path, `it is cut off at "${fileName}"`);
  let bytes: Buffer;
  try {
    // One byte more than is said to be there, so that a lie is noticed and not only cut.
    bytes =
      method === STORED
        ? contents
        : inflateRawSync(contents, { maxOutputLength: size + 1, chunkSize: Math.max(64, size + 1) });
  } catch (error) {
    throw wrong(path, `"${fileName}" cannot be unpacked, or is larger than it says`, error);
  }
  if (bytes.length !== size) throw wrong(path, `"${fileName}" has another size than it says`);
  if (crc32(bytes) !== entry.crc32) throw wrong(path, `"${fileName}" is damaged (its checksum differs)`);
  return bytes;
}

/**
 * Files of a zip archive whose names end in `.json`, one after the other. Nothing is written anywhere; still, names that would lead
 * out of a folder make the archive unusable, since nobody honest writes them.
 * @param path for messages @param zip the archive
 * @throws AdvisoryDataError for an archive that is cut, damaged, too large once unpacked, or has such names
 */
export async function* filesOfArchive(path: string, zip: Buffer): AsyncGenerator<SetFile> {
  let left = MOST_UNPACKED;
  try {
    const archive = await fromBufferPromise(zip, { lazyEntries: true, strictFileNames: true });
    if (archive.entryCount > MOST_FILES) throw wrong(path, `it has ${archive.entryCount} files`);
    for await (const entry of archive.eachEntry()) {
      if (!entry.fileName.endsWith('.json')) continue;
      left -= entry.uncompressedSize;
      if (left < 0) throw wrong(path, 'it would have more than 2 GiB once unpacked');
      yield { name: entry.fileName, bytes: unpacked(path, zip, entry) };
    }
  } catch (error) {
    if (error instanceof AdvisoryDataError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw wrong(path, `it is no sound zip archive (${said.slice(0, 200)})`, error);
  }
}

/** The bytes of a file that may be large. @throws AdvisoryDataError */
export function wholeFile(path: string): Buffer {
  const size = statSync(path).size;
  if (size > MOST_PACKED) throw wrong(path, 'it is larger than 512 MiB');
  if (size === 0) throw wrong(path, 'it is empty');
  return readFileSync(path);
}
