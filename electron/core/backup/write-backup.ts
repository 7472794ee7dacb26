import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { ReadableStream } from 'node:stream/web';
import { Encrypter } from 'age-encryption';
import { Pack } from 'tar';
import { makeCopyFolder, sweepClearCopies } from '#core/store/clear-copies.ts';
import { copyRecords } from '#core/store/copy-records.ts';
import { visible } from '#shared/domain/text.ts';
import { BackupError } from './backup-error.ts';
import { BACKUP_FORMAT, type BackupManifest, isRecordName, MANIFEST_NAME } from './manifest.ts';
import { partialOf, placeNew } from './place-new.ts';

/** Characters that a passphrase has at least: scrypt makes each guess slow, and cannot make a short one safe. */
export const SHORTEST_PASSPHRASE = 12;

export interface BackupRequest {
  /** The prepared data folder. */
  dataFolder: string;
  /** The backup; it must not be there yet. */
  file: string;
  passphrase: string;
  /** Take the events of logs with it. */
  logs: boolean;
  /** Newest signed checkpoint of the ledger, as text. */
  checkpoint: string;
  version: string;
  now: Date;
  /** Called now and then with how many bytes of how many were written. */
  onProgress?: ((done: number, all: number) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** For tests: base-2 logarithm of the work factor of scrypt; by default 18, as age has it. */
  workFactor?: number;
}

/**
 * Writes one file that holds a whole console: a tar archive (POSIX pax) of a copy of its records, encrypted by a passphrase in
 * the form of age (age-encryption.org/v1, scrypt), so that it can be opened without Swarmkeep, too. It appears under its name
 * when it is whole and on the disk.
 * @returns size in bytes, and what is in it
 * @throws BackupError, StoreError, AbortError; then nothing is left
 */
export async function writeBackup(
  request: BackupRequest,
): Promise<{ bytes: number; manifest: BackupManifest }> {
  const { dataFolder, logs, signal } = request;
  const file = resolve(request.file);
  requirePassphrase(request.passphrase);
  if (await exists(file)) throw taken(file);
  await sweepClearCopies(dataFolder, false);
  const copy = await makeCopyFolder(dataFolder);
  const staging = copy.folder;
  const partial = partialOf(file);
  try {
    const names = copyRecords(dataFolder, staging, logs).filter(isRecordName);
    const files: BackupManifest['files'] = [];
    for (const name of names) files.push({ name, ...(await measured(join(staging, name), signal)) });
    const manifest: BackupManifest = {
      format: 'swarmkeep-backup',
      version: BACKUP_FORMAT,
      madeAt: request.now.toISOString(),
      madeBy: request.version,
      computer: visible(hostname()).slice(0, 64) || 'unnamed',
      checkpoint: request.checkpoint,
      files,
    };
    await writeFile(join(staging, MANIFEST_NAME), JSON.stringify(manifest), { mode: 0o600 });
    await encrypt(staging, [MANIFEST_NAME, ...names], partial, request);
    await placeNew(partial, file);
    return { bytes: (await stat(file)).size, manifest };
  } catch (error) {
    throw asBackupError(error, file);
  } finally {
    await rm(partial, { force: true });
    await copy.remove();
  }
}

/** @throws BackupError when it is too short to keep anybody out */
export function requirePassphrase(passphrase: string): void {
  if ([...passphrase].length >= SHORTEST_PASSPHRASE) return;
  throw new BackupError(
    `A passphrase needs at least ${SHORTEST_PASSPHRASE} characters. Nothing was written.`,
    'Five words that have nothing to do with each other are easy to keep and hard to guess.',
  );
}

async function measured(
  file: string,
  signal: AbortSignal | undefined,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file, { signal })) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function encrypt(
  staging: string,
  names: readonly string[],
  partial: string,
  request: BackupRequest,
): Promise<void> {
  const { passphrase, signal, onProgress, workFactor } = request;
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  if (workFactor !== undefined) encrypter.setScryptWorkFactor(workFactor);
  const archive = new Pack({ cwd: staging, portable: true, strict: true, noDirRecurse: true });
  // Told by reading it, below; after a cancel nobody reads, and it finds its files gone.
  archive.on('error', () => undefined);
  for (const name of names) archive.add(name);
  archive.end();
  const encrypted = await encrypter.encrypt(
    // Two declarations of one class: that of Node.js, which has `from`, and that of browsers, which the library names.
    ReadableStream.from(bytesOf(archive)) as globalThis.ReadableStream<Uint8Array>,
  );
  const handle = await open(partial, 'wx', 0o600);
  try {
    const all = await archiveSize(staging, names);
    let done = 0;
    for await (const chunk of encrypted as unknown as ReadableStream<Uint8Array>) {
      signal?.throwIfAborted();
      await handle.writeFile(chunk);
      done += chunk.length;
      onProgress?.(Math.min(done, all), all);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The archive as bytes: the library's stream can give texts, too. */
async function* bytesOf(archive: Pack & AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const chunk of archive) yield chunk as Uint8Array;
}

async function archiveSize(staging: string, names: readonly string[]): Promise<number> {
  let sum = 0;
  for (const name of names) sum += (await stat(join(staging, name))).size;
  return sum;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function taken(file: string): BackupError {
  return new BackupError(`${file} is there already, and was left as it is.`, 'Choose another name.');
}

function asBackupError(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EEXIST') return taken(file);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new BackupError(
      'There is no room for the backup. Nothing was left of it.',
      'Free some space, or choose another disk.',
      { cause: error },
    );
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOENT' || code === 'ENOTDIR')
    return new BackupError(`${file} could not be written.`, 'Choose another place.', { cause: error });
  return error;
}
