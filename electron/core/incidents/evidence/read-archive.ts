import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { constants as access } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { constants, createZstdDecompress } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { type EvidenceManifest, evidenceManifest, evidenceName } from '#shared/domain/incident/evidence.ts';
import {
  CLEAR_BYTES,
  ENTRY_BYTES,
  MANIFEST_BYTES,
  MANIFEST_NAME,
  MOST_ENTRIES,
  readSeal,
  SEAL_BYTES,
} from './archive-form.ts';

const PIECE = 262_144;
/** Largest window that is accepted, as a power of two: our own level needs 2 MiB; more is asked for by bombs. */
const WINDOW_LOG = 23;

/** What an archive says when it is read to its end. */
export type ReadArchive =
  | { ok: true; sha256: string; manifestSha256: string; manifest: EvidenceManifest }
  | { ok: false; sha256: string | null; why: string };

/**
 * Reads an archive through, keeps nothing of it and writes nothing anywhere: the seal against all bytes before it, then every entry
 * against the manifest. Anything but a plain file with a name of our own making ends it, and so does whatever is larger
 * than an archive can be.
 * @param file path of an archive, possibly hostile
 * @throws AbortError, and the error of the file system when it cannot be opened
 */
export async function readArchive(file: string, signal?: AbortSignal): Promise<ReadArchive> {
  const handle = await open(file, access.O_RDONLY | (access.O_NONBLOCK ?? 0) | (access.O_NOFOLLOW ?? 0));
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) return { ok: false, sha256: null, why: 'it is no plain file' };
    const hashed = await hashFile(handle, stats.size, signal);
    if (hashed.seal === null)
      return { ok: false, sha256: hashed.whole, why: 'it does not end as an archive of evidence does' };
    if (!hashed.seal.equals(hashed.before))
      return { ok: false, sha256: hashed.whole, why: 'its bytes are not those that it was sealed with' };
    try {
      const entries = await readEntries(handle, stats.size - SEAL_BYTES, signal);
      const manifest = compare(entries);
      return typeof manifest === 'string'
        ? { ok: false, sha256: hashed.whole, why: manifest }
        : { ok: true, sha256: hashed.whole, ...manifest };
    } catch (error) {
      signal?.throwIfAborted();
      return { ok: false, sha256: hashed.whole, why: reasonOf(error) };
    }
  } finally {
    await handle.close();
  }
}

async function hashFile(handle: FileHandle, size: number, signal: AbortSignal | undefined) {
  const hash = createHash('sha256');
  const sealFrom = Math.max(0, size - SEAL_BYTES);
  for await (const chunk of pieces(handle, 0, sealFrom, signal)) hash.update(chunk);
  const before = hash.copy().digest();
  const tail: Buffer[] = [];
  for await (const chunk of pieces(handle, sealFrom, size, signal)) tail.push(chunk);
  const last = Buffer.concat(tail);
  hash.update(last);
  return { before, whole: hash.digest('hex'), seal: readSeal(last) };
}

async function* pieces(
  handle: FileHandle,
  from: number,
  to: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  for (let at = from; at < to; ) {
    signal?.throwIfAborted();
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(PIECE), 0, Math.min(PIECE, to - at), at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

interface Entry {
  name: string;
  bytes: number;
  sha256: string;
  content: Buffer | null;
}

async function readEntries(
  handle: FileHandle,
  size: number,
  signal: AbortSignal | undefined,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  const names = new Set<string>();
  let refused: Error | null = null;
  const parser = new Parser({ strict: true, maxMetaEntrySize: 4_096 });
  parser.on('entry', (entry: ReadEntry) => {
    const why = refuse(entry, names);
    if (why !== null) {
      refused ??= new Error(why);
      entry.resume();
      return;
    }
    names.add(entry.path);
    const hash = createHash('sha256');
    const kept: Buffer[] | null = entry.path === MANIFEST_NAME ? [] : null;
    entry.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      kept?.push(chunk);
    });
    entry.on('end', () =>
      entries.push({
        name: entry.path,
        bytes: entry.size,
        sha256: hash.digest('hex'),
        content: kept === null ? null : Buffer.concat(kept),
      }),
    );
  });
  // Links and the like are not told as entries when they are ignored: nothing is.
  parser.on('ignoredEntry', (entry: ReadEntry) => {
    refused ??= new Error(`it holds a ${entry.type}`);
  });
  const broken = new Promise<never>((_, reject) => parser.once('error', reject));
  broken.catch(() => undefined);
  const zstd = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG } });
  const source = Readable.from(pieces(handle, 0, size, signal), { objectMode: false });
  source.on('error', (error) => zstd.destroy(error));
  source.pipe(zstd);
  let clear = 0;
  try {
    for await (const chunk of zstd as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      if (refused !== null) throw refused;
      clear += chunk.length;
      if (clear > CLEAR_BYTES + MANIFEST_BYTES) throw new Error('it is larger inside than an archive can be');
      if (!parser.write(chunk)) await Promise.race([once(parser, 'drain'), broken]);
    }
  } finally {
    source.destroy();
    zstd.destroy();
  }
  const ended = once(parser, 'end');
  parser.end();
  await Promise.race([ended, broken]);
  if (refused !== null) throw refused;
  return entries;
}

/** @returns why an entry cannot be one of ours, or null */
function refuse(entry: ReadEntry, names: ReadonlySet<string>): string | null {
  if (entry.type !== 'File') return `it holds a ${entry.type}`;
  if (entry.path !== MANIFEST_NAME && !evidenceName.safeParse(entry.path).success)
    return 'it holds a file with a name that is not of our making';
  if (names.has(entry.path)) return 'a name comes twice in it';
  if (names.has(MANIFEST_NAME)) return 'something comes behind its manifest';
  if (names.size >= MOST_ENTRIES) return 'it holds too many files';
  if (entry.size > (entry.path === MANIFEST_NAME ? MANIFEST_BYTES : ENTRY_BYTES))
    return 'one of its files is too large';
  return null;
}

function compare(entries: Entry[]): string | { manifest: EvidenceManifest; manifestSha256: string } {
  const last = entries.at(-1);
  if (last === undefined || last.content === null) return 'it has no manifest';
  const manifest = readManifest(last.content);
  if (manifest === null) return 'its manifest cannot be read';
  const named = manifest.pieces.filter(({ name }) => name !== null);
  const found = entries.slice(0, -1);
  if (named.length !== found.length) return 'it does not hold what its manifest names';
  for (const [at, piece] of named.entries()) {
    const entry = found[at];
    if (
      entry === undefined ||
      entry.name !== piece.name ||
      entry.bytes !== piece.bytes ||
      entry.sha256 !== piece.sha256
    )
      return `${piece.name ?? 'a file'} is not what its manifest says`;
  }
  return { manifest, manifestSha256: last.sha256 };
}

function readManifest(content: Buffer): EvidenceManifest | null {
  try {
    const parsed = evidenceManifest.safeParse(JSON.parse(content.toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** What our own checks say goes on; what libraries say of hostile bytes does not. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  return /^(?:it |one of its|something comes|a name)/.test(message)
    ? message
    : 'it cannot be unpacked to its end';
}
