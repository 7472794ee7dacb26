import { readFileSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { crc32, gunzip, inflateRawSync } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise } from 'yauzl';
import { ArchiveFile } from './archive-file.ts';
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
const LARGEST_FILE = 64 * 1024 * 1024;
export const LARGEST_ADVISORY = 8 * 1024 * 1024;

/** Files that are unpacked in one go, and how large they get. */
const TOGETHER = 64;
const LARGEST_TOGETHER = 4 * 1024 * 1024;

const LOCAL_HEADER = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

function wrong(path: string, what: string, cause?: unknown): AdvisoryDataError {
  return new AdvisoryDataError(`${path} cannot be used: ${what}.`, WHERE_TO_GET, { cause });
}

/** Packed contents of an entry, behind its own header (APPNOTE.TXT 6.3.10, section 4.3.7); others once it is asked again. */
function contentsOf(archive: ArchiveFile, entry: Entry): Buffer | null {
  const at = entry.relativeOffsetOfLocalHeader;
  const header = archive.contents(at, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== LOCAL_HEADER) return null;
  const start = at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const contents = archive.contents(start, entry.compressedSize);
  return contents.length < entry.compressedSize ? null : contents;
}

/** Refuses what cannot be unpacked, or would be larger than any advisory. */
function requireUsable(path: string, entry: Entry): void {
  const { fileName, compressionMethod: method, uncompressedSize, compressedSize } = entry;
  if ((entry.generalPurposeBitFlag & 1) !== 0) throw wrong(path, `"${fileName}" is encrypted`);
  if (method !== STORED && method !== DEFLATED)
    throw wrong(path, `"${fileName}" is packed in a way of its own`);
  if (Math.max(uncompressedSize, compressedSize) > LARGEST_ADVISORY)
    throw wrong(path, `"${fileName}" is larger than any advisory`);
}

/** @throws AdvisoryDataError for what is not as the directory of the archive says */
function unpacked(path: string, entry: Entry, contents: Buffer): Buffer {
  const { fileName, compressionMethod: method, uncompressedSize: size } = entry;
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

/** In a thread of its own: this one reads what was unpacked before meanwhile. */
const unpackAside = promisify(gunzip);

/** Ten bytes of a gzip member: deflated, nothing else said (RFC 1952, section 2.3). */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** Several entries as members of one gzip file (RFC 1952, section 2.2), and the packed contents of each within it. */
interface Members {
  bytes: Buffer;
  contents: readonly Buffer[];
}

function membersOf(path: string, archive: ArchiveFile, entries: readonly Entry[]): Members {
  for (const entry of entries) requireUsable(path, entry);
  const around = GZIP_HEADER.length + 8;
  const bytes = Buffer.allocUnsafe(
    entries.reduce((sum, { compressedSize }) => sum + compressedSize + around, 0),
  );
  let at = 0;
  const contents = entries.map((entry) => {
    const own = contentsOf(archive, entry);
    if (own === null) throw wrong(path, `it is cut off at "${entry.fileName}"`);
    const start = at + GZIP_HEADER.copy(bytes, at);
    at = start + own.copy(bytes, start);
    const end = at;
    at = bytes.writeUInt32LE(entry.crc32, at);
    at = bytes.writeUInt32LE(entry.uncompressedSize, at);
    return bytes.subarray(start, end);
  });
  return { bytes, contents };
}

/**
 * Unpacks several entries in one go: zlib itself compares sizes and checksums of the members with those of the archive. Setting zlib
 * up for each of many small files would take longer than unpacking them.
 * @returns null when anything is not as the archive says; then each is looked at by itself, to say which
 */
async function unpackedTogether(entries: readonly Entry[], { bytes }: Members): Promise<Buffer[] | null> {
  if (entries.some(({ compressionMethod }) => compressionMethod !== DEFLATED)) return null;
  const total = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  try {
    const whole = await unpackAside(bytes, {
      maxOutputLength: total + 1,
      chunkSize: Math.max(64, total + 1),
    });
    if (whole.length !== total) return null;
    let at = 0;
    return entries.map(({ uncompressedSize: size }) => {
      at += size;
      return whole.subarray(at - size, at);
    });
  } catch {
    return null;
  }
}

async function filesOf(path: string, archive: ArchiveFile, entries: readonly Entry[]): Promise<SetFile[]> {
  const members = membersOf(path, archive, entries);
  const together = await unpackedTogether(entries, members);
  return entries.map((entry, index) => ({
    name: entry.fileName,
    bytes: together?.[index] ?? unpacked(path, entry, members.contents[index] ?? Buffer.alloc(0)),
  }));
}

/**
 * Files of a zip archive whose names end in `.json`, some at a time. Nothing is written anywhere; still, names that would lead
 * out of a folder make the archive unusable, since nobody honest writes them.
 * @throws AdvisoryDataError for an archive that is cut, damaged, too large once unpacked, or has such names
 */
export async function* filesOfArchive(path: string): AsyncGenerator<SetFile[]> {
  const archive = new ArchiveFile(path);
  let left = MOST_UNPACKED;
  let waiting: Entry[] = [];
  let size = 0;
  /** What is being unpacked while the caller reads what came before. */
  let ahead: Promise<SetFile[]> = Promise.resolve([]);
  const begin = (): Promise<SetFile[]> => {
    const former = ahead;
    ahead = filesOf(path, archive, waiting);
    // Whoever asks for it hears of it; nobody does once something else has ended the reading.
    ahead.catch(() => undefined);
    waiting = [];
    size = 0;
    return former;
  };
  try {
    if (archive.size > MOST_PACKED) throw wrong(path, 'it is larger than 512 MiB');
    const options = { lazyEntries: true, autoClose: false, strictFileNames: true };
    const directory = await fromRandomAccessReaderPromise(archive, archive.size, options);
    if (directory.entryCount > MOST_FILES) throw wrong(path, `it has ${directory.entryCount} files`);
    for await (const entry of directory.eachEntry()) {
      if (!entry.fileName.endsWith('.json')) continue;
      left -= entry.uncompressedSize;
      if (left < 0) throw wrong(path, 'it would have more than 2 GiB once unpacked');
      waiting.push(entry);
      size += Math.max(entry.uncompressedSize, entry.compressedSize);
      if (waiting.length < TOGETHER && size < LARGEST_TOGETHER) continue;
      yield await begin();
    }
    yield await begin();
    yield await ahead;
  } catch (error) {
    if (error instanceof AdvisoryDataError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw wrong(path, `it is no sound zip archive (${said.slice(0, 200)})`, error);
  } finally {
    archive.end();
  }
}

/** The bytes of a file of JSON. @throws AdvisoryDataError; what the system says */
export function wholeFile(path: string): Buffer {
  if (statSync(path).size > LARGEST_FILE) throw wrong(path, 'it is larger than 64 MiB');
  return readFileSync(path);
}
