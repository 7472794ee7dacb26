import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ReadableStream } from 'node:stream/web';
import { Decrypter } from 'age-encryption';
import { Parser, type ReadEntry } from 'tar';
import { BackupError } from './backup-error.ts';
import {
  BACKUP_FORMAT,
  type BackupManifest,
  backupManifest,
  MANIFEST_BYTES,
  MANIFEST_NAME,
} from './manifest.ts';

/** The first line of every file of age (age-encryption.org/v1, "Header"). */
const AGE = Buffer.from('age-encryption.org/v1\n');

/** Bytes that are read at once. */
const PIECE = 262_144;

export interface UnpackRequest {
  file: string;
  passphrase: string;
  /** An empty folder of mode 0700 that the records are written to. */
  folder: string;
  /** Called now and then with how many bytes of how many were read. */
  onProgress?: ((done: number, all: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Opens a backup and writes what it holds into a folder. Every byte is authenticated by age before it is written, the first
 * entry must be the manifest, every other one must be a plain file that the manifest names, in its order, with its size and hash.
 * @returns the manifest
 * @throws BackupError; then what lies in the folder is worth nothing
 */
export async function unpackBackup(request: UnpackRequest): Promise<BackupManifest> {
  const reader = new EntryReader(request.folder);
  try {
    const handle = await openBackup(request.file);
    try {
      await parse(await decrypted(handle, request), reader, request.signal);
    } finally {
      await handle.close();
    }
    return await reader.whole();
  } catch (error) {
    await reader.giveUp();
    throw asBackupError(error);
  }
}

async function openBackup(file: string): Promise<FileHandle> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await handle.stat()).isFile()) throw foreign();
    const { buffer } = await handle.read(Buffer.alloc(AGE.length), 0, AGE.length, 0);
    if (!buffer.equals(AGE)) throw foreign();
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function decrypted(
  handle: FileHandle,
  { passphrase, onProgress, signal }: UnpackRequest,
): Promise<AsyncIterable<Uint8Array>> {
  const all = (await handle.stat()).size;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (let done = 0; ; ) {
      signal?.throwIfAborted();
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(PIECE), 0, PIECE, done);
      if (bytesRead === 0) return;
      done += bytesRead;
      onProgress?.(done, all);
      yield buffer.subarray(0, bytesRead);
    }
  }
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  // Two declarations of one class: that of Node.js, which has `from`, and that of browsers, which the library names.
  const clear: globalThis.ReadableStream<Uint8Array> = await decrypter.decrypt(
    ReadableStream.from(bytes()) as globalThis.ReadableStream<Uint8Array>,
  );
  return clear as unknown as ReadableStream<Uint8Array>;
}

async function parse(
  clear: AsyncIterable<Uint8Array>,
  reader: EntryReader,
  signal: AbortSignal | undefined,
): Promise<void> {
  const parser = new Parser({ strict: true, maxMetaEntrySize: 65_536 });
  parser.on('entry', (entry: ReadEntry) => reader.take(entry));
  const broken = new Promise<never>((_, reject) => parser.once('error', reject));
  broken.catch(() => undefined);
  for await (const chunk of clear) {
    signal?.throwIfAborted();
    reader.throwIfFailed();
    const taken = parser.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (!taken) await Promise.race([once(parser, 'drain'), broken]);
  }
  const ended = once(parser, 'end');
  parser.end();
  await Promise.race([ended, broken]);
}

/** Takes one entry after the other. */
class EntryReader {
  readonly #folder: string;
  #manifest: BackupManifest | null = null;
  #taken = 0;
  #failure: unknown = null;
  #work: Promise<void> = Promise.resolve();
  #present: ReadEntry | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  take(entry: ReadEntry): void {
    this.#work = this.#work
      .then(() => (this.#failure === null ? this.#read(entry) : undefined))
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      // What is not read holds up everything behind it.
      .then(() => void entry.resume());
  }

  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** Ends what is being read: the rest of it will not come. */
  async giveUp(): Promise<void> {
    this.#failure ??= notWhole();
    this.#present?.destroy(notWhole());
    await this.#work;
  }

  /** @returns the manifest when all that it names was read */
  async whole(): Promise<BackupManifest> {
    await this.#work;
    this.throwIfFailed();
    if (this.#manifest === null || this.#taken !== this.#manifest.files.length) throw notWhole();
    return this.#manifest;
  }

  async #read(entry: ReadEntry): Promise<void> {
    this.#present = entry;
    if (entry.type !== 'File') throw foreign();
    if (this.#manifest === null) {
      if (entry.path !== MANIFEST_NAME || entry.size > MANIFEST_BYTES) throw foreign();
      this.#manifest = readManifest(await entry.concat().then(String));
      return;
    }
    const expected = this.#manifest.files[this.#taken];
    if (expected === undefined || entry.path !== expected.name || entry.size !== expected.bytes)
      throw notWhole();
    const place = join(this.#folder, expected.name);
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    const handle = await open(place, 'wx', 0o600);
    const hash = createHash('sha256');
    try {
      for await (const chunk of entry) {
        hash.update(chunk);
        await handle.writeFile(chunk);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (hash.digest('hex') !== expected.sha256) throw notWhole();
    this.#taken += 1;
  }
}

function readManifest(text: string): BackupManifest {
  const version = /^\{"format":"swarmkeep-backup","version":(\d{1,6}),/.exec(text)?.[1];
  if (version !== undefined && Number(version) > BACKUP_FORMAT) {
    throw new BackupError(
      'This backup was made by a newer Swarmkeep. Nothing was restored.',
      'Restore it with that version.',
    );
  }
  try {
    return backupManifest.parse(JSON.parse(text));
  } catch (error) {
    throw foreign(error);
  }
}

function foreign(cause?: unknown): BackupError {
  return new BackupError(
    'This is no backup of Swarmkeep. Nothing was restored.',
    'Name the file that swarmkeep backup wrote.',
    { cause },
  );
}

function notWhole(cause?: unknown): BackupError {
  return new BackupError(
    'This backup is damaged or was cut short. Nothing was restored.',
    'Use another copy of it.',
    { cause },
  );
}

/** Words of age (typage) by which a wrong passphrase is told from a file that is no backup, or not whole. */
function asBackupError(error: unknown): unknown {
  if (error instanceof BackupError) return error;
  if (!(error instanceof Error) || error.name === 'AbortError') return error;
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT')
    return new BackupError('There is no such file.', 'Look at the name again.', { cause: error });
  if (code === 'EACCES' || code === 'EISDIR' || code === 'ELOOP')
    return new BackupError('The backup could not be read.', 'Look at its permissions.', { cause: error });
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new BackupError(
      'There is no room for what the backup holds. Nothing was restored.',
      'Free some space.',
      { cause: error },
    );
  if (/no identity matched/.test(error.message))
    return new BackupError(
      'The passphrase does not open this backup. Nothing was restored.',
      'Type it again; capitals and spaces count.',
      { cause: error },
    );
  return notWhole(error);
}
